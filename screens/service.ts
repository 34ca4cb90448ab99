// One service: all its checks, the chosen one in full, and its runbooks.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {CheckView} from '../src/state/model.ts';
import {serviceOf} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {blank, columns, fit, labelled, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {checkOrder, partRow} from './parts/service-detail.ts';
import {glyph, status, toneOf} from './parts/status.ts';
import {strip} from './parts/strip.ts';
import {age, clock, took} from './parts/time.ts';

const service = (look: Look): ReturnType<typeof serviceOf> => serviceOf(look.app, look.place.of);

const shownChecks = (look: Look): readonly CheckView[] => {
  const needle = look.place.filter.toLowerCase();
  const found = service(look);
  if (found === undefined) return [];
  return checkOrder(found).filter(({id, message}) => `${id} ${message}`.toLowerCase().includes(needle));
};

function checkLine(check: CheckView, chosen: boolean, {app, size}: Look): Line {
  const wide = size.columns >= 64;
  const message = size.columns - 6 - 18 - (wide ? 22 : 6);
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      glyph(check),
      span(say` `),
      ...columns([
        {text: check.id, tone: chosen ? 'strong' : 'plain', cells: 18},
        {text: say`${check.panel}`, tone: 'dim', cells: wide ? 11 : 0},
        {text: check.message, tone: toneOf(check) === 'good' ? 'dim' : 'plain', cells: message},
        {text: age(app.nowMs, check.seenMs), tone: check.stale ? 'unknown' : 'dim', cells: 6, right: true},
      ]),
    ],
    size.columns,
  );
}

/** Everything known of one check; every word of expected and actual. */
function detail(check: CheckView, {app, size}: Look): readonly Line[] {
  const state = status(check);
  const at = size.columns >= 64 ? 14 : 11;
  const field = (name: Shown, text: Shown | undefined): readonly Line[] =>
    text === undefined || text === ''
      ? []
      : labelled(span(say`   ${name}`, 'dim'), text, {cells: size.columns - 1, at});
  const since = check.sinceMs;
  return [
    [
      span(say` `),
      span(check.id, 'strong'),
      span(say`  `),
      span(state.text, state.tone),
      span(since === undefined ? say`` : say` since ${clock(since)}`, 'dim'),
      span(say`   ${check.type}   ${check.severity}`, 'dim'),
    ],
    ...field(say`message`, check.message),
    ...field(say`expected`, check.expected),
    ...field(say`got`, check.actual),
    ...check.parts.map(part => partRow(part, check.stale, size.columns)),
    ...field(say`last look`, lastLook(check, app.nowMs)),
  ];
}

const lastLook = (check: CheckView, nowMs: number): Shown =>
  check.seenMs === undefined
    ? say`never: nothing is known`
    : say`${clock(check.seenMs)} UTC (${age(nowMs, check.seenMs)})${
        check.durationMs === undefined ? '' : `, took ${took(check.durationMs)}`
      }${check.stale ? ': too old to be believed' : ''}`;

export const serviceScreen = defineScreen({
  id: 'service',
  title: look => service(look)?.title ?? show(look.place.of ?? 'service'),
  summary: say`One service: its checks, what they expected and what they got.`,
  keys: [
    {
      keys: ['r'],
      label: say`run`,
      does: say`Choose a runbook for this service and start it, or rehearse it (h there).`,
      bar: 1,
      run: (look, desk) => {
        const {of} = look.place;
        if (of !== undefined) desk.open({at: 'start', plan: {service: of}, chosen: 0});
      },
    },
    {
      keys: ['n'],
      label: say`look now`,
      does: say`Run the checks of this service now instead of at their next slots.`,
      bar: 2,
      run: (look, desk) => {
        const {of} = look.place;
        if (of === undefined) return;
        desk.actions.checkNow(of);
        desk.tell('info', say`looking now`);
      },
    },
    {
      keys: ['o'],
      label: say`read runbook`,
      does: say`Read the runbook that is suggested for this service, or for the check that fails.`,
      bar: 3,
      why: look =>
        (service(look)?.runbooks.length ?? 0) > 0 ? undefined : say`no runbook names this service`,
      run: (look, desk) => {
        const first = service(look)?.runbooks[0];
        if (first !== undefined) desk.go(place('runbook', first.id));
      },
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const found = service(look);
    if (found === undefined) {
      return {
        lines: [blank, [span(say`   This service is no longer in the site file. Esc goes back.`, 'dim')]],
      };
    }
    const checks = shownChecks(look);
    const ids = checks.map(({id}): string => id);
    const split = size.rows >= 16;
    const page = split
      ? Math.max(3, Math.min(checks.length, Math.floor((size.rows - 3) / 2)))
      : size.rows - 1;
    const {from, to, chosen: index} = listWindow(ids, at.selected, page);
    const picked = checks[index];
    const state = status(found);
    const small = !split && at.pane === 1;
    const bars = strip(found.strip, {nowMs: app.nowMs, cells: Math.min(60, size.columns - 18)});
    const list: Line[] = [
      [span(say`   LAST HOUR  `, 'dim'), ...bars],
      ...(split ? [blank] : []),
      ...checks.slice(from, to).map((check, i) => checkLine(check, from + i === index, look)),
    ];
    if (checks.length === 0) list.push([span(say`   No check matches. Esc shows all.`, 'dim')]);
    const below = picked === undefined ? [] : detail(picked, look);
    const lines = small ? below : split ? [...list, blank, ...below] : list;
    return {
      lines: lines.slice(0, size.rows).map(line => fit(line, size.columns)),
      summary: [
        span(state.text, state.tone),
        span(found.attended === undefined ? say`` : say`   ${found.attended} is on it`, 'accent'),
      ],
      list: {ids, page},
      panes: split ? 1 : 2,
      ...(picked === undefined ? {} : {copy: copyOf(picked)}),
    };
  },
});

const copyOf = ({id, message, expected, actual}: CheckView): readonly Shown[] => [
  say`${id}: ${message}`,
  ...(expected === undefined ? [] : [say`expected: ${expected}`]),
  ...(actual === undefined ? [] : [say`got: ${actual}`]),
];
