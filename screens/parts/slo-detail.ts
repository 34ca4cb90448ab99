// One promise in full: what is promised, what was seen, the budget, how fast it goes by window, and what alerts.
import type {Line, Look, Tone} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {SloView} from '../../src/state/duty.ts';
import {budgetBar, leftText, sloSign} from './budget.ts';
import {columns, fit, labelled, span} from './line.ts';

const words: Record<SloView['state'], Shown> = {
  ok: say`ok`,
  burning: say`the budget goes too fast: see the alerts below`,
  atRisk: say`at risk: more than 80 % of the budget is used`,
  exhausted: say`the error budget is used up`,
  unknown: say`unknown: too little was seen`,
};

const seenText = ({availability, range, coverage, filled}: SloView): Shown =>
  availability === undefined
    ? say`no data`
    : say`${availability}${range === undefined ? '' : `, between ${range}`}, coverage ${coverage ?? '–'}${
        filled === undefined ? '' : `, ${filled} of the window recorded so far`
      }`;

/** Whether a window burns, in words too. */
function burning({firing, above, long, short}: SloView['burns'][number]): {
  glyph: Shown;
  word: Shown;
  tone: Tone;
} {
  if (firing) return {glyph: say`✖`, word: say`too fast`, tone: 'bad'};
  if (above) return {glyph: say`·`, word: say`above, too few looks to tell`, tone: 'unknown'};
  return long === undefined || short === undefined
    ? {glyph: say`?`, word: say`not known`, tone: 'unknown'}
    : {glyph: say`✔`, word: say`calm`, tone: 'good'};
}

/** The columns of the table of burn windows. */
function burnColumns(
  [window, tier, long, short, limit]: readonly [Shown, Shown, Shown, Shown, Shown],
  {cells, tone}: {readonly cells: number; readonly tone: Tone},
): Line {
  const wide = cells >= 64;
  return columns([
    {text: window, tone: 'dim', cells: wide ? 9 : 7},
    {text: tier, tone: 'dim', cells: wide ? 8 : 0},
    {text: long, tone, cells: wide ? 9 : 8, right: true},
    {text: short, tone, cells: wide ? 9 : 8, right: true},
    {text: limit, tone: 'dim', cells: wide ? 9 : 8, right: true},
  ]);
}

/** A window of burn alerts: its two ends, the limit, and whether it burns. */
function burnRow(one: SloView['burns'][number], cells: number): Line {
  const {glyph, word, tone} = burning(one);
  const {window, tier, long = say`–`, short = say`–`, limit} = one;
  return fit(
    [
      span(say`   `),
      span(glyph, tone),
      span(say` `),
      ...burnColumns([window, tier, long, short, limit], {cells, tone: 'plain'}),
      span(say`${cells >= 64 ? '   ' : ' '}${word}`, tone),
    ],
    cells,
  );
}

export function sloDetail(slo: SloView, {size}: Look): readonly Line[] {
  const {glyph, tone} = sloSign(slo.state);
  const at = size.columns >= 64 ? 14 : 12;
  const field = (name: Shown, text: Shown, textTone: Tone = 'plain'): readonly Line[] =>
    labelled(span(say`   ${name}`, 'dim'), text, {cells: size.columns - 1, at, tone: textTone});
  const wide = size.columns >= 64;
  return [
    fit(
      [span(say` `), span(slo.title, 'strong'), span(say`  ${glyph} ${words[slo.state]}`, tone)],
      size.columns,
    ),
    ...field(say`promise`, say`${slo.target} over ${slo.window}, by ${slo.checks}`),
    ...field(say`seen`, seenText(slo), slo.isThin ? 'warn' : 'plain'),
    fit(
      [
        ...columns([
          {text: say`   budget`, tone: 'dim', cells: at},
          {text: say``, cells: 1},
        ]).slice(0, 2),
        ...(wide ? [...budgetBar(slo, 20), span(say` `)] : []),
        span(say`${leftText(slo)} left: ${slo.used}`),
      ],
      size.columns,
    ),
    ...field(
      say`burn`,
      slo.burn === undefined
        ? say`not known: nothing was seen in the last day`
        : say`${slo.burn}${slo.pace === undefined ? '' : `, ${slo.pace}`}`,
    ),
    ...field(
      say`forecast`,
      slo.goneIn ??
        (slo.remaining === undefined || slo.burn === undefined
          ? say`not known`
          : say`not used up at this pace`),
      slo.goneIn === undefined ? 'plain' : 'warn',
    ),
    fit(
      [
        span(say`     `),
        ...burnColumns([say`window`, say``, say`long`, say`short`, say`limit`], {
          cells: size.columns,
          tone: 'dim',
        }),
      ],
      size.columns,
    ),
    ...slo.burns.map(one => burnRow(one, size.columns)),
    ...slo.alerts.flatMap(({text, severity}) => field(say`alert`, say`${severity}  ${text}`, 'warn')),
  ];
}
