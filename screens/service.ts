// One service: its promise, its checks, the chosen one in full, what changed lately, and its runbooks.
import {defineScreen} from '../src/define-screen.ts';
import type {Body, Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {ChangeRow, CheckView, ServiceView} from '../src/state/model.ts';
import {historyOf, serviceOf} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {changeRow} from './parts/change-row.ts';
import {checkDetail} from './parts/check-detail.ts';
import {checkRow} from './parts/check-row.ts';
import {blank, fit, heading, span} from './parts/line.ts';
import {clampScroll, listWindow} from './parts/list.ts';
import {checkOrder} from './parts/service-detail.ts';
import {hourRow, sloRows, tabs} from './parts/service-head.ts';
import {status} from './parts/status.ts';

const panes = ['checks', 'in full', 'changes', 'runbooks'] as const;
type Pane = (typeof panes)[number];

const paneOf = ({place: at}: Look): Pane => panes[at.pane] ?? 'checks';

const service = (look: Look): ServiceView | undefined => serviceOf(look.app, look.place.of);

const isFound = (look: Look, ...texts: readonly string[]): boolean =>
  texts.join(' ').toLowerCase().includes(look.place.filter.toLowerCase());

const shownChecks = (look: Look): readonly CheckView[] => {
  const found = service(look);
  return found === undefined
    ? []
    : checkOrder(found).filter(({id, message}) => paneOf(look) !== 'checks' || isFound(look, id, message));
};

const shownChanges = (look: Look): readonly ChangeRow[] =>
  (historyOf(look.app, look.place.of)?.changes ?? []).filter(
    ({what, text}) => paneOf(look) !== 'changes' || isFound(look, what, text),
  );

const nameOf = ({id, procedure}: ServiceView['runbooks'][number]): string =>
  procedure === undefined ? id : `${id}#${procedure}`;

const shownBooks = (look: Look): ServiceView['runbooks'] =>
  (service(look)?.runbooks ?? []).filter(
    ({title, why}) => paneOf(look) !== 'runbooks' || isFound(look, title, why ?? ''),
  );

/** The item of the pane that is chosen. */
function chosenOf<T>(items: readonly T[], {place: at}: Look, idOf: (item: T) => string): T | undefined {
  return items[listWindow(items.map(idOf), at.selected, 1).chosen];
}

const checkId = ({id}: CheckView): string => id;
const changeId = ({seq}: ChangeRow): string => String(seq);

function bookRow({title, why}: ServiceView['runbooks'][number], chosen: boolean, cells: number): Line {
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      span(title, chosen ? 'strong' : 'plain'),
      span(why === undefined ? say`` : say`   ${why}`, 'dim'),
    ],
    cells,
  );
}

/** A list that fills its rows, page by page. */
function listed<T>(
  items: readonly T[],
  look: Look,
  {
    rows,
    idOf,
    row,
    none,
  }: {rows: number; idOf: (item: T) => string; row: (item: T, chosen: boolean) => Line; none: Shown},
): Pick<Body, 'lines' | 'list'> {
  const page = Math.max(1, rows);
  const ids = items.map(idOf);
  const {from, to, chosen} = listWindow(ids, look.place.selected, page);
  const lines = items.slice(from, to).map((item, i) => row(item, from + i === chosen));
  return {lines: lines.length === 0 ? [[span(none, 'dim')]] : lines, list: {ids, page}};
}

const noChanges = (look: Look): Shown =>
  historyOf(look.app, look.place.of)?.changes === undefined
    ? say`   The ledger is being read …`
    : look.place.filter === ''
      ? say`   Nothing about this service is in the newest entries.`
      : say`   No change matches. Esc shows all.`;

const rowOfChange =
  ({app, size}: Look) =>
  (change: ChangeRow, chosen: boolean): Line =>
    changeRow(change, {chosen, cells: size.columns, nowMs: app.nowMs});

const changesPane = (look: Look, rows: number): Pick<Body, 'lines' | 'list'> =>
  listed(shownChanges(look), look, {rows, idOf: changeId, row: rowOfChange(look), none: noChanges(look)});

const booksPane = (look: Look, rows: number): Pick<Body, 'lines' | 'list'> =>
  listed(shownBooks(look), look, {
    rows,
    idOf: nameOf,
    row: (book, chosen) => bookRow(book, chosen, look.size.columns),
    none: say`   No runbook names this service. B shows all of them.`,
  });

/** What is left of the rows shows what the other panes hold. */
function preview(look: Look, rows: number): readonly Line[] {
  const books = shownBooks(look).map(book => bookRow(book, false, look.size.columns));
  const most = Math.max(0, rows - 2 - (books.length === 0 ? 0 : Math.min(books.length, 4) + 2));
  const changes = shownChanges(look)
    .slice(0, most)
    .map(one => rowOfChange(look)(one, false));
  if (rows < 4) return [];
  return [
    ...(changes.length === 0 ? [] : [blank, heading(say`changes`), ...changes]),
    ...(books.length === 0 ? [] : [blank, heading(say`runbooks`), ...books.slice(0, 4)]),
  ].slice(0, rows);
}

