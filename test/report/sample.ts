// A small log as a story: one good run, one that is refused and left unknown, an erasure, kinds of tomorrow, hostile text.
import {
  Deriver,
  type DerivedPath,
  type DerivedInput,
  type DerivedRow,
  type Value,
} from '../../src/report/derive.ts';

export interface Said {
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly step?: string;
  readonly of?: number;
  readonly fence?: number;
  readonly ts?: string;
  readonly actor?: Readonly<Record<string, unknown>>;
  /** Values by pointer; the text `erased by N` stands for an erased one. */
  readonly values?: Readonly<Record<string, string | Uint8Array>>;
}

export const origin = 'quarterdeck/harbour/db1/00112233445566ff';
export const sd = {sd: 'a'.repeat(64)};
const mara = {operator: 'mara', uid: 1000, user: 'ops', via: 'ssh-key', from: '10.0.0.7'};

export function rowOf(seq: number, said: Said): DerivedRow {
  const {values = {}, ts = `2026-11-22T10:00:${String(seq % 60).padStart(2, '0')}.000Z`, ...rest} = said;
  const envelope = {v: 1, log: origin, seq, prev: '0'.repeat(64), mono: seq * 1000, boot: 'b', session: 's1'};
  const entry = {...envelope, ts, actor: mara, ...rest};
  const given = Object.entries(values).map(([ptr, value]): [string, Value] => {
    const by = typeof value === 'string' ? /^erased by (\d+)$/.exec(value)?.[1] : undefined;
    if (by !== undefined) return [ptr, {erased: true, by: Number(by)}];
    return [ptr, {bytes: typeof value === 'string' ? new TextEncoder().encode(value) : value}];
  });
  const leaf = seq.toString(16).padStart(64, '0');
  return {seq, leaf, line: JSON.stringify(entry), entry, values: new Map(given)};
}

export function derive(
  said: readonly Said[],
  about: Partial<DerivedInput> = {},
): Record<DerivedPath, string> {
  const from = about.from ?? 0;
  const input = {
    origin,
    from,
    to: from + said.length,
    size: from + said.length,
    root: 'f'.repeat(64),
    ...about,
  };
  const deriver = new Deriver(input);
  const files = {'population.csv': '', 'timeline.csv': '', 'report.md': '', 'report.html': ''};
  for (const [i, one] of said.entries())
    for (const {path, text} of deriver.add(rowOf(input.from + i, one))) files[path] += text;
  for (const {path, text} of deriver.end()) files[path] += text;
  return files;
}

const run = '20261122T100000Z-0badcafe';
const other = '20261122T101500Z-1badcafe';
const hash = 'c'.repeat(64);
const intent = (argv: readonly string[], confirm: number): Said['body'] => ({
  attempt: 1,
  confirm,
  argv,
  target: 'db1',
  effect: 'write',
  vars: ['PGDATA', 'PGPORT'],
  runbook: hash,
  runner: {pid: 4242, start: '817', boot: 'b'},
  timeoutMs: 60_000,
  graceMs: 5000,
  atLimit: 'ask',
});
const confirm = (more: Said['body'] = {}): Said['body'] => ({
  attempt: 1,
  say: 'yes',
  shown: ['Stop the database', '  systemctl stop postgresql', 'on db1 (production), effect: write'],
  target: 'db1',
  environment: 'production',
  effect: 'write',
  level: 'typed',
  source: 'keys',
  delayMs: 4217,
  typed: true,
  ...more,
});
const start = (procedureTitle: string, service: string): Said['body'] => ({
  runbook: 'database',
  title: 'The database',
  file: 'runbooks/database.md',
  sha256: hash,
  procedure: 'restart',
  procedureTitle,
  service,
  environment: 'production',
  site: 'harbour',
  siteSha256: hash,
  writes: true,
  source: sd,
  lease: {service, how: 'take'},
});

