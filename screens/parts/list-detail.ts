// The body of a screen that is a list with what is chosen below it, or the chosen one alone, filling the screen.
import type {Body, Line, Look} from '../../src/define-screen.ts';
import {say, type Shown} from '../../src/domain/show.ts';
import {blank, span} from './line.ts';
import {clampScroll, listWindow} from './list.ts';
import {tabs} from './service-head.ts';

export interface ListWithDetail<T> {
  readonly ids: readonly string[];
  /** Above the tabs. */
  readonly notes?: readonly Line[];
  readonly header: Line;
  readonly row: (index: number, isChosen: boolean) => Line;
  /** Said in place of rows where there are none. */
  readonly empty: Shown;
  readonly picked: T | undefined;
  readonly detail: (picked: T) => readonly Line[];
  readonly summary: Line;
  /** What the key that copies takes. */
  readonly copy: readonly Shown[] | undefined;
}

/** Lower than this, the detail is only on its own pane. */
const fewestRows = 16;

export function listWithDetail<T>({place, size}: Look, what: ListWithDetail<T>): Body {
  const {ids, picked, copy} = what;
  const isAlone = place.pane === 1;
  const head = [...(what.notes ?? []), tabs([say`all`, say`in full`], isAlone ? 1 : 0, size.columns)];
  const more = {summary: what.summary, panes: 2, ...(copy === undefined ? {} : {copy})};
  if (isAlone && picked !== undefined) {
    const text = what.detail(picked);
    const rows = Math.max(1, size.rows - head.length);
    const top = clampScroll(place.scroll, text.length, rows);
    return {
      ...more,
      lines: [...head, ...text.slice(top, top + rows)],
      scroll: {total: text.length, page: rows},
    };
  }
  const room = Math.max(1, size.rows - head.length - 1);
  const below = size.rows >= fewestRows && picked !== undefined ? what.detail(picked) : [];
  const page = Math.max(
    1,
    below.length === 0 ? room : Math.max(3, Math.min(ids.length, room - below.length - 1)),
  );
  const {from, to, chosen} = listWindow(ids, place.selected, page);
  const lines: Line[] = [
    ...head,
    what.header,
    ...ids.slice(from, to).map((_, i) => what.row(from + i, from + i === chosen)),
  ];
  if (ids.length === 0) lines.push(blank, [span(what.empty, 'dim')]);
  return {
    ...more,
    lines: [...lines, ...(below.length === 0 ? [] : [blank, ...below])].slice(0, size.rows),
    list: {ids, page},
  };
}
