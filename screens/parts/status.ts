// A verdict as glyph and word; colour only repeats it. Stale is said as stale and never green.
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import type {StepAt} from '../../src/state/model.ts';
import type {Span, Tone} from '../../src/define-screen.ts';
import {span} from './line.ts';

const looks: Record<Verdict, {readonly glyph: Shown; readonly tone: Tone}> = {
  pass: {glyph: say`✔`, tone: 'good'},
  warn: {glyph: say`!`, tone: 'warn'},
  fail: {glyph: say`✖`, tone: 'bad'},
  unknown: {glyph: say`?`, tone: 'unknown'},
  skipped: {glyph: say`–`, tone: 'dim'},
};

export interface Seen {
  readonly verdict: Verdict;
  readonly stale: boolean;
}

/** A stale pass is a question; a stale failure stays a failure. */
const sign = ({verdict, stale}: Seen): {readonly glyph: Shown; readonly tone: Tone} =>
  stale && (verdict === 'pass' || verdict === 'skipped') ? looks.unknown : looks[verdict];

export const glyph = (seen: Seen): Span => span(sign(seen).glyph, sign(seen).tone);

/** `✔ pass`, `? stale`, `✖ fail`, or a dash for a panel that has no checks. */
export function status(seen: Seen | undefined): {readonly text: Shown; readonly tone: Tone} {
  if (seen === undefined) return {text: say`–`, tone: 'dim'};
  const {glyph: mark, tone} = sign(seen);
  const word = seen.stale && seen.verdict !== 'fail' ? 'stale' : seen.verdict;
  return {text: say`${mark} ${word}`, tone};
}

export const toneOf = (seen: Seen): Tone => sign(seen).tone;

const steps: Record<StepAt, {readonly glyph: Shown; readonly tone: Tone; readonly word: Shown}> = {
  waiting: {glyph: say` `, tone: 'dim', word: say`waiting`},
  current: {glyph: say`▶`, tone: 'accent', word: say`waiting for you`},
  confirmed: {glyph: say`▶`, tone: 'accent', word: say`confirmed`},
  running: {glyph: say`▶`, tone: 'accent', word: say`running`},
  unknown: {glyph: say`?`, tone: 'unknown', word: say`unknown`},
  passed: {glyph: say`✔`, tone: 'good', word: say`done`},
  failed: {glyph: say`✖`, tone: 'bad', word: say`failed`},
  skipped: {glyph: say`–`, tone: 'dim', word: say`skipped`},
};

export const stepSign = (at: StepAt): {readonly glyph: Shown; readonly tone: Tone; readonly word: Shown} =>
  steps[at];
