// The outline of a runbook: its headings, with the procedures that can be walked marked.
import {say} from '../../src/domain/show.ts';
import type {Line, Look} from '../../src/define-screen.ts';
import type {RunbookLine, RunbookView} from '../../src/state/model.ts';
import {fit, span} from './line.ts';
import {listWindow} from './list.ts';
import {cut} from './text.ts';

export interface Heading {
  /** Index in the lines of the runbook, as text: it names an item of a list. */
  readonly id: string;
  readonly line: RunbookLine;
}

const isHeading = ({role}: RunbookLine): boolean => role === 'h1' || role === 'h2' || role === 'h3';

export const headings = (book: RunbookView): readonly Heading[] =>
  book.lines.flatMap((line, i) => (isHeading(line) ? [{id: String(i), line}] : []));

const depths: Partial<Record<RunbookLine['role'], number>> = {h1: 0, h2: 1, h3: 2};

/** `here`: index of the line at the top of the text, whose heading is marked while the outline is not chosen in. */
export function outlineLines(
  book: RunbookView,
  look: Look,
  {cells, rows, here}: {readonly cells: number; readonly rows: number; readonly here: number},
): readonly Line[] {
  const all = headings(book);
  const isChoosing = look.place.pane === 1;
  const at = all.findLastIndex(({id}) => Number(id) <= here);
  const selected = isChoosing ? look.place.selected : all[Math.max(0, at)]?.id;
  const {from, to, chosen} = listWindow(
    all.map(({id}) => id),
    selected,
    rows,
  );
  return all.slice(from, to).map(({line}, i) => {
    const mine = from + i === chosen;
    const indent = ' '.repeat((depths[line.role] ?? 0) * 2);
    const sign = line.procedure === undefined ? '' : '▶ ';
    const text = cut(say`${indent}${sign}${line.text}`, cells - 4);
    const tone = mine && isChoosing ? 'strong' : line.procedure === undefined ? 'dim' : 'plain';
    return fit(
      [span(mine ? (isChoosing ? say` > ` : say` · `) : say`   `, 'accent'), span(text, tone)],
      cells,
    );
  });
}
