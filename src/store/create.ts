// The first entry of a log, its key and its files. All of it happens under the write lock of the new database.
import {leafHash, firstPrev} from '../ledger/hash.ts';
import {commit} from '../ledger/commitment.ts';
import {draftOf, lineOf} from '../ledger/line.ts';
import {parseSigner, signerFrom, type Signer} from '../ledger/note.ts';
import {originOf} from '../ledger/origin.ts';
import {QdError} from '../domain/error.ts';
import type {Json} from '../domain/entry.ts';
import {busyRounds, identify, isBusy, type Db} from './connect.ts';
import {realPath, type Paths} from './paths.ts';
import type {OpenSpec} from './protocol.ts';
import {applicationId, schema, schemaVersion} from './schema.ts';
import type {Tools} from './state.ts';

/** The key of the new log; one that a creation left behind when it was cut short is used again. */
function newSigner({disk}: Tools, paths: Paths, {site, host, entropy}: OpenSpec): Signer {
  const kept = parseSigner(disk.read(paths.key)?.toString() ?? '');
  if (kept !== undefined) return kept;
  const signer = signerFrom(originOf(site, host, entropy.subarray(0, 8)), entropy.subarray(8, 40));
  disk.makeDir(paths.keys);
  disk.replace(paths.key, `${signer.text}\n`);
  return signer;
}

function genesis(spec: OpenSpec, signer: Signer) {
  const {site, host, version, dir, follows} = spec;
  const body: Record<string, Json> = {
    format: 'quarterdeck-ledger-v1',
    vkey: signer.vkey,
    site,
    path: realPath(dir),
    host,
    version,
  };
  if (follows === undefined) return {body, disclosures: []};
  const {reason, salt, ...rest} = follows;
  const {log, size, leaf, checkpoint} = rest;
  const named = {
    log,
    size,
    ...(leaf === undefined ? {} : {leaf}),
    ...(checkpoint === undefined ? {} : {checkpoint: {...checkpoint}}),
  };
  return commit({...body, follows: named}, [{ptr: '/body/reason', value: reason, salt}], () => salt);
}

function beginWhenFree(db: Db): void {
  const statement = db.prepare('BEGIN IMMEDIATE');
  for (let round = 1; ; round++) {
    try {
      statement.run();
      return;
    } catch (error) {
      if (!isBusy(error) || round >= busyRounds) throw error;
    }
  }
}

/** Makes the schema and the first entry, unless another process just did. */
export function createLedger(db: Db, spec: OpenSpec, paths: Paths, tools: Tools): void {
  beginWhenFree(db);
  try {
    if (identify(db) === 'ledger') return;
    const signer = newSigner(tools, paths, spec);
    tools.disk.replace(paths.vkey, `${signer.vkey}\n`);
    db.exec(schema);
    db.pragma(`application_id=${applicationId}`);
    db.pragma(`user_version=${schemaVersion}`);
    const first = genesis(spec, signer);
    if ('problem' in first) throw new QdError('ENTRY_INVALID', `${first.problem}.`);
    const draft = draftOf(signer.name, spec.stamp, {kind: 'ledger.genesis', body: first.body});
    if ('problem' in draft) throw new QdError('ENTRY_INVALID', `${draft.problem}.`);
    const line = Buffer.from(lineOf(draft, firstPrev(signer.name), 0));
    db.prepare('INSERT INTO entry(seq, leaf, kind, line) VALUES (0, ?, ?, ?)').run(
      leafHash(line),
      draft.kind,
      line,
    );
    for (const {ptr, sd, salt, value} of first.disclosures) {
      db.prepare('INSERT INTO disclosure VALUES (0, ?, ?, ?, ?)').run(ptr, sd, salt, value);
    }
    db.exec('COMMIT');
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
  }
}
