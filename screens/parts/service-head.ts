// What stands above the panes of a service: its last hour, what it promises, and the names of the panes.
import type {Line, Look} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {ServiceView} from '../../src/state/model.ts';
import {sloOf} from '../../src/state/select.ts';
import {budgetBar, leftText, sloSign} from './budget.ts';
import {fit, span} from './line.ts';
import {strip} from './strip.ts';

/** What is promised and how that stands, in two rows where one is too short; none where nothing is promised. */
export function sloRows(service: ServiceView, {app, size}: Look): readonly Line[] {
  const slo = sloOf(app, service.id);
  if (slo === undefined) return [];
  const {word, glyph, tone} = sloSign(slo.state);
  const budget: Line = [
    span(say`   SLO        `, 'dim'),
    span(say`${glyph} ${word}  `, tone),
    ...(size.columns >= 64 ? [...budgetBar(slo, 20), span(say` `)] : []),
    span(say`${leftText(slo)} left`),
  ];
  const figures: Line = [
    span(say`${slo.availability ?? 'no data'} of ${slo.target}`, 'dim'),
    span(say`   burn ${slo.burn ?? '–'}`, 'dim'),
    span(say`   seen ${slo.coverage ?? '–'}`, slo.isThin ? 'warn' : 'dim'),
    ...(slo.goneIn === undefined ? [] : [span(say`   ${slo.goneIn}`, 'warn')]),
  ];
  const rows =
    size.columns >= 110
      ? [[...budget, span(say`   `), ...figures]]
      : [budget, [span(say`              `), ...figures]];
  return (size.rows < 16 ? rows.slice(0, 1) : rows).map(row => fit(row, size.columns));
}

export const hourRow = (service: ServiceView, {app, size}: Look): Line => [
  span(say`   LAST HOUR  `, 'dim'),
  ...strip(service.strip, {nowMs: app.nowMs, cells: Math.min(60, size.columns - 18)}),
];

/** The panes of a screen by name; the one that has the keys stands out, by a sign too. */
export const tabs = (names: readonly Shown[], mine: number, cells: number): Line =>
  fit(
    names.flatMap((name, i): Line => [
      span(i === mine ? say` >` : say`  `, 'accent'),
      span(say`${name} `, i === mine ? 'strong' : 'dim'),
    ]),
    cells,
  );
