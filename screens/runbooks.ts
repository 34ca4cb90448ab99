// All runbooks of the site, and the runs: open ones first.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {RunbookView, RunSummary} from '../src/state/model.ts';
import {runbookOrder, runOrder} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {blank, columns, fit, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {overdue} from './parts/review.ts';
import {age} from './parts/time.ts';

const books = (look: Look): readonly RunbookView[] => runbookOrder(look.app, look.place.filter);
const runs = (look: Look): readonly RunSummary[] => runOrder(look.app, look.place.filter);
const onRuns = (look: Look): boolean => look.place.pane === 1;

function chosenId(look: Look): string | undefined {
  const ids = onRuns(look) ? runs(look).map(({run}) => run) : books(look).map(({id}) => id);
  return ids[listWindow(ids, look.place.selected, 1).chosen];
}

/** Title and what is to be known of it; on a wide screen its services and tags as well. */
function bookLine(book: RunbookView, chosen: boolean, {app, size}: Look): Line {
  const cells = size.columns;
  const steps = book.procedures.reduce((sum, one) => sum + one.steps, 0);
  const wide = cells >= 64;
  const open = app.runs.filter(({open: isOpen, book: of}) => isOpen && of === book.title).length;
  const {problems} = book;
  const late = overdue(book, app.nowMs);
  const marks = [
    ...(open === 0 ? [] : [say`${open} open`]),
    ...(late === undefined ? [] : [say`! ${late}`]),
    ...(problems === 0 ? [] : [say`! ${problems} ${problems === 1 ? 'problem' : 'problems'}`]),
  ];
  const room = wide ? Math.max(20, Math.floor(cells * 0.24)) : 12;
  const rest = cells - 3 - room;
  const title = wide ? Math.floor(rest * (cells >= 100 ? 0.44 : 0.6)) : rest;
  const steps9 = wide ? 9 : 0;
  const sev = wide ? (cells >= 100 ? 9 : 5) : 0;
  const about = show([...book.services, ...book.tags.map(tag => `#${tag}`)].join(' '));
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      ...columns([
        {text: book.title, tone: chosen ? 'strong' : 'plain', cells: title},
        {text: book.severity ?? say``, tone: 'dim', cells: sev},
        {text: say`${steps} steps  `, tone: 'dim', cells: steps9 + (wide ? 2 : 0), right: true},
        {text: about, tone: 'dim', cells: wide ? rest - title - steps9 - 2 - sev : 0},
        {text: show(marks.join('  ')), tone: open > 0 && marks.length === 1 ? 'accent' : 'warn', cells: room},
      ]),
    ],
    cells,
  );
}

function runLine(run: RunSummary, chosen: boolean, {app, size}: Look): Line {
  const wide = size.columns >= 64;
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      ...columns([
        {text: say`${run.short}`, tone: run.open ? 'accent' : 'dim', cells: 6},
        {text: run.title, tone: chosen ? 'strong' : 'plain', cells: size.columns - 9 - (wide ? 42 : 16)},
        {text: run.service, tone: 'dim', cells: wide ? 16 : 0},
        {text: run.state, tone: run.open ? 'accent' : 'dim', cells: wide ? 20 : 10},
        {text: age(app.nowMs, run.startedMs), tone: 'dim', cells: 6, right: true},
      ]),
    ],
    size.columns,
  );
}

export const runbooks = defineScreen({
  id: 'runbooks',
  title: look => (onRuns(look) ? say`runs` : say`runbooks`),
  summary: say`The runbooks of the site, and every run: open ones first.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: look => (onRuns(look) ? say`open run` : say`read`),
      does: say`Read the chosen runbook, or open the chosen run where it stands.`,
      bar: 1,
      why: look => (chosenId(look) === undefined ? say`the list is empty` : undefined),
      run: (look, desk) => {
        const id = chosenId(look);
        if (id === undefined) return;
        if (!onRuns(look)) {
          desk.go(place('runbook', id));
          return;
        }
        desk.actions.openRun(id);
        desk.go(place('run'));
      },
    },
    {
      keys: ['r'],
      label: say`run`,
      does: say`Start the chosen runbook: choose the procedure and the service; h there rehearses it.`,
      bar: 2,
      when: look => !onRuns(look),
      why: look => (chosenId(look) === undefined ? say`the list is empty` : undefined),
      run: (look, desk) => {
        const id = chosenId(look);
        if (id !== undefined) desk.open({at: 'start', plan: {runbook: id}, chosen: 0});
      },
    },
  ],
  view: look => {
    const {place: at, size} = look;
    const tab = (label: ReturnType<typeof say>, mine: boolean): Line => [
      span(say` `),
      span(say` ${label} `, mine ? 'strong' : 'dim'),
    ];
    const head: Line[] = [
      [
        ...tab(say`RUNBOOKS ${look.app.runbooks.length}`, !onRuns(look)),
        ...tab(say`RUNS ${look.app.runs.length}`, onRuns(look)),
      ],
      blank,
    ];
    const page = Math.max(1, size.rows - head.length);
    const items = onRuns(look) ? runs(look) : books(look);
    const ids = onRuns(look) ? runs(look).map(({run}) => run) : books(look).map(({id}) => id);
    const {from, to, chosen} = listWindow(ids, at.selected, page);
    const rows = onRuns(look)
      ? runs(look)
          .slice(from, to)
          .map((run, i) => runLine(run, from + i === chosen, look))
      : books(look)
          .slice(from, to)
          .map((book, i) => bookLine(book, from + i === chosen, look));
    const none = onRuns(look)
      ? say`   Nothing was run here yet.`
      : look.app.runbooks.length === 0
        ? say`   The runbooks are still being read, or there are none.`
        : say`   No runbook holds that. Words, or tag:x service:x severity:x owner:x; Esc shows all.`;
    const picked = ids[chosen];
    return {
      lines: [...head, ...rows, ...(items.length === 0 ? [[span(none, 'dim')]] : [])],
      summary: [
        span(ids.length > page ? say`${from + 1} to ${to} of ${ids.length}` : say`${ids.length}`, 'dim'),
      ],
      list: {ids, page},
      panes: 2,
      ...(picked === undefined ? {} : {copy: [say`${picked}`]}),
    };
  },
});
