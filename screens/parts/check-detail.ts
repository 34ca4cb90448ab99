// One check in full: state, words, what it expected and got, its last hour and how long its looks took.
import type {Line, Look} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {CheckHistory, CheckView} from '../../src/state/model.ts';
import {historyOf} from '../../src/state/select.ts';
import {fit, labelled, span} from './line.ts';
import {partRow} from './service-detail.ts';
import {status} from './status.ts';
import {spark, strip} from './strip.ts';
import {age, clock, took} from './time.ts';

/** Since when it is so; nobody knows of what was not confirmed yet, nor of what was not looked at lately. */
export function sinceText({phase, sinceMs, seenMs, stale, verdict}: CheckView, nowMs: number): Shown {
  if (stale) return say` seen ${age(nowMs, seenMs)}${seenMs === undefined ? '' : ' ago'}`;
  if (phase === 'pending') return say` not confirmed yet`;
  if (phase === 'recovering' && (verdict === 'pass' || verdict === 'skipped')) return say` not confirmed yet`;
  return sinceMs === undefined ? say`` : say` since ${clock(sinceMs)} (${age(nowMs, sinceMs)})`;
}

const lastLook = (check: CheckView, nowMs: number): Shown =>
  check.seenMs === undefined
    ? say`never: nothing is known`
    : say`${clock(check.seenMs)} UTC (${age(nowMs, check.seenMs)})${
        check.durationMs === undefined ? '' : `, took ${took(check.durationMs)}`
      }${check.stale ? ': too old to be believed' : ''}`;

/** Cells of a label in front of a text. */
const labelCells = (columns: number): number => (columns >= 64 ? 14 : 12);

/** A line of columns with the newest and the largest value in words. */
function sparkRow(
  name: Shown,
  values: CheckHistory['p50'],
  {atMs, most, columns}: {readonly atMs: number; readonly most: number; readonly columns: number},
): Line {
  const at = labelCells(columns);
  const seen = values.flatMap(value => value ?? []);
  const words =
    seen.length === 0
      ? say`nothing answered`
      : say`${took(seen.at(-1) ?? 0)}${columns < 64 ? '' : `, most ${took(Math.max(...seen))}`}`;
  const cells = Math.max(10, Math.min(60, columns - at - (columns < 64 ? 10 : 26)));
  return [
    ...labelled(span(say`   ${name}`, 'dim'), say` `, {cells: at + 2, at})
      .flat()
      .slice(0, 2),
    ...spark(values, {nowMs: atMs, cells, most}),
    span(say`  ${words}`, 'dim'),
  ];
}

/** The last hour of a check: what it was, and p50 and p95 of how long looks took, on one scale. */
function hourRows(check: CheckView, {app, place, size}: Look): readonly Line[] {
  const history = historyOf(app, place.of);
  const at = labelCells(size.columns);
  const label = (name: Shown): Line =>
    labelled(span(say`   ${name}`, 'dim'), say` `, {cells: at + 2, at})
      .flat()
      .slice(0, 2);
  const found = history?.checks.find(({id}) => id === check.id);
  if (history === undefined || found === undefined)
    return [[...label(say`last hour`), span(say`being read …`, 'dim')]];
  const cells = Math.max(10, Math.min(60, size.columns - at - (size.columns < 64 ? 10 : 26)));
  const most = Math.max(0, ...[...found.p50, ...found.p95].flatMap(value => value ?? []));
  const scale = {atMs: history.atMs, most, columns: size.columns};
  return [
    [...label(say`last hour`), ...strip(found.strip, {nowMs: history.atMs, cells})],
    sparkRow(say`p50`, found.p50, scale),
    sparkRow(say`p95`, found.p95, scale),
  ];
}

/** Everything known of one check; every word of expected and actual. */
export function checkDetail(check: CheckView, look: Look): readonly Line[] {
  const {app, size} = look;
  const state = status(check);
  const field = (name: Shown, text: Shown | undefined): readonly Line[] =>
    text === undefined || text === ''
      ? []
      : labelled(span(say`   ${name}`, 'dim'), text, {cells: size.columns - 1, at: labelCells(size.columns)});
  const needs = check.dependsOn.map(
    ({service, check: one}) => `${service}${one === undefined ? '' : `/${one}`}`,
  );
  return [
    fit(
      [
        span(say` `),
        span(check.id, 'strong'),
        span(say`  `),
        span(state.text, state.tone),
        span(sinceText(check, app.nowMs), 'dim'),
        ...(check.flapping ? [span(say`   flapping`, 'warn')] : []),
        span(say`   ${check.type}   ${check.severity}`, 'dim'),
      ],
      size.columns,
    ),
    ...field(say`message`, check.message),
    ...field(say`expected`, check.expected),
    ...field(say`got`, check.actual),
    ...check.parts.map(part => partRow(part, check.stale, size.columns)),
    ...field(
      say`no alert`,
      check.heldBy === undefined ? undefined : say`${check.heldBy} is down, which it depends on`,
    ),
    ...field(say`last look`, lastLook(check, app.nowMs)),
    ...hourRows(check, look),
    ...field(say`depends on`, needs.length === 0 ? undefined : say`${needs.join(', ')}`),
    ...(check.rollup ? [] : field(say`counts`, say`no: shown, and not part of the state of the service`)),
  ];
}
