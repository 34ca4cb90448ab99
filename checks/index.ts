// THE list of check types, one file each. They look through the ports that they are given and change nothing.
import type {AnyCheck} from '../src/define.ts';
import {baseline} from './baseline.ts';
import {command} from './command.ts';
import {consistency} from './consistency.ts';
import {correlate} from './correlate.ts';
import {dns} from './dns.ts';
import {health} from './health.ts';
import {http} from './http.ts';
import {mtls} from './mtls.ts';
import {promql} from './promql.ts';
import {rbacMatrix} from './rbac-matrix.ts';
import {systemd} from './systemd.ts';
import {tcp} from './tcp.ts';
import {tls} from './tls.ts';

export const checks: readonly AnyCheck[] = [
  http,
  health,
  tcp,
  command,
  systemd,
  consistency,
  tls,
  mtls,
  dns,
  promql,
  baseline,
  correlate,
  rbacMatrix,
];
