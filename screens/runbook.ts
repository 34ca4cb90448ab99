// A runbook to read: the rendered text with its outline, what is forbidden pinned below; from here it is started.
import {defineScreen} from '../src/define-screen.ts';
import type {Body, Desk, Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {RunbookView} from '../src/state/model.ts';
import {runbookOf} from '../src/state/select.ts';
import {blank, fit, labelled, lineWidth, span} from './parts/line.ts';
import {clampScroll, listWindow} from './parts/list.ts';
import {marked, readingRows} from './parts/reading.ts';
import type {ReadingRow} from './parts/reading.ts';
import {headings, outlineLines} from './parts/reading-outline.ts';
import {overdue} from './parts/review.ts';

type Procedure = RunbookView['procedures'][number];

/** Columns of the outline beside the text; none on a narrow screen, where it is a page of its own. */
const outlineCells = (cells: number): number => (cells >= 100 ? 34 : 0);

const textCells = (cells: number): number => cells - outlineCells(cells) - 2;

const isOutline = (look: Look): boolean => look.place.pane === 1;

const bookOf = (look: Look): RunbookView | undefined => runbookOf(look.app, look.place.of);

interface Page {
  readonly rows: readonly ReadingRow[];
  readonly top: number;
  readonly pinned: readonly Line[];
  /** Rows for the text. */
  readonly room: number;
}

function pageOf(book: RunbookView, look: Look): Page {
  const {size} = look;
  const rows = readingRows(book, textCells(size.columns));
  const first = rows[clampScroll(look.place.scroll, rows.length, size.rows)]?.from ?? 0;
  const pinned = pinnedLines(procedureAt(book, first), look);
  const room = Math.max(1, size.rows - pinned.length);
  return {rows, top: clampScroll(look.place.scroll, rows.length, room), pinned, room};
}

/** The procedure that the line with this index belongs to; undefined when there is none. */
function procedureAt({lines, procedures}: RunbookView, index: number): Procedure | undefined {
  const line = lines[index]?.line ?? 1;
  return procedures.findLast(one => one.line <= line) ?? procedures[0];
}

/** What must not be done, of the procedure in view. */
function pinnedLines(procedure: Procedure | undefined, {size}: Look): readonly Line[] {
  const texts = procedure?.prohibitions ?? [];
  if (texts.length === 0) return [];
  const most = Math.max(1, Math.min(4, Math.floor(size.rows / 5)));
  const all = texts.flatMap((text, i) =>
    labelled(span(i === 0 ? say` Do not` : say``, 'bad'), text, {cells: size.columns - 1, at: 10}),
  );
  const rest = all.length - most;
  if (rest <= 0) return [blank, ...all];
  return [
    blank,
    ...all.slice(0, most - 1),
    [span(say`          ${rest + 1} more rows of what must not be done`, 'dim')],
  ];
}

const found = ({rows}: Page, words: string): readonly number[] =>
  words === '' ? [] : rows.flatMap(({text}, i) => (text.includes(words) ? [i] : []));

const wordsOf = ({place: at}: Look): string => at.filter.trim().toLowerCase();

/** To another place that holds what is searched for; from the last one to the first. */
function next(look: Look, desk: Desk, by: 1 | -1): void {
  const {finds = []} = look.body ?? {};
  const {scroll} = look.place;
  const to =
    by === 1
      ? (finds.find(row => row > scroll) ?? finds[0])
      : (finds.findLast(row => row < scroll) ?? finds.at(-1));
  if (to !== undefined) desk.change({scroll: to});
}

/** To the next or previous heading. */
function jump(look: Look, desk: Desk, by: 1 | -1): void {
  const book = bookOf(look);
  if (book === undefined) return;
  const {rows, top} = pageOf(book, look);
  const starts = headings(book).map(({id}) => rows.findIndex(({from}) => from === Number(id)));
  const to = by === 1 ? starts.find(row => row > top) : starts.findLast(row => row < top);
  if (to !== undefined) desk.change({scroll: to});
}

/** The line that the reader is at: the chosen heading, else the top of the text. */
function lineAt(book: RunbookView, look: Look): number {
  if (isOutline(look)) {
    const ids = headings(book).map(({id}) => id);
    return Number(ids[listWindow(ids, look.place.selected, 1).chosen] ?? 0);
  }
  const {rows, top} = pageOf(book, look);
  return rows[top]?.from ?? 0;
}

const nothingToRun = (look: Look): ReturnType<typeof say> | undefined =>
  (bookOf(look)?.procedures.length ?? 0) > 0 ? undefined : say`it has no procedure with steps`;

const needsFind = (look: Look): ReturnType<typeof say> | undefined =>
  (look.body?.finds?.length ?? 0) > 0 ? undefined : say`nothing is searched for: press / first`;

export const runbook = defineScreen({
  id: 'runbook',
  title: look => bookOf(look)?.title ?? show(look.place.of ?? 'runbook'),
  summary: say`A runbook to read, with its outline.`,
  keys: [
    {
      keys: ['r'],
      label: say`run`,
      does: say`Start this runbook: choose the procedure and the service; h there rehearses it.`,
      bar: 1,
      why: nothingToRun,
      run: (look, desk) => {
        const {of} = look.place;
        if (of !== undefined) desk.open({at: 'start', plan: {runbook: of}, chosen: 0});
      },
    },
    {
      keys: ['s'],
      label: say`start from here`,
      does: say`Start the procedure that stands here, or that the chosen heading belongs to.`,
      bar: 2,
      why: nothingToRun,
      run: (look, desk) => {
        const book = bookOf(look);
        const procedure = book === undefined ? undefined : procedureAt(book, lineAt(book, look));
        if (book === undefined || procedure === undefined) return;
        desk.open({at: 'start', plan: {runbook: book.id, procedure: procedure.id}, chosen: 0});
      },
    },
    {
      keys: ['enter'],
      label: look => (isOutline(look) ? say`go there` : say`run`),
      does: say`Start this runbook; in the outline: show that part of the text.`,
      why: look => (isOutline(look) ? undefined : nothingToRun(look)),
      run: (look, desk) => {
        const book = bookOf(look);
        if (book === undefined) return;
        if (!isOutline(look)) {
          desk.open({at: 'start', plan: {runbook: book.id}, chosen: 0});
          return;
        }
        const wanted = lineAt(book, look);
        const row = readingRows(book, textCells(look.size.columns)).findIndex(({from}) => from >= wanted);
        desk.change({pane: 0, scroll: Math.max(0, row)});
      },
    },
    {
      keys: [']', '}'],
      label: say`next part`,
      does: say`To the next heading: procedure or phase.`,
      bar: 11,
      plain: true,
      when: look => !isOutline(look),
      run: (look, desk) => jump(look, desk, 1),
    },
    {
      keys: ['[', '{'],
      label: say`part before`,
      does: say`To the heading before this one.`,
      plain: true,
      when: look => !isOutline(look),
      run: (look, desk) => jump(look, desk, -1),
    },
    {
      keys: ['n'],
      label: say`next match`,
      does: say`To the next place that holds what was searched for.`,
      plain: true,
      why: needsFind,
      run: (look, desk) => next(look, desk, 1),
    },
    {
      keys: ['N'],
      label: say`match before`,
      does: say`To the place before this one that holds what was searched for.`,
      plain: true,
      why: needsFind,
      run: (look, desk) => next(look, desk, -1),
    },
  ],
  view: look => {
    const {size} = look;
    const book = bookOf(look);
    if (book === undefined) {
      return {lines: [blank, [span(say`   This runbook is no longer there. Esc goes back.`, 'dim')]]};
    }
    const page = pageOf(book, look);
    const {rows, top, pinned, room} = page;
    const words = wordsOf(look);
    const finds = found(page, words);
    const beside = outlineCells(size.columns);
    const here = rows[top]?.from ?? 0;
    const list = outlineLines(book, look, {cells: beside === 0 ? size.columns : beside, rows: room, here});
    const text = rows.slice(top, top + room).map(row => marked(row, words));
    const middle =
      beside === 0 ? (isOutline(look) ? list : text) : besides(list, text, {cells: beside, rows: room});
    const filled = [...middle, ...Array.from({length: Math.max(0, room - middle.length)}, () => blank)];
    return {
      lines: [...filled, ...pinned].slice(0, size.rows).map(line => fit(line, size.columns)),
      summary: summaryOf(book, {look, page, count: words === '' ? undefined : finds.length}),
      ...(isOutline(look)
        ? {list: {ids: headings(book).map(({id}) => id), page: room}}
        : {scroll: {total: rows.length, page: room}, finds}),
      panes: 2,
      copy: book.lines.map(line => line.text),
    };
  },
});

function summaryOf(
  book: RunbookView,
  {look, page, count}: {readonly look: Look; readonly page: Page; readonly count: number | undefined},
): NonNullable<Body['summary']> {
  const {rows, top, room} = page;
  const shown = Math.min(rows.length, top + room);
  const late = overdue(book, look.app.nowMs);
  return [
    ...(late === undefined ? [] : [span(say`! ${late}   `, 'warn')]),
    ...(book.problems > 0
      ? [span(say`! ${book.problems} ${book.problems === 1 ? 'problem' : 'problems'}   `, 'warn')]
      : []),
    ...(count === undefined ? [] : [span(say`${count} ${count === 1 ? 'match' : 'matches'}   `, 'accent')]),
    span(look.size.columns < 64 ? say`` : say`${book.file}   `, 'dim'),
    span(shown === rows.length ? say`end` : say`${Math.floor((100 * shown) / rows.length)} %`, 'dim'),
  ];
}

function besides(
  left: readonly Line[],
  right: readonly Line[],
  {cells, rows}: {readonly cells: number; readonly rows: number},
): readonly Line[] {
  return Array.from({length: rows}, (_, i) => {
    const start = fit(left[i] ?? blank, cells);
    return [...start, span(show(' '.repeat(Math.max(0, cells - lineWidth(start))))), ...(right[i] ?? blank)];
  });
}
