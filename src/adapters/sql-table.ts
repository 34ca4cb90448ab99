// Rows as a plain table, written while they arrive: widths come from the first rows, memory does not grow with the rest.

export type Cell = string | null;

export interface Table {
  row(cells: readonly Cell[]): void;
  end(): void;
  count(): number;
  /** The only cell there was. */
  cell(): Cell | undefined;
}

const rowsForWidths = 500;
const widest = 60;

export function table(columns: readonly string[], write: (text: string) => void): Table {
  let waiting: (readonly string[])[] | undefined = [];
  let widths: number[] = [];
  let count = 0;
  let only: Cell | undefined;
  const line = (cells: readonly string[]): string =>
    ` ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')}`.trimEnd() + '\n';
  const begin = (): void => {
    if (waiting === undefined) return;
    const rows = waiting;
    waiting = undefined;
    const titles = columns.map(shown);
    widths = titles.map((title, i) =>
      Math.min(widest, Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0))),
    );
    write(line(titles));
    write(`${widths.map(width => '-'.repeat(width + 2)).join('+')}\n`);
    for (const row of rows) write(line(row));
  };
  return {
    row: cells => {
      count += 1;
      only = count === 1 && cells.length === 1 ? cells[0] : undefined;
      const texts = cells.map(cell => (cell === null ? 'NULL' : shown(cell)));
      if (waiting === undefined) write(line(texts));
      else if (waiting.push(texts) >= rowsForWidths) begin();
    },
    end: () => {
      begin();
      write(`(${rowCount(count)})\n`);
    },
    count: () => count,
    cell: () => only,
  };
}

export const rowCount = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;

/** One line for one row: what would break it is written as an escape. */
const shown = (text: string): string =>
  text.replaceAll('\\', String.raw`\\`).replace(/[\n\r\t]/g, found => escapes[found] ?? found);
const escapes: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};
