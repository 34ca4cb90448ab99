// Runs a check of THE list the way the monitor does, with the real ports.
import {createArchives} from '../../src/adapters/archives.ts';
import {createExec} from '../../src/adapters/exec.ts';
import {createFolders} from '../../src/adapters/folders.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {createDns} from '../../src/adapters/dns.ts';
import {localHost} from '../../src/adapters/host/local.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {createNet} from '../../src/adapters/net.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {createTls} from '../../src/adapters/tls.ts';
import {createSql} from '../../src/adapters/sql.ts';
import type {CheckContext} from '../../src/define.ts';
import type {CheckResult, Look, Verdict} from '../../src/domain/verdict.ts';
import {checks} from '../../checks/index.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {bundle} from '../helpers/programs.ts';

/** The real ports; `host` is this machine with the ports that are given, unless a test brings another. */
export function context(more: Partial<CheckContext> = {}): CheckContext {
  const {host, ...given} = {...ports(), ...more};
  const {signal, timeoutMs} = given;
  return {...given, host: host ?? localHost(given, {signal, timeoutMs})};
}

const ports = (): Omit<CheckContext, 'host'> & Partial<Pick<CheckContext, 'host'>> => ({
  http: createHttp(),
  net: createNet(),
  tls: createTls(),
  dns: createDns(),
  exec: createExec(),
  env: fakeEnv({PATH: process.env['PATH'] ?? '/usr/bin:/bin'}),
  clock: fakeClock(),
  files: realFiles,
  random: realRandom,
  sources: [],
  folders: createFolders(),
  archives: createArchives(),
  sql: createSql({exec: createExec(), program: [process.execPath, bundle('sql.cjs')]}),
  heal: async () => Promise.reject(new Error('nobody expected that anything is healed')),
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  trusted: true,
  input: () => undefined,
  attestations: () => Promise.resolve([]),
});

export async function look(type: string, params: unknown, more: Partial<CheckContext> = {}): Promise<Look> {
  const definition = checks.find(check => check.type === type);
  if (definition === undefined) throw new Error(`no check type ${type}`);
  return definition.run(definition.params.parse(params), context(more));
}

/** Whether the params are accepted. */
export const accepts = (type: string, params: unknown): boolean =>
  checks.find(check => check.type === type)?.params.safeParse(params).success ?? false;

export const resultOf = (check: string, verdict: Verdict): CheckResult => ({
  service: 'api',
  check,
  type: 'http',
  panel: 'health',
  at: '2026-01-02T03:04:05.000Z',
  durationMs: 1,
  verdict,
  kind: 'assertion',
  checked: 1,
  message: verdict,
});
