import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {checks} from '../../checks/index.ts';
import {checksPage} from '../../scripts/pages/checks.ts';
import {pauseArgv} from '../helpers/programs.ts';
import {context} from './looking.ts';

/** The least that each type needs; a new type adds its line. */
const least: Readonly<Record<string, Record<string, unknown>>> = {
  http: {url: 'http://127.0.0.1:1/'},
  health: {url: 'http://127.0.0.1:1/'},
  tcp: {host: '127.0.0.1', port: 1},
  command: {argv: pauseArgv(60_000)},
  systemd: {unit: 'sshd'},
  tls: {host: '127.0.0.1', port: 1},
  mtls: {
    url: 'https://127.0.0.1:1/',
    variants: [
      {name: 'a', expect: 'allowed'},
      {name: 'b', expect: 'denied'},
    ],
  },
  sql: {sqlite: '/nowhere/app.db', query: 'select 1'},
  dbPool: {dsn: 'postgres://reader@127.0.0.1:1/a'},
  migration: {code: {heads: 'a'}, database: {sqlite: '/nowhere/app.db'}},
  keyMaterial: {key: 'file:/nowhere/key.pem', kind: 'pem'},
  hashChain: {jsonl: '/nowhere/events.jsonl', rule: 'canonical'},
  env: {of: 'self', expect: {HOME: {exists: true}}},
  dns: {name: 'a.example', servers: ['127.0.0.1:1']},
  promql: {url: 'http://127.0.0.1:1', query: 'up', fail: {lt: 1}},
  baseline: {url: 'http://127.0.0.1:1', query: 'errors'},
  backupRepo: {tool: 'restic', repository: '/nowhere'},
  backupFresh: {folder: '/nowhere'},
  backupRestore: {archive: '/nowhere/app.tar', compare: {live: '/nowhere/app'}},
  file: {path: '/etc/hosts'},
  process: {match: {name: 'sh'}},
  port: {port: 1},
  disk: {path: '/', expect: {freeBytes: {gt: 0}}},
  correlate: {url: 'http://127.0.0.1:1/', mustAppearIn: [{log: '/nowhere'}]},
  log: {source: {file: '/var/log/app.log'}, forbid: ['error']},
  ndjson: {path: '/var/log/app.ndjson'},
  schedule: {job: 'backup', maxAge: '1d', source: {file: '/var/backups/*.tgz'}},
  streak: {source: {ndjson: '/var/log/app/smoke-*.ndjson'}},
  worker: {expected: true, actual: {process: {name: 'worker'}}},
  rbacMatrix: {
    url: 'http://127.0.0.1:1',
    subjects: [{name: 'admin', headers: {'X-Key': 'a'}}],
    routes: [{path: '/', allow: ['admin']}],
  },
  unixSocket: {path: '/nowhere.sock'},
  websocket: {url: 'ws://127.0.0.1:1/'},
  tokenRotation: {webhook: {url: 'http://127.0.0.1:1/', newSecret: 'env:NEW'}},
  objectLock: {
    endpoint: 'http://127.0.0.1:1',
    bucket: 'records',
    mode: 'COMPLIANCE',
    retentionDays: 30,
    credentials: {accessKeyId: 'env:ID', secretAccessKey: 'env:KEY'},
  },
  signature: {artifacts: ['/nowhere/a.json'], scheme: 'foreign'},
  secretAge: {name: 'KEY', file: '/nowhere/KEY'},
  secretScan: {paths: ['/nowhere']},
  attest: {question: 'Was it done?'},
  consistency: {when: {a: 'pass'}, require: {b: 'pass'}, else: {message: 'no'}},
};

test('every type is in the list once', () => {
  expect(new Set(checks.map(({type}) => type)).size).toBe(checks.length);
  expect(Object.keys(least).sort()).toEqual(checks.map(({type}) => type).sort());
});

describe.each(checks.map(check => ({type: check.type, check})))('$type', ({type, check}) => {
  const params = least[type];

  test('accepts the least, and what parsing gave is accepted again unchanged', () => {
    const once = check.params.parse(params);
    expect(check.params.parse(once)).toEqual(once);
  });

  test('refuses an unknown key', () => {
    const parsed = check.params.safeParse({...params, surprise: 1});
    expect(parsed.error?.issues.map(({code}) => code)).toContain('unrecognized_keys');
  });

  test('refuses what is no object', () => {
    for (const wrong of [undefined, null, 1, 'text', [], {}])
      expect(check.params.safeParse(wrong).success).toBe(false);
  });

  test('says what it is, and what each field is', () => {
    expect(check.summary.length).toBeGreaterThan(10);
    expect(check.everyMs).toBeGreaterThanOrEqual(check.timeoutMs);
    const {properties} = z
      .object({properties: z.record(z.string(), z.object({description: z.string().min(5)}))})
      .parse(z.toJSONSchema(check.params, {io: 'input', unrepresentable: 'any'}));
    expect(Object.keys(properties).length).toBeGreaterThan(0);
    expect(checksPage(checks)).toContain(`## ${type}`);
  });

  test('ends at once when it is told to stop, and does not call that a pass', async () => {
    const look = await check.run(
      check.params.parse(params),
      context({signal: AbortSignal.abort(new Error('over'))}),
    );
    expect(look.verdict).toBe('unknown');
    expect(look.checked).toBe(0);
  });
});
