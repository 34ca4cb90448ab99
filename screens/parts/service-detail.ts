// The lower half of the home screen: what is wrong with one service, and what to do about it.
import {say} from '../../src/domain/show.ts';
import {worseFirst} from '../../src/domain/verdict.ts';
import type {AppState, CheckView, ServiceView} from '../../src/state/model.ts';
import {honestVerdict} from '../../src/state/select.ts';
import type {Line, Size, Span} from '../../src/define-screen.ts';
import {blank, columns, fit, span} from './line.ts';
import {glyph, status, toneOf} from './status.ts';
import {age, clock} from './time.ts';

/** Checks and their parts, the worst first. */
export const checkOrder = (service: ServiceView): readonly CheckView[] =>
  [...service.checks].sort((a, b) => worseFirst(honestVerdict(a), honestVerdict(b)));

const isFine = (check: CheckView): boolean => honestVerdict(check) === 'pass';

function title(service: ServiceView, app: AppState): Line {
  const state = status(service);
  const since = service.failingSinceMs;
  const worst = checkOrder(service)[0];
  return [
    span(say` `),
    span(service.title, 'strong'),
    span(say`  `),
    span(state.text, state.tone),
    ...(since === undefined
      ? []
      : [span(say` since ${clock(since)} (${age(app.nowMs, since)})`, state.tone)]),
    ...(worst !== undefined && !isFine(worst) ? [span(say`   ${worst.severity}`)] : []),
    ...(since === undefined && service.attended === undefined ? [] : [attended(service)]),
  ];
}

const attended = (service: ServiceView): Span =>
  service.attended === undefined
    ? span(say`   nobody is on it`, 'warn')
    : span(say`   ${service.attended} is on it`, 'accent');

/** One row of a check: glyph, name, message; no wider than `cells`. */
const checkRow = (check: CheckView, cells: number): Line =>
  fit(
    [
      span(say`   `),
      glyph(check),
      span(say` `),
      ...columns([
        {text: check.id, tone: isFine(check) ? 'dim' : toneOf(check), cells: 18},
        {text: check.message, tone: isFine(check) ? 'dim' : 'plain', cells: Math.max(10, cells - 24)},
      ]),
    ],
    cells,
  );

const isWell = ({verdict}: Pick<CheckView['parts'][number], 'verdict'>): boolean =>
  verdict === 'pass' || verdict === 'skipped';

/** One row of a named part, under its check. */
export const partRow = (part: CheckView['parts'][number], stale: boolean, cells: number): Line =>
  fit(
    [
      span(say`     `),
      glyph({verdict: part.verdict, stale}),
      span(say` `),
      ...columns([
        {text: part.name, cells: 18},
        {text: part.message, tone: isWell(part) ? 'dim' : 'plain', cells: Math.max(10, cells - 26)},
      ]),
    ],
    cells,
  );

function suggested(service: ServiceView): readonly Line[] {
  const [first, ...others] = service.runbooks;
  if (first === undefined) return [];
  const rest = others.length === 0 ? say`` : say`   and ${others.length} more`;
  return [[span(say`   suggested  `, 'dim'), span(say`r`, 'accent'), span(say`  ${first.title}${rest}`)]];
}

/** At most `size.rows` lines about one service. */
export function serviceDetail(service: ServiceView, app: AppState, size: Size): readonly Line[] {
  const order = checkOrder(service);
  const tail = suggested(service);
  const room = size.rows - 1 - (tail.length > 0 ? tail.length + 1 : 0);
  const shown = order.slice(0, order.length > room ? room - 1 : room);
  const rest = order.length - shown.length;
  let spare = room - shown.length - (rest > 0 ? 1 : 0);
  const lines: Line[] = [title(service, app)];
  for (const check of shown) {
    lines.push(checkRow(check, size.columns));
    // What is well needs no row here, and would only cost bytes on every key press.
    const parts = check.parts.filter(part => !isWell(part));
    if (isFine(check) || parts.length > spare) continue;
    lines.push(...parts.map(part => partRow(part, check.stale, size.columns)));
    spare -= parts.length;
  }
  if (rest > 0) lines.push([span(say`     ${rest} more: Enter shows all`, 'dim')]);
  if (tail.length > 0) lines.push(blank, ...tail);
  return lines.slice(0, Math.max(0, size.rows)).map(line => fit(line, size.columns));
}
