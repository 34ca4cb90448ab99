// What is left of an error budget, as a sign with its word, a bar and a share.
import type {Line, Span, Tone} from '../../src/define-screen.ts';
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {budgetCells} from '../../src/domain/slo-budget.ts';
import {percent} from '../../src/domain/slo-spec.ts';
import type {SloState, SloView} from '../../src/state/duty.ts';
import {span} from './line.ts';

const states: Record<SloState, {readonly glyph: Shown; readonly word: Shown; readonly tone: Tone}> = {
  ok: {glyph: say`✔`, word: say`ok`, tone: 'good'},
  burning: {glyph: say`!`, word: say`burning`, tone: 'warn'},
  atRisk: {glyph: say`!`, word: say`at risk`, tone: 'warn'},
  exhausted: {glyph: say`✖`, word: say`used up`, tone: 'bad'},
  unknown: {glyph: say`?`, word: say`unknown`, tone: 'unknown'},
};

export const sloSign = (
  state: SloState,
): {readonly glyph: Shown; readonly word: Shown; readonly tone: Tone} => states[state];

/** Full cells for what is left; dots where nobody knows. */
export function budgetBar({remaining, state}: Pick<SloView, 'remaining' | 'state'>, cells: number): Line {
  const full = remaining === undefined ? undefined : budgetCells(remaining, cells);
  if (full === undefined) return [span(show('·'.repeat(cells)), 'unknown')];
  const {tone} = states[state];
  const parts: readonly Span[] = [
    span(show('▇'.repeat(full)), tone),
    span(show('▁'.repeat(cells - full)), 'dim'),
  ];
  return parts.filter(({text}) => text !== '');
}

/** `32.1 %`, or a dash where nobody knows. */
export const leftText = ({remaining}: Pick<SloView, 'remaining'>): Shown =>
  remaining === undefined ? say`–` : show(percent(remaining, 1));
