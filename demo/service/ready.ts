// Readiness of one upstream: four checks, each ok, failed or skipped (skipped: switched off in the configuration).
import type {KeyObject} from 'node:crypto';
import type {Sql} from './db.ts';
import {isStruck} from '../shared/faults.ts';
import type {Folder} from '../shared/folder.ts';
import type {Reply} from '../shared/http.ts';
import {codeHeads, databaseHead} from './migrations.ts';
import {canSign} from './signing.ts';
import type {Worker} from './worker.ts';

export type CheckState = 'ok' | 'failed' | 'skipped';
export type Checks = {
  db: CheckState;
  migration_head: CheckState;
  signing_material: CheckState;
  webhook_worker: CheckState;
};

export type ReadinessParts = {
  readonly folder: Folder;
  readonly name: string;
  readonly sql: Sql;
  readonly expectedHead: string | null;
  readonly key: KeyObject | undefined;
  readonly worker: Worker | undefined;
};

/** Looks at everything now. The migration check compares expected, code and database: all three must agree. */
async function lookAtReadiness({folder, sql, expectedHead, key, worker}: ReadinessParts): Promise<Checks> {
  const database = await databaseHead(sql).then(
    head => ({reached: true, head}),
    () => ({reached: false, head: null}),
  );
  const heads = codeHeads();
  const headsAgree = heads.length === 1 && heads[0] === expectedHead && database.head === expectedHead;
  return {
    db: verdict(database.reached),
    migration_head: expectedHead === null ? 'skipped' : verdict(headsAgree),
    signing_material: verdict(canSign(folder, key)),
    webhook_worker: worker === undefined ? 'skipped' : verdict(worker.isAlive()),
  };
}

/** The answer of /ready: wrapped in `data` when ready, bare when not, as the services it stands for do. */
export async function readyReply(parts: ReadinessParts): Promise<Reply> {
  const checks = await lookAtReadiness(parts);
  if (isStruck(parts.folder, 'readiness-lies', parts.name)) {
    return {status: 200, body: {data: {status: 'ready', checks: {...checks, signing_material: 'failed'}}}};
  }
  if (Object.values(checks).includes('failed')) return {status: 503, body: {status: 'not_ready', checks}};
  return {status: 200, body: {data: {status: 'ready', checks}}};
}

function verdict(good: boolean): CheckState {
  return good ? 'ok' : 'failed';
}
