// All runbooks of the site, and the runs: open ones first.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import type {RunbookView, RunSummary} from '../src/state/model.ts';
import {runbookOrder, runOrder} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {blank, columns, fit, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {age} from './parts/time.ts';

const books = (look: Look): readonly RunbookView[] => runbookOrder(look.app, look.place.filter);
const runs = (look: Look): readonly RunSummary[] => runOrder(look.app, look.place.filter);
const onRuns = (look: Look): boolean => look.place.pane === 1;

function chosenId(look: Look): string | undefined {
  const ids = onRuns(look) ? runs(look).map(({run}) => run) : books(look).map(({id}) => id);
  return ids[listWindow(ids, look.place.selected, 1).chosen];
}

function bookLine(book: RunbookView, chosen: boolean, cells: number): Line {
  const steps = book.procedures.reduce((sum, one) => sum + one.steps, 0);
  const wide = cells >= 64;
  const problems = book.problems;
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      ...columns([
        {text: book.title, tone: chosen ? 'strong' : 'plain', cells: wide ? cells - 3 - 34 : cells - 12},
        {text: say`${steps} steps`, tone: 'dim', cells: 9, right: true},
        {text: book.owner === undefined ? say`` : say`  ${book.owner}`, tone: 'dim', cells: wide ? 12 : 0},
        {
          text: problems === 0 ? say`` : say`  ! ${problems} ${problems === 1 ? 'problem' : 'problems'}`,
          tone: 'warn',
          cells: wide ? 13 : 0,
        },
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
      does: say`Start the chosen runbook: choose the procedure and the service.`,
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
          .map((book, i) => bookLine(book, from + i === chosen, size.columns));
    const none = onRuns(look) ? say`   Nothing was run here yet.` : say`   No runbook matches.`;
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
