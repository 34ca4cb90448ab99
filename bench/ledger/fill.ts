// A long log, made without its commits: the seat-belt triggers are off while it is filled, and on again afterwards.
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {leafHash} from '../../src/ledger/hash.ts';
import {draftOf, lineOf} from '../../src/ledger/line.ts';
import {parseSigner} from '../../src/ledger/note.ts';
import {Tree} from '../../src/ledger/tree.ts';
import {checkpointEvery} from '../../src/domain/limits.ts';
import {timestamp} from '../../src/domain/time.ts';
import {actor, body, open} from './open.ts';

const perTransaction = 100_000;
const place = '424242';

/** Makes a ledger of `count` entries with a checkpoint every 256; returns the bytes of its lines. */
export async function filled(dir: string, count: number): Promise<number> {
  const ledger = await open(dir);
  const log = ledger.origin;
  await ledger.close();
  const signer = parseSigner(readFileSync(path.join(dir, 'keys', 'ledger.key'), 'utf8'));
  if (signer === undefined) throw new Error('the key cannot be read');
  const db = new Database(path.join(dir, 'ledger.db'));
  db.pragma('synchronous=OFF');
  const triggers = db
    .prepare<[], {name: string; sql: string}>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all();
  for (const {name} of triggers) db.exec(`DROP TRIGGER ${name}`);
  const rows = db
    .prepare<[], {leaf: Buffer; line: Buffer}>('SELECT leaf, line FROM entry ORDER BY seq')
    .all();
  const insert = db.prepare('INSERT INTO entry(seq, leaf, kind, run, line) VALUES (?, ?, ?, NULL, ?)');
  const seal = db.prepare('INSERT OR IGNORE INTO checkpoint(size, range, note) VALUES (?, ?, ?)');
  const stamp = {
    ts: timestamp(Date.now()),
    mono: 123_456_789,
    boot: 'b'.repeat(36),
    session: 's'.repeat(22),
    actor,
  };
  const draft = draftOf(log, stamp, {kind: 'check.change', body: body(Number(place))});
  if ('problem' in draft) throw new Error(draft.problem);
  const tree = new Tree();
  let prev: Buffer = Buffer.alloc(32);
  let bytes = 0;
  let note = '';
  const add = (leaf: Buffer, line: Buffer): void => {
    tree.push(leaf);
    prev = leaf;
    bytes += line.length;
    if (tree.size % checkpointEvery !== 0 && tree.size !== count) return;
    note = signCheckpoint({size: tree.size, root: tree.root()}, signer);
    seal.run(tree.size, tree.range(), Buffer.from(note));
  };
  for (const {leaf, line} of rows) add(leaf, line);
  const some = db.transaction(() => {
    for (let i = 0; i < perTransaction && tree.size < count; i++) {
      const seq = tree.size;
      const head = draft.head.replace(place, String(seq).padStart(6, '0'));
      const line = Buffer.from(lineOf({...draft, head}, prev.toString('hex'), seq));
      const leaf = leafHash(line);
      insert.run(seq, leaf, 'check.change', line);
      add(leaf, line);
    }
  });
  while (tree.size < count) some();
  for (const {sql} of triggers) db.exec(sql);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  writeFileSync(path.join(dir, 'checkpoint'), note);
  return bytes;
}
