// The current step: everything that decides, whole and wrapped, never cut.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {RunView} from '../../src/state/model.ts';
import type {Line, Tone} from '../../src/define-screen.ts';
import type {Effect} from '../../src/domain/runbook.ts';
import {blank, ends, labelled, paragraph, span} from './line.ts';
import {cut} from './text.ts';

const effects: Record<Effect, {readonly word: Shown; readonly tone: Tone}> = {
  read: {word: say`effect: read`, tone: 'dim'},
  write: {word: say`effect: write`, tone: 'warn'},
  irreversible: {word: say`effect: IRREVERSIBLE`, tone: 'bad'},
};

/** Number, title, effect, command, target, limit, undo, certainty: what must be read before a yes. */
export function stepLines(run: RunView, cells: number): readonly Line[] {
  const {detail, current} = run;
  if (detail === undefined) return [];
  const step = current === undefined ? undefined : run.steps[current];
  const {word, tone} = effects[detail.effect];
  const fact = (name: Shown, text: Shown | undefined): readonly Line[] =>
    text === undefined ? [] : labelled(span(say`   ${name}`, 'dim'), text, {cells: cells - 1, at: 10});
  const title = say`${step === undefined ? '' : `Step ${step.number}  `}${detail.title}`;
  return [
    ends([span(say` `), span(cut(title, cells - 24), 'strong')], [span(word, tone), span(say` `)], cells),
    ...detail.command.flatMap((line, i) =>
      labelled(span(i === 0 ? say`   $` : say`    `, 'accent'), line, {
        cells: cells - 1,
        at: 5,
        tone: 'accent',
      }),
    ),
    ...fact(say`on`, detail.on),
    ...fact(say`for`, run.service),
    ...fact(say`limit`, detail.limit),
    ...fact(say`undo`, detail.undo),
    ...fact(say`source`, detail.certainty),
  ];
}

/** The runbook's words about the step. */
export const proseLines = (run: RunView, cells: number): readonly Line[] =>
  (run.detail?.prose ?? []).flatMap(text => paragraph(text, cells - 1, 3, 'dim'));

/** The end of the output, at most `rows` lines; each cut to the row, since the whole is in the output pane. */
export function outputTail(run: RunView, cells: number, rows: number): readonly Line[] {
  const all = run.detail?.output ?? [];
  return all
    .slice(Math.max(0, all.length - Math.max(0, rows)))
    .map(line => [span(say`   │ `, 'dim'), span(cut(line, cells - 6))]);
}

/** All output, wrapped. */
export const outputLines = (run: RunView, cells: number): readonly Line[] => {
  const all = run.detail?.output ?? [];
  if (all.length === 0) return [[span(say`   No output yet.`, 'dim')]];
  return all.flatMap(line => paragraph(line, cells - 1, 3));
};

/** What must not be done, and what is safe: pinned while the run lasts; the rest is on the outline pane. */
export function pinned(run: RunView, cells: number, rows: number): readonly Line[] {
  if (run.prohibitions.length === 0 && run.safeActions.length === 0) return [];
  const block = (label: Shown, tone: Tone, texts: readonly Shown[]): readonly Line[] =>
    texts.flatMap((text, i) =>
      labelled(span(i === 0 ? label : say``, tone), text, {cells: cells - 1, at: 10}),
    );
  const dont = block(say` Do not`, 'bad', run.prohibitions);
  const safe = block(say` Safe`, 'good', run.safeActions);
  const all = [...dont, ...safe];
  if (all.length <= rows) return all;
  const kept = all.slice(0, Math.max(0, rows - 1));
  return [
    ...kept,
    [span(show(' '.repeat(10))), span(say`${all.length - kept.length} more rows: Tab`, 'dim')],
  ];
}

/** The whole lists, for the outline pane. */
export const pinnedAll = (run: RunView, cells: number): readonly Line[] => {
  const all = pinned(run, cells, 10_000);
  return all.length === 0 ? [] : [blank, ...all];
};
