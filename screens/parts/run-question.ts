// What the run asks right now, in words; the keys stand behind it and in the key bar.
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {AskView, RefusalView, RunView} from '../../src/state/model.ts';
import type {Line, Tone} from '../../src/define-screen.ts';
import {fit, paragraph, span} from './line.ts';
import type {BarKey} from './frame.ts';
import {width} from './text.ts';
import {elapsed} from './time.ts';

interface Words {
  readonly text: Shown;
  readonly tone: Tone;
  readonly more?: readonly Shown[];
}

/** The sentence of each kind of question; the environment and the target are in it or above it. */
function words(ask: AskView, nowMs: number): Words {
  switch (ask.at) {
    case 'read':
      return {text: ask.text, tone: 'strong'};
    case 'manual':
    case 'confirm':
      return {text: ask.question, tone: 'strong'};
    case 'attest':
      return {text: ask.question, tone: 'strong', more: [say`You say so in your own words; they are kept.`]};
    case 'terminal':
      return {
        text: ask.question,
        tone: 'strong',
        more: [say`What it prints there is not recorded.`],
      };
    case 'input':
      return {text: ask.question, tone: 'strong', more: inputLines(ask)};
    case 'guarded':
      return {text: ask.text, tone: 'bad', more: ask.refusals.flatMap(refusalLines)};
    case 'paused':
      return {text: ask.text, tone: 'warn'};
    case 'typed':
      return {text: say`This cannot be undone. ${ask.question}`, tone: 'bad'};
    case 'decide':
      return {
        text: ask.question,
        tone: 'strong',
        more: ask.options.map(({key, text}) => say`${key}  ${text}`),
      };
    case 'failed':
      return {text: ask.text, tone: 'bad'};
    case 'unknown':
      return {text: say`Outcome unknown. ${ask.text}`, tone: 'unknown', more: survivors(ask.survivors)};
    case 'busy':
      return {text: say`▶ ${ask.text}   ${elapsed(nowMs - ask.sinceMs)}`, tone: 'accent'};
    case 'finish':
      return {text: ask.text, tone: 'strong'};
    case 'watch':
      return {text: ask.text, tone: 'accent'};
    case 'over':
      return {text: ask.text, tone: 'strong'};
  }
}

const inputLines = (ask: Extract<AskView, {at: 'input'}>): readonly Shown[] => [
  say`${ask.name}`,
  ...(ask.pattern === undefined ? [] : [say`must match ${ask.pattern}`]),
  ...(ask.default === undefined ? [] : [say`default ${ask.default}`]),
];

/** The rule, where it stands, what met it, and the way past it. */
export const refusalLines = ({rule, line, pattern, matched, way}: RefusalView): readonly Shown[] => [
  say`✖ ${rule}${line === undefined ? '' : ` (line ${line})`}: ${matched}${matched === pattern ? '' : ` matches ${pattern}`}`,
  say`  way: ${way}`,
];

const survivors = (list: readonly Shown[]): readonly Shown[] =>
  list.length === 0 ? [say`No process of it is left.`] : list.map(line => say`still running: ${line}`);

/** The question with its keys, wrapped: nothing of it is ever cut. */
export function questionLines(
  run: RunView,
  keys: readonly BarKey[],
  opts: {nowMs: number; cells: number},
): readonly Line[] {
  const {text: said, tone, more = []} = words(run.ask, opts.nowMs);
  const text = run.watching && run.ask.at === 'watch' ? say`Watching: ${said}` : said;
  return [
    ...paragraph(text, opts.cells - 1, 1, tone),
    ...more.flatMap(line => paragraph(line, opts.cells - 1, 3)),
    ...keyRows(keys, opts.cells),
  ];
}

/** `y run   n not now   e escalate`, over as many rows as it takes. */
function keyRows(keys: readonly BarKey[], cells: number): readonly Line[] {
  const rows: Line[][] = [];
  let used = cells;
  for (const {key, label, disabled} of keys) {
    const wide = width(key) + 1 + width(label) + 3;
    if (used + wide > cells - 2) {
      rows.push([[span(say`   `)]]);
      used = 3;
    }
    rows
      .at(-1)
      ?.push([span(key, disabled ? 'dim' : 'accent'), span(say` ${label}   `, disabled ? 'dim' : 'plain')]);
    used += wide;
  }
  return rows.length === 0 ? [] : rows.map(row => fit(row.flat(), cells));
}
