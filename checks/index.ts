// THE list of check types, one file each. They look through the ports that they are given; what changes something says so.
import type {AnyCheck} from '../src/define.ts';
import {baseline} from './baseline.ts';
import {attest} from './attest.ts';
import {backupFresh} from './backup-fresh.ts';
import {backupRepo} from './backup-repo.ts';
import {backupRestore} from './backup-restore.ts';
import {command} from './command.ts';
import {consistency} from './consistency.ts';
import {dbPool} from './db-pool.ts';
import {hashChain} from './hash-chain.ts';
import {disk} from './disk.ts';
import {env} from './env.ts';
import {file} from './file.ts';
import {correlate} from './correlate.ts';
import {dns} from './dns.ts';
import {health} from './health.ts';
import {http} from './http.ts';
import {mtls} from './mtls.ts';
import {keyMaterial} from './key-material.ts';
import {migration} from './migration.ts';
import {secretAge} from './secret-age.ts';
import {secretScan} from './secret-scan.ts';
import {signature} from './signature.ts';
import {objectLock} from './object-lock.ts';
import {sql} from './sql.ts';
import {streak} from './streak.ts';
import {promql} from './promql.ts';
import {log} from './log.ts';
import {ndjson} from './ndjson.ts';
import {port} from './port.ts';
import {process} from './process.ts';
import {schedule} from './schedule.ts';
import {rbacMatrix} from './rbac-matrix.ts';
import {systemd} from './systemd.ts';
import {tcp} from './tcp.ts';
import {tokenRotation} from './token-rotation.ts';
import {tls} from './tls.ts';
import {unixSocket} from './unix-socket.ts';
import {websocket} from './websocket.ts';
import {worker} from './worker.ts';

export const checks: readonly AnyCheck[] = [
  http,
  health,
  tcp,
  command,
  systemd,
  consistency,
  tls,
  mtls,
  sql,
  dbPool,
  migration,
  keyMaterial,
  signature,
  hashChain,
  env,
  dns,
  promql,
  baseline,
  backupFresh,
  backupRestore,
  backupRepo,
  tokenRotation,
  objectLock,
  file,
  process,
  port,
  disk,
  correlate,
  log,
  ndjson,
  schedule,
  streak,
  worker,
  rbacMatrix,
  unixSocket,
  websocket,
  secretAge,
  secretScan,
  attest,
];
