// Many entries at once: as an append would write them, without its commits.
import path from 'node:path';
import Database from 'better-sqlite3';
import {z} from 'zod';
import {leafHash} from '../../src/ledger/hash.ts';
import {draftOf, lineOf} from '../../src/ledger/line.ts';

/** Fills the ledger of a data directory up to `count` entries. */
export function manyEntries(dir: string, count: number): void {
  const db = new Database(path.join(dir, 'ledger.db'));
  const row = z.object({seq: z.number(), leaf: z.instanceof(Buffer), line: z.string()});
  const head = row.parse(
    db.prepare('SELECT seq, leaf, CAST(line AS TEXT) AS line FROM entry ORDER BY seq DESC LIMIT 1').get(),
  );
  const {log} = z.object({log: z.string()}).parse(JSON.parse(head.line));
  const insert = db.prepare('INSERT INTO entry(seq, leaf, kind, run, line) VALUES (?, ?, ?, ?, ?)');
  const actor = {operator: 'ada', uid: 1000, user: 'ops', via: 'local'} as const;
  db.transaction(() => {
    let prev = head.leaf;
    for (let seq = head.seq + 1; seq < count; seq++) {
      const stamp = {ts: '2026-01-02T03:04:05.000Z', mono: seq, boot: 'boot', session: 's', actor};
      const run = seq % 3 === 0 ? {run: `run-${seq % 7}`} : {};
      const body = {service: 'api', state: 'firing', message: `status 500 (${seq})`};
      const draft = draftOf(log, stamp, {kind: 'check.change', body, ...run});
      if ('problem' in draft) throw new Error(draft.problem);
      const line = Buffer.from(lineOf(draft, prev.toString('hex'), seq));
      prev = leafHash(line);
      insert.run(seq, prev, 'check.change', run.run ?? null, line);
    }
  })();
  db.close();
}