function checksPane(look: Look, rows: number): Pick<Body, 'lines' | 'list'> {
  const checks = shownChecks(look);
  const split = look.size.rows >= 16;
  const page = split ? Math.max(3, Math.min(checks.length, Math.floor(rows / 2))) : rows;
  const {lines, list} = listed(checks, look, {
    rows: page,
    idOf: checkId,
    row: (check, chosen) => checkRow(check, chosen, look),
    none:
      checks.length === 0 && look.place.filter === ''
        ? say`   This service has no checks.`
        : say`   No check matches. Esc shows all.`,
  });
  const picked = chosenOf(checks, look, checkId);
  const body = !split || picked === undefined ? lines : [...lines, blank, ...checkDetail(picked, look)];
  return {lines: [...body, ...preview(look, rows - body.length)], ...(list === undefined ? {} : {list})};
}

function fullPane(look: Look, rows: number): Pick<Body, 'lines' | 'scroll'> {
  const picked = chosenOf(shownChecks(look), look, checkId);
  if (picked === undefined) return {lines: [[span(say`   This service has no checks.`, 'dim')]]};
  const text = checkDetail(picked, look);
  const top = clampScroll(look.place.scroll, text.length, rows);
  return {lines: text.slice(top, top + rows), scroll: {total: text.length, page: rows}};
}

const bodies: Record<Pane, (look: Look, rows: number) => Pick<Body, 'lines' | 'list' | 'scroll'>> = {
  checks: checksPane,
  'in full': fullPane,
  changes: changesPane,
  runbooks: booksPane,
};

const enterWords: Record<Pane, Shown> = {
  checks: say`in full`,
  'in full': say`in full`,
  changes: say`entry`,
  runbooks: say`read`,
};

function copyOf(look: Look): readonly Shown[] | undefined {
  const pane = paneOf(look);
  if (pane === 'changes') {
    const change = chosenOf(shownChanges(look), look, changeId);
    return change && [say`${change.what}: ${change.text}`];
  }
  if (pane === 'runbooks') {
    const book = chosenOf(shownBooks(look), look, nameOf);
    return book && [book.title];
  }
  const check = chosenOf(shownChecks(look), look, checkId);
  if (check === undefined) return undefined;
  const {id, message, expected, actual} = check;
  return [
    say`${id}: ${message}`,
    ...(expected === undefined ? [] : [say`expected: ${expected}`]),
    ...(actual === undefined ? [] : [say`got: ${actual}`]),
  ];
}

export const serviceScreen = defineScreen({
  id: 'service',
  title: look => service(look)?.title ?? show(look.place.of ?? 'service'),
  summary: say`One service: its promise, its checks and what they got, what changed, and its runbooks.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: look => enterWords[paneOf(look)],
      does: say`The chosen check in full, the chosen entry of the ledger, or the chosen runbook to read.`,
      bar: 3,
      when: look => paneOf(look) !== 'in full',
      why: look => (copyOf(look) === undefined ? say`the list is empty` : undefined),
      run: (look, desk) => {
        const pane = paneOf(look);
        const change = chosenOf(shownChanges(look), look, changeId);
        const book = chosenOf(shownBooks(look), look, nameOf);
        if (pane === 'checks') desk.change({pane: 1, scroll: 0});
        else if (pane === 'changes' && change !== undefined) {
          desk.actions.showEntry(change.seq);
          desk.go(place('entry', String(change.seq)));
        } else if (pane === 'runbooks' && book !== undefined) desk.go(place('runbook', book.id));
      },
    },
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
      keys: ['w'],
      label: say`why`,
      does: say`Why the chosen check is red, and the service where none is chosen: root causes and runbooks.`,
      bar: 2,
      run: (look, desk) => {
        const {of} = look.place;
        const check = chosenOf(shownChecks(look), look, checkId);
        const isPicked = check !== undefined && check.id === look.place.selected;
        if (of !== undefined) desk.go(place('why', isPicked ? `${of}/${check.id}` : of));
      },
    },
    {
      keys: ['n'],
      label: say`look now`,
      does: say`Run the checks of this service now instead of at their next slots.`,
      bar: 6,
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
      bar: 7,
      why: look =>
        (service(look)?.runbooks.length ?? 0) > 0 ? undefined : say`no runbook names this service`,
      run: (look, desk) => {
        const first = service(look)?.runbooks[0];
        if (first !== undefined) desk.go(place('runbook', first.id));
      },
    },
  ],
  view: look => {
    const {size} = look;
    const found = service(look);
    if (found === undefined) {
      return {
        lines: [blank, [span(say`   This service is no longer in the site file. Esc goes back.`, 'dim')]],
      };
    }
    const changes = historyOf(look.app, found.id)?.changes;
    const wide = size.columns >= 64;
    const names = [
      say`checks ${found.checks.length}`,
      say`in full`,
      changes === undefined ? say`changes` : say`changes ${changes.length}`,
      say`runbooks ${found.runbooks.length}`,
    ];
    const head: Line[] = [
      hourRow(found, look),
      ...sloRows(found, look),
      tabs(
        wide ? names : names.map(name => show(name.replace(/ \d+$/, ''))),
        panes.indexOf(paneOf(look)),
        size.columns,
      ),
    ];
    const rows = Math.max(1, size.rows - head.length);
    const {lines, ...keys} = bodies[paneOf(look)](look, rows);
    const state = status(found);
    const copy = copyOf(look);
    return {
      lines: [...head, ...lines].slice(0, size.rows).map(line => fit(line, size.columns)),
      summary: [
        span(state.text, state.tone),
        span(found.attended === undefined ? say`` : say`   ${found.attended} is on it`, 'accent'),
      ],
      ...keys,
      panes: panes.length,
      ...(copy === undefined ? {} : {copy}),
    };
  },
});
