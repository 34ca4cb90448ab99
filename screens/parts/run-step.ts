// The current step: everything that decides, whole and wrapped, never cut.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {RunView} from '../../src/state/model.ts';
import type {Line, Span, Tone} from '../../src/define-screen.ts';
import type {Effect} from '../../src/domain/runbook.ts';
import {blank, ends, labelled, lineWidth, paragraph, span} from './line.ts';
import {refusalLines} from './run-question.ts';
import {cut, width} from './text.ts';

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
  const title = say`${step === undefined ? '' : `Step ${step.number}  `}${detail.title}`;
  const roomy = width(title) + width(word) + 6 <= cells;
  return [
    ...(roomy
      ? [ends([span(say` `), span(title, 'strong')], [span(word, tone), span(say` `)], cells)]
      : [...paragraph(title, cells - 1, 1, 'strong'), [span(say`   `), span(word, tone)]]),
    ...detail.command.flatMap((line, i) =>
      labelled(span(i === 0 ? say`   $` : say`    `, 'accent'), line, {
        cells: cells - 1,
        at: 5,
        tone: 'accent',
      }),
    ),
    // What a person does, or only reads, is all in the runbook's words: they come first.
    ...(detail.command.length === 0 ? detail.prose.flatMap(text => paragraph(text, cells - 1, 3)) : []),
    // What the command is given decides as much as its text.
    ...detail.values.flatMap((text, i) =>
      labelled(span(i === 0 ? say`   with` : say``, 'dim'), text, {cells: cells - 1, at: 8}),
    ),
    ...(run.ask.at === 'guarded' ? [] : detail.refusals).flatMap(one =>
      refusalLines(one).flatMap(text => paragraph(text, cells - 1, 3, 'bad')),
    ),
    ...factLines(
      [
        {name: say`on`, text: detail.on},
        ...(detail.command.length === 0
          ? []
          : [
              {name: say`limit`, text: detail.limit},
              ...(detail.effect === 'read' ? [] : [{name: say`undo`, text: detail.undo ?? say`none known`}]),
              ...(detail.verify === undefined
                ? []
                : [{name: say`then`, text: say`${detail.verify} must pass`}]),
              {name: say`source`, text: detail.certainty},
            ]),
      ],
      cells,
    ),
  ];
}

interface Fact {
  readonly name: Shown;
  readonly text: Shown;
}

/** Facts beside each other as far as they fit, each whole; a long one gets rows of its own. */
function factLines(facts: readonly Fact[], cells: number): readonly Line[] {
  const rows: Line[] = [];
  let open: Span[] = [];
  const close = (): void => {
    if (open.length > 0) rows.push(open);
    open = [];
  };
  for (const {name, text} of facts) {
    const wide = width(name) + width(text) + 4;
    if (wide > cells - 1) {
      close();
      rows.push(...labelled(span(say`   ${name}`, 'dim'), text, {cells: cells - 1, at: 10}));
      continue;
    }
    if (lineWidth(open) + wide > cells - 1) close();
    open.push(span(say`   ${name} `, 'dim'), span(text));
  }
  close();
  return rows;
}

/** The runbook's words about a step that runs something; those of other steps stand above. */
export const proseLines = (run: RunView, cells: number): readonly Line[] =>
  (run.detail === undefined || run.detail.command.length === 0 ? [] : run.detail.prose).flatMap(text =>
    paragraph(text, cells - 1, 3, 'dim'),
  );

/** The end of the output, at most `rows` lines; each cut to the row, since the whole is in the output pane. */
export function outputTail(run: RunView, cells: number, rows: number): readonly Line[] {
  const {output = [], outputOf} = run.detail ?? {};
  if (output.length === 0 || rows < 2) return [];
  return [
    [span(outputOf === undefined ? say`   output` : say`   output of ${outputOf}`, 'dim')],
    ...output.slice(-(rows - 1)).map(line => [span(say`   │ `, 'dim'), span(cut(line, cells - 6))]),
  ];
}

/** So many lines of each step are shown. */
const newest = 200;

/** What every step of the run printed, the newest first, wrapped; the whole is in the ledger. */
export const outputLines = (run: RunView, cells: number): readonly Line[] => {
  const {outputs} = run;
  if (outputs.length === 0) return [[span(say`   No output yet.`, 'dim')]];
  return outputs.flatMap(({title, lines}, i) => [
    ...(i === 0 ? [] : [blank]),
    ...paragraph(title, cells - 1, 1, 'strong'),
    ...(lines.length > newest
      ? [[span(say`   ${lines.length - newest} earlier lines are in the ledger.`, 'dim')]]
      : []),
    ...lines.slice(-newest).flatMap(line => paragraph(line, cells - 1, 3)),
  ]);
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

/** The whole lists and every variable, for the outline pane. */
export const pinnedAll = (run: RunView, cells: number): readonly Line[] => {
  const all = pinned(run, cells, 10_000);
  const values = run.values.flatMap((text, i) =>
    labelled(span(i === 0 ? say` Values` : say``, 'dim'), text, {cells: cells - 1, at: 10}),
  );
  return [...(all.length === 0 ? [] : [blank, ...all]), ...(values.length === 0 ? [] : [blank, ...values])];
};
