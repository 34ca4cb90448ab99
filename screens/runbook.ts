// A runbook to read: the rendered text with its outline; from here it is started.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look, Tone} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {RunbookLine, RunbookView} from '../src/state/model.ts';
import {runbookOf} from '../src/state/select.ts';
import {blank, fit, span} from './parts/line.ts';
import {clampScroll, listWindow} from './parts/list.ts';
import {cut, wrap} from './parts/text.ts';

const tones: Record<RunbookLine['role'], Tone> = {
  h1: 'strong',
  h2: 'accent',
  h3: 'strong',
  text: 'plain',
  item: 'plain',
  code: 'accent',
  caution: 'bad',
  warning: 'warn',
  note: 'dim',
  rule: 'dim',
  blank: 'plain',
  dont: 'bad',
};

const marks: Partial<Record<RunbookLine['role'], ReturnType<typeof say>>> = {
  item: say`• `,
  code: say`  `,
  caution: say`✖ `,
  warning: say`! `,
  note: say`· `,
  dont: say`✖ `,
};

const isHeading = ({role}: RunbookLine): boolean => role === 'h1' || role === 'h2' || role === 'h3';

interface Rendered {
  readonly line: Line;
  /** Index of the source line in `lines`. */
  readonly from: number;
}

/** The text at this width; code is broken hard, never reflowed. */
function rendered(book: RunbookView, cells: number): readonly Rendered[] {
  return book.lines.flatMap((line, from): Rendered[] => {
    if (line.role === 'blank') return [{line: blank, from}];
    if (line.role === 'rule')
      return [{line: [span(show(`   ${'─'.repeat(Math.max(0, Math.min(20, cells - 3)))}`), 'dim')], from}];
    const mark = marks[line.role] ?? say``;
    const indent = Math.max(0, Math.min(3 + line.indent * 2, Math.floor(cells / 2)));
    const tone = tones[line.role];
    return wrap(line.text, cells - indent - mark.length).map((text, i) => ({
      line: [
        span(show(' '.repeat(indent))),
        span(i === 0 ? mark : show(' '.repeat(mark.length)), tone),
        span(text, tone),
      ],
      from,
    }));
  });
}

const headings = (book: RunbookView): readonly {readonly id: string; readonly line: RunbookLine}[] =>
  book.lines.flatMap((line, i) => (isHeading(line) ? [{id: String(i), line}] : []));

/** Columns of the outline beside the text; none on a narrow screen, where it is a page of its own. */
const outlineCells = (cells: number): number => (cells >= 100 ? 34 : 0);

function outline(book: RunbookView, look: Look, opts: {cells: number; rows: number}): readonly Line[] {
  const all = headings(book);
  const ids = all.map(({id}) => id);
  const {from, to, chosen} = listWindow(ids, look.place.selected, opts.rows);
  return all.slice(from, to).map(({line}, i) => {
    const mine = look.place.pane === 1 && from + i === chosen;
    const depth = line.role === 'h1' ? 0 : line.role === 'h2' ? 1 : 2;
    const text = cut(say`${' '.repeat(depth * 2)}${line.text}`, opts.cells - 4);
    return [span(mine ? say` > ` : say`   `, 'accent'), span(text, mine ? 'strong' : 'dim')];
  });
}

const isOutline = (look: Look): boolean => look.place.pane === 1;

export const runbook = defineScreen({
  id: 'runbook',
  title: look => runbookOf(look.app, look.place.of)?.title ?? show(look.place.of ?? 'runbook'),
  summary: say`A runbook to read, with its outline.`,
  keys: [
    {
      keys: ['r'],
      label: say`run`,
      does: say`Start this runbook: choose the procedure and the service.`,
      bar: 1,
      why: look =>
        (runbookOf(look.app, look.place.of)?.procedures.length ?? 0) > 0
          ? undefined
          : say`it has no procedure with steps`,
      run: (look, desk) => {
        const {of} = look.place;
        if (of !== undefined) desk.open({at: 'start', plan: {runbook: of}, chosen: 0});
      },
    },
    {
      keys: ['enter'],
      label: look => (isOutline(look) ? say`go there` : say`run`),
      does: say`Start this runbook; in the outline: show that part of the text.`,
      run: (look, desk) => {
        const book = runbookOf(look.app, look.place.of);
        if (book === undefined) return;
        if (!isOutline(look)) {
          desk.open({at: 'start', plan: {runbook: book.id}, chosen: 0});
          return;
        }
        const all = headings(book);
        const ids = all.map(({id}) => id);
        const wanted = Number(ids[listWindow(ids, look.place.selected, 1).chosen] ?? 0);
        const cells = look.size.columns - outlineCells(look.size.columns);
        const row = rendered(book, cells - 2).findIndex(({from}) => from >= wanted);
        desk.change({pane: 0, scroll: Math.max(0, row)});
      },
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const book = runbookOf(app, at.of);
    if (book === undefined) {
      return {lines: [blank, [span(say`   This runbook is no longer there. Esc goes back.`, 'dim')]]};
    }
    const beside = outlineCells(size.columns);
    const text = rendered(book, size.columns - beside - 2);
    const top = clampScroll(at.scroll, text.length, size.rows);
    const ids = headings(book).map(({id}) => id);
    const list = outline(book, look, {cells: beside === 0 ? size.columns : beside, rows: size.rows});
    const rows = text.slice(top, top + size.rows).map(({line}) => line);
    const lines = beside === 0 ? (isOutline(look) ? list : rows) : besides(list, rows, beside, size.rows);
    const shown = Math.min(text.length, top + size.rows);
    return {
      lines: lines.map(line => fit(line, size.columns)),
      summary: [
        ...(book.problems > 0 ? [span(say`! ${book.problems} problems   `, 'warn')] : []),
        span(
          say`${book.file}   ${shown === text.length ? 'end' : `${Math.floor((100 * shown) / text.length)} %`}`,
          'dim',
        ),
      ],
      ...(isOutline(look) ? {list: {ids, page: size.rows}} : {scroll: {total: text.length, page: size.rows}}),
      panes: 2,
      copy: book.lines.map(line => line.text),
    };
  },
});

function besides(
  left: readonly Line[],
  right: readonly Line[],
  cells: number,
  rows: number,
): readonly Line[] {
  return Array.from({length: rows}, (_, i) => {
    const start = fit(left[i] ?? blank, cells);
    const used = start.reduce((sum, {text}) => sum + text.length, 0);
    return [...start, span(show(' '.repeat(Math.max(0, cells - used)))), ...(right[i] ?? blank)];
  });
}
