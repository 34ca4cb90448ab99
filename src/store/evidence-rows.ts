// The rows of a data directory as a verification reads them, from one connection.
import path from 'node:path';
import type {EvidenceDisclosure, EvidenceRow} from '../domain/evidence.ts';
import type {EvidencePack} from '../domain/evidence-scan.ts';
import {QdError} from '../domain/error.ts';
import {sqliteCode, type Db} from './connect.ts';
import {realDisk} from './disk.ts';
import type {Paths} from './paths.ts';

const pageRows = 512;

/** Throws LEDGER_UNREADABLE for SQLite's own errors: while reading they are damage of the container. */
export function reading<T>(paths: Paths, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    const why = error instanceof Error ? error.message : '';
    throw new QdError('LEDGER_UNREADABLE', `${paths.db} is damaged (${why}).`, {
      hint: 'Take it from a backup.',
      file: paths.db,
      cause: error,
    });
  }
}

interface StoredRow {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly line: Buffer;
  readonly kind: string;
  readonly run: string | null;
}

interface DisclosureRow {
  readonly seq: number;
  readonly ptr: string;
  readonly sd: string;
  readonly salt: Buffer;
  readonly value: Buffer | null;
}

/** Blocks are put together inside SQLite: a row that becomes an object costs three times as much as its bytes. */
const blocks = `SELECT count(*) AS count, sum(octet_length(leaf) <> 32) AS oddLeaves,
    CAST(char(0) || group_concat(line, char(0)) AS BLOB) AS lines, group_concat(octet_length(line)) AS lengths,
    CAST(group_concat(leaf, '') AS BLOB) AS leaves,
    CAST(group_concat(kind, char(10)) || char(10) AS BLOB) AS kinds,
    CAST(group_concat(CASE WHEN run IS NULL THEN '' ELSE '=' || run END, char(10)) || char(10) AS BLOB) AS runs
  FROM entry WHERE seq >= ? AND seq < ?`;

interface BlockRow {
  readonly count: number;
  readonly oddLeaves: number;
  readonly lines: Buffer;
  readonly lengths: string;
  readonly leaves: Buffer;
  readonly kinds: Buffer;
  readonly runs: Buffer;
}

export interface EvidenceRows {
  /** How many rows there are, and whether they are 0, 1, 2, … without a gap. */
  readonly extent: () => {readonly count: number; readonly isDense: boolean};
  readonly pages: () => Generator<readonly EvidenceRow[]>;
  /** `from` to before `to`, of rows without a gap. */
  readonly packs: (from: number, to: number) => Generator<EvidencePack | readonly EvidenceRow[]>;
  readonly disclosures: (from: number, to: number) => readonly EvidenceDisclosure[];
}

export function evidenceRows(db: Db, paths: Paths): EvidenceRows {
  const columns = 'SELECT seq, leaf, line, kind, run FROM entry';
  const page = db.prepare<[number], StoredRow>(`${columns} WHERE seq > ? ORDER BY seq LIMIT ${pageRows}`);
  const range = db.prepare<[number, number], StoredRow>(`${columns} WHERE seq >= ? AND seq < ? ORDER BY seq`);
  const block = db.prepare<[number, number], BlockRow>(blocks);
  const disclosed = db.prepare<[number, number], DisclosureRow>(
    'SELECT seq, ptr, sd, salt, value FROM disclosure WHERE seq >= ? AND seq < ?',
  );
  const extent = db.prepare<[], {count: number; first: number | null; last: number | null}>(
    'SELECT count(*) AS count, min(seq) AS first, max(seq) AS last FROM entry',
  );
  const asRow = ({seq, leaf, line, kind, run}: StoredRow): EvidenceRow => {
    return {seq, leaf, line, repeats: {kind, run}};
  };
  const valueOf = ({value, sd}: DisclosureRow): Buffer | undefined =>
    value ?? (/^[0-9a-f]{64}$/.test(sd) ? realDisk.read(path.join(paths.artifacts, sd)) : undefined);
  const pack = (from: number, to: number): EvidencePack | readonly EvidenceRow[] => {
    const rows = (): readonly EvidenceRow[] => reading(paths, () => range.all(from, to)).map(asRow);
    const found = reading(paths, () => block.get(from, to));
    if (found?.count !== to - from || found.oddLeaves !== 0) return rows();
    const {lines, leaves, kinds, runs} = found;
    return {from, lines, lengths: found.lengths.split(',').map(Number), leaves, kinds, runs, rows};
  };
  return {
    extent: () => {
      const found = reading(paths, () => extent.get());
      const count = found?.count ?? 0;
      return {count, isDense: count > 0 && found?.first === 0 && found.last === count - 1};
    },
    *pages() {
      let last = -1;
      for (;;) {
        const rows = reading(paths, () => page.all(last));
        const end = rows.at(-1);
        if (end === undefined) return;
        yield rows.map(asRow);
        last = end.seq;
      }
    },
    *packs(from, to) {
      for (let at = from; at < to; at += pageRows) yield pack(at, Math.min(at + pageRows, to));
    },
    disclosures: (from, to) =>
      reading(paths, () => disclosed.all(from, to)).map((row): EvidenceDisclosure => {
        return {seq: row.seq, ptr: row.ptr, salt: row.salt, value: valueOf(row)};
      }),
  };
}
