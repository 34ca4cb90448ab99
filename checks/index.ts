// THE list of check types, one file each. They look through the ports that they are given and change nothing.
import type {AnyCheck} from '../src/define.ts';
import {command} from './command.ts';
import {consistency} from './consistency.ts';
import {disk} from './disk.ts';
import {env} from './env.ts';
import {file} from './file.ts';
import {health} from './health.ts';
import {http} from './http.ts';
import {log} from './log.ts';
import {ndjson} from './ndjson.ts';
import {port} from './port.ts';
import {process} from './process.ts';
import {schedule} from './schedule.ts';
import {systemd} from './systemd.ts';
import {tcp} from './tcp.ts';
import {worker} from './worker.ts';

export const checks: readonly AnyCheck[] = [
  http,
  health,
  tcp,
  command,
  systemd,
  consistency,
  env,
  file,
  process,
  port,
  disk,
  log,
  ndjson,
  schedule,
  worker,
];
