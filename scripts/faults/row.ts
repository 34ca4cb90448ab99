// One row of the matrix, and the table that is printed and committed.

export interface Row {
  readonly fault: string;
  readonly where: string;
  /** How many times it was injected. */
  readonly runs: number;
  /** What the program did: how often it acknowledged, refused with a message, or died of the fault itself. */
  readonly acknowledged: number;
  readonly refused: number;
  readonly died: number;
  /** Everything below must be 0. */
  readonly lost: number;
  readonly notVerified: number;
  readonly silent: number;
  readonly stuck: number;
  /** What it said, the most frequent first. */
  readonly said: readonly string[];
}

export const isGood = ({runs, lost, notVerified, silent, stuck}: Row): boolean =>
  runs > 0 && lost + notVerified + silent + stuck === 0;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

const columns = [
  'fault',
  'where',
  'runs',
  'acknowledged',
  'refused, with a message',
  'died of it',
  'acknowledged and lost',
  'not verified',
  'failed in silence',
  'next start failed',
  'what it said',
] as const;

export function table(rows: readonly Row[]): string {
  const lines = rows.map(row =>
    [
      ...[row.fault, row.where, row.runs, row.acknowledged, row.refused, row.died],
      ...[row.lost, row.notVerified, row.silent, row.stuck],
      row.said.slice(0, 2).join(' / '),
    ]
      .map(value => cell(String(value)))
      .join(' | '),
  );
  return [
    `| ${columns.join(' | ')} |`,
    `|${'---|'.repeat(columns.length)}`,
    ...lines.map(line => `| ${line} |`),
  ].join('\n');
}

/** Messages by how often they came, the most frequent first. */
export function byFrequency(messages: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of messages) if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
}