export const story: readonly Said[] = [
  {
    kind: 'ledger.genesis',
    body: {
      format: 'quarterdeck-ledger-v1',
      vkey: `${origin}+0badcafe+AQ==`,
      site: 'harbour',
      path: '/var/lib/quarterdeck',
      host: 'db1',
      version: '1.0.0',
    },
  },
  {kind: 'session.open', body: {program: 'console', version: '1.0.0', clock: {source: 'ntp', offsetMs: 2}}},
  {
    kind: 'check.change',
    body: {
      service: 'db',
      check: 'replication lag',
      state: 'down',
      from: 'up',
      verdict: 'fail',
      message: sd,
      strikes: 3,
    },
    values: {'/body/message': 'lag is 914 s, more than 60 s'},
  },
  {
    kind: 'run.start',
    run,
    body: start('Restart the database', 'db'),
    values: {
      '/body/source': '# Restart\n\n1. Stop the database\n\n   ```sh\n   systemctl stop postgresql\n   ```\n',
    },
  },
  {
    kind: 'step.confirm',
    run,
    step: 'restart/1',
    body: confirm({reason: sd}),
    values: {'/body/reason': 'Replication is stuck; agreed with Ines at 09:58.'},
  },
  {
    kind: 'step.intent',
    run,
    step: 'restart/1',
    fence: 3,
    body: intent(['systemctl', 'stop', 'postgresql'], 4),
  },
  {
    kind: 'step.outcome',
    run,
    step: 'restart/1',
    of: 5,
    fence: 3,
    body: {
      attempt: 1,
      verdict: 'pass',
      message: 'ended with status 0',
      by: 'machine',
      status: 0,
      durationMs: 2034,
      output: sd,
    },
    values: {
      '/body/output':
        'Stopping PostgreSQL 17 database server...\n\u001b[32mStopped\u001b[0m PostgreSQL 17 database server.\n',
    },
  },
  {
    kind: 'step.decide',
    run,
    step: 'restart/2',
    body: {
      attempt: 1,
      about: 'question',
      answer: 'option',
      option: 'y',
      text: 'Yes, the port is closed',
      source: 'keys',
      reason: sd,
    },
    values: {'/body/reason': 'erased by 16'},
  },
  {
    kind: 'step.intent',
    run,
    step: 'restart/3',
    fence: 3,
    body: intent(['sh', '-c', "set -eu\ncd /srv\nexec pg_ctl start -o '-c port=5432'"], 4),
  },
  {
    kind: 'step.outcome',
    run,
    step: 'restart/3',
    of: 8,
    body: {
      attempt: 1,
      verdict: 'pass',
      message: 'ended with status 0',
      by: 'machine',
      status: 0,
      durationMs: 61_500,
      output: {...sd, full: 'b'.repeat(64), size: 900_000, kept: 5000},
      results: [{service: 'db', check: 'tcp', verdict: 'pass', message: 'answers in 3 ms'}],
    },
    values: {'/body/output': Array.from({length: 260}, (_, i) => `line ${i + 1} of the log`).join('\n')},
  },
  {kind: 'run.finish', run, body: {result: 'passed', durationMs: 75_000, done: 3, skipped: 0, notReached: 0}},
  {
    kind: 'run.start',
    run: other,
    body: start('Drop the old tables', 'db'),
    values: {'/body/source': 'erased by 30'},
  },
  {
    kind: 'guard.refused',
    run: other,
    body: {prohibition: 'Never drop a table in production', line: 12, pattern: 'DROP TABLE'},
  },
  {kind: 'step.intent', run: other, step: 'drop/1', fence: 11, body: intent(['psql', '-c', 'VACUUM'], 4)},
  {
    kind: 'step.unknown',
    run: other,
    step: 'drop/1',
    of: 13,
    body: {attempt: 1, why: 'the runner is gone', survivors: [{pid: 77, command: 'psql -c VACUUM'}]},
  },
  {
    kind: 'access.refused',
    actor: {operator: 'jo', uid: 1001, user: 'jo', via: 'local'},
    body: {what: 'run.start', why: 'the role viewer may not'},
  },
  {
    kind: 'redact',
    body: {seq: 7, ptr: '/body/reason', reason: sd},
    values: {'/body/reason': 'names a person'},
  },
  {
    kind: 'weather.seen',
    ts: '2026-11-23T00:00:00.000Z',
    body: {sky: 'clear', degrees: -4, list: [{deep: sd}, [1, 'two', true]], note: null},
    values: {'/body/list/0/deep': new Uint8Array([0, 255, 16])},
  },
  {
    kind: 'note',
    ts: '2026-11-23T00:00:01.000Z',
    body: {text: sd, occurredAt: '2026-11-22T09:30:00Z'},
    values: {'/body/text': 'Called the provider.\nThey see <b>nothing</b> & asked for `dmesg`.\n'},
  },
];
