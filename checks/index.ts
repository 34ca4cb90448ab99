// THE list of check types, one file each. They look through the ports that they are given and change nothing.
import type {AnyCheck} from '../src/define.ts';
import {backupFresh} from './backup-fresh.ts';
import {backupRestore} from './backup-restore.ts';
import {command} from './command.ts';
import {consistency} from './consistency.ts';
import {hashChain} from './hash-chain.ts';
import {health} from './health.ts';
import {http} from './http.ts';
import {keyMaterial} from './key-material.ts';
import {migration} from './migration.ts';
import {sql} from './sql.ts';
import {systemd} from './systemd.ts';
import {tcp} from './tcp.ts';

export const checks: readonly AnyCheck[] = [
  http,
  health,
  tcp,
  command,
  systemd,
  consistency,
  sql,
  migration,
  keyMaterial,
  hashChain,
  backupFresh,
  backupRestore,
];
