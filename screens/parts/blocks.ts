// A list whose items take several rows: pages of whole blocks, so that moving the choice repaints little.
import type {Line} from '../../src/define-screen.ts';
import {fit} from './line.ts';

/** One item: what stands above it, such as a heading, and its rows. */
export interface Block {
  /** Undefined for text that cannot be chosen. */
  readonly id: string | undefined;
  readonly lines: readonly Line[];
}

export interface Blocks {
  readonly lines: readonly Line[];
  readonly list: {readonly ids: readonly string[]; readonly page: number};
  readonly chosen: string | undefined;
  /** Blocks before and after the page. */
  readonly before: number;
  readonly after: number;
}

/** The id that is chosen: the one that was picked, else the first. */
export function chosenId(
  blocks: readonly {readonly id: string | undefined}[],
  selected: string | undefined,
): string | undefined {
  const ids = blocks.flatMap(({id}) => id ?? []);
  return selected !== undefined && ids.includes(selected) ? selected : ids[0];
}

/** The page that holds the chosen block; a block that is taller than the page is cut. */
export function blockPage(
  blocks: readonly Block[],
  {
    selected,
    rows,
    columns,
  }: {readonly selected: string | undefined; readonly rows: number; readonly columns: number},
): Blocks {
  const chosen = chosenId(blocks, selected);
  const pages: Block[][] = [];
  let used = rows;
  for (const block of blocks) {
    if (used + block.lines.length > rows) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)?.push(block);
    used += block.lines.length;
  }
  const at = Math.max(
    0,
    pages.findIndex(page => page.some(({id}) => id !== undefined && id === chosen)),
  );
  const page = pages[at] ?? [];
  const count = (some: readonly Block[][]): number => some.reduce((sum, one) => sum + one.length, 0);
  return {
    lines: page
      .flatMap(({lines}) => lines)
      .slice(0, rows)
      .map(line => fit(line, columns)),
    list: {ids: blocks.flatMap(({id}) => id ?? []), page: Math.max(1, page.length)},
    chosen,
    before: count(pages.slice(0, at)),
    after: count(pages.slice(at + 1)),
  };
}
