// What makes the sites of docs/check-examples.md true: files under a temporary root, programs, a service, a Prometheus.
import {createHash, generateKeyPairSync, sign} from 'node:crypto';
import {mkdirSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import * as tar from 'tar';
import {localHost} from '../../src/adapters/host/local.ts';
import type {Ports} from '../../src/define.ts';
import type {Env} from '../../src/ports.ts';
import {memoryLedger, portsOf} from '../engine/monitor/parts.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {matrix, prometheus, vector} from '../helpers/prometheus-api.ts';
import {tempDir} from '../helpers/temp.ts';
import {context} from './looking.ts';
import {answer, commit, dashboardKey, hookSecret} from './page-server.ts';
import {ownName, waiting, withPrograms} from './looking-programs.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Put {
  readonly mode?: number;
  readonly at?: string;
}
type PutFile = (file: string, content: string, more?: Put) => string;

/** Writes under the root; a time that is given is the file's. */
const putter =
  (root: string): PutFile =>
  (file, content, {mode = 0o600, at} = {}) => {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), {recursive: true});
    writeFileSync(full, content, {mode});
    if (at !== undefined) utimesSync(full, new Date(at), new Date(at));
    return full;
  };

const lines = (records: readonly object[]): string => records.map(one => `${JSON.stringify(one)}\n`).join('');

/** The clock of the tests stands at 2026-01-02T03:04:05Z, a Friday. */
const startMs = Date.parse('2026-01-01T00:00:00Z');
const nowMs = Date.parse('2026-01-02T03:04:00Z');
const every = (minutes: number): string[] =>
  Array.from({length: Math.floor((nowMs - startMs) / (minutes * 60_000)) + 1}, (_, i) =>
    new Date(startMs + i * minutes * 60_000).toISOString(),
  );

async function machine(root: string, put: PutFile): Promise<void> {
  put('etc/manager/system.yaml', 'port: 41788\n');
  put('etc/manager/auth.json', '{"users": ["ada"]}');
  put('srv/manager/system.yaml', 'port: 41788\n');
  put('srv/manager/apps/one.json', '{}');
  mkdirSync(path.join(root, 'srv/backups'));
  await tar.create({gzip: true, file: path.join(root, 'srv/backups/manager.tar.gz'), cwd: `${root}/srv`}, [
    'manager',
  ]);
}

function application(root: string, put: PutFile, origin: string): void {
  put(
    'etc/app/env',
    `BASE_URL=${origin}
ROLES_JSON='{"first":"admin","second":"analyst"}'
UPTIME_STRIKES=2
UPTIME_INTERVAL_SEC=60
SLO_WINDOW_DAYS=30
SLO_TARGET=0.995
ROTATE_DASHBOARD_KEY=1
ROTATE_STRIPE_WEBHOOK=1
`,
  );
  put('srv/app/source/app.py', 'import os\n');
  put('etc/app/config/app.json', '{"port": 5000}');
  put('var/log/app/uptime.ndjson', lines(every(1).map(ts => ({ts, latency_ms: 12, ok: true, code: 200}))));
  put(
    'var/log/app/slo_guard.ndjson',
    lines(every(15).map(ts => ({ts, availability: 1, error_budget_used: 0.1}))),
  );
  put('var/log/app/backup_verify.ndjson', lines([{ts: '2026-01-02T02:30:04Z', ok: true}]));
  put(
    'var/log/app/secret_rotations.ndjson',
    lines([{ts: '2025-12-29T00:10:00Z', changes: ['DASHBOARD_KEY']}]),
  );
  put('var/log/app/dr_report_1766883610.json', '{"ok": true}', {at: '2025-12-28T01:00:10Z'});
  const boot = [
    '02:58:30Z starting',
    '02:59:00Z config loaded',
    '02:59:02Z database ready',
    '03:00:00Z listening on 5000',
  ];
  put('var/log/app/app.log', boot.map(line => `2026-01-02T${line}\n`).join(''));
  put('var/log/app/rotate_secrets.log', 'not due', {at: '2026-01-02T00:10:03Z'});
  const regions = {before: {region: 'a', status: 200}, after: {region: 'b', status: 200}};
  put(
    'var/log/app/failover_drills.ndjson',
    lines([{ts: '2025-12-01T04:00:00Z', ...regions, failed: 2, returned: true}]),
  );
  for (const place of ['var/lib/app/app.db', 'srv/drill/app.db']) {
    const db = new DatabaseSync(put(place, ''));
    db.exec('create table users (id); create table orders (id); insert into users values (1), (2), (3)');
    db.exec('insert into orders values (1), (2)');
    // Orders came in after the backup.
    if (place.startsWith('var')) db.exec('insert into orders values (3)');
    db.close();
  }
  put('srv/app/backups/app-1.tgz', 'a backup of twenty bytes', {at: '2026-01-02T02:00:00Z'});
  for (const script of ['uptime_monitor', 'backup_verify', 'rotate_secrets', 'dr_drill'])
    put(`srv/app/scripts/${script}.py`, '#!/usr/bin/env python3\n', {mode: 0o755});
  mkdirSync(path.join(root, 'srv/app/secrets/runtime'), {recursive: true, mode: 0o700});
  put('srv/app/secrets/runtime/DASHBOARD_KEY', dashboardKey, {at: '2025-12-29T00:10:00Z'});
}

const history = ['h1', 'h2', 'h3'].map((hash, i) => `${i + 1} 2026-01-01T0${i}:00:00Z ${hash}`);

/** What stands for a hash in the page. */
function ledger(put: PutFile): Readonly<Record<string, string>> {
  put('etc/ledger/env', 'EXPECTED_ALEMBIC_HEAD=bbb2\nRATE_LIMIT_ENABLED=true\nWEBHOOK_WORKER_ENABLED=true\n');
  const migration = "revision = 'bbb2'\ndown_revision = None\n";
  put('srv/ledger/alembic/versions/bbb2_first.py', migration);
  put('var/log/ledger/app.log', lines([{ts: '2026-01-02T03:00:00Z', level: 'info', class: 'http'}]));
  put('var/log/ledger/worker.log', '2026-01-02T02:00:00Z delivered\n2026-01-02T03:01:00Z worker stopped\n');
  put('var/lib/ledger/worker.beat', '', {at: '2026-01-02T02:00:00Z'});
  const exported = '{"events": [{"seq": 1}]}';
  put('srv/cases/2026-001/ledger.json', exported, {mode: 0o400});
  const {privateKey, publicKey} = generateKeyPairSync('ed25519');
  const pem = privateKey.export({format: 'pem', type: 'pkcs8'}).toString();
  put('etc/ledger/signing.pem', pem);
  put('srv/escrow/signing.pem', pem);
  put('etc/ledger/signing.pub', publicKey.export({format: 'pem', type: 'spki'}).toString());
  const artifact = '{"artifact": 1}';
  const signature = sign(null, Buffer.from(artifact), privateKey).toString('base64');
  for (const folder of ['artifacts', 'received']) {
    put(`srv/ledger/${folder}/a.json`, artifact);
    put(`srv/ledger/${folder}/a.json.sig`, signature);
  }
  for (const file of ['var/lib/ledger/ledger.db', 'srv/snapshots/at-stop.db', 'srv/restored/ledger.db'])
    events(put(file, ''));
  return {HISTORY: sha256(history.join('\n')), MIGRATION: sha256(migration), EXPORT: sha256(exported)};
}

/** The ledger's database; each copy of it holds the same. */
function events(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`create table alembic_version (version_num text);
    insert into alembic_version values ('bbb2');
    create table system_events (seq integer, at text, hash text, type text, incident text);
    create table canaries (name text);
    insert into canaries values ('before');
    create table identities (name text);
    insert into identities values ('old'), ('new');
    create table api_keys (revoked_at text, last_used text);
    insert into api_keys values ('2026-01-01T10:00:00Z', '2026-01-01T09:00:00Z'), (null, '2026-01-02T00:00:00Z')`);
  const add = db.prepare('insert into system_events values (?, ?, ?, ?, null)');
  for (const [i, line] of history.entries())
    add.run(...line.split(' '), i === 0 ? 'identity.rotated' : 'http.error');
  db.close();
}

function rollout(root: string, put: PutFile): void {
  put(
    'etc/product/env',
    `AUTH_MODE=enforced
AGENT_TRANSPORT=ws
SECRETS_VAULT_MODE=enforced
SUPABASE_URL=https://vault.example
SUPABASE_SERVICE_ROLE_KEY=${'s'.repeat(30)}
SUPABASE_VAULT_RPC_NAME=vault_read
`,
  );
  const audits = 'srv/product/docs/audits';
  put(`${audits}/production-hardening-rollout-readiness-2026-01-02.md`, 'ready', {
    at: '2026-01-02T01:00:00Z',
  });
  put(`${audits}/cutover.md`, '# Final cutover 2026-01-02\n');
  put('var/log/product/app.log', '2026-01-02T03:00:00Z started\n');
  const months = {
    '2025-12': ['26', '27', '28', '29', '30', '31'],
    '2026-01': ['01', '02'],
  };
  for (const [month, days] of Object.entries(months)) {
    const at = days.map(day => `${month}-${day}T02:00:00Z`);
    const smoke = at.flatMap(ts => [
      {ts, kind: 'light', checks: 'skipped'},
      {ts, kind: 'strict', checks: 'pass'},
    ]);
    put(`var/log/product/smoke-window-${month}.ndjson`, lines(smoke), {at: at.at(-1) ?? ''});
    const checks = ['isolation', 'auth-spikes', 'dispatch-to-ack', 'no-leaks'];
    const results = checks.map(check => ({service: 'rollout', check, verdict: 'pass'}));
    put(
      `var/log/product/quiet-days-${month}.ndjson`,
      lines(at.map(one => ({v: 1, site: 'hardening', at: one, verdict: 'pass', results}))),
    );
  }
  symlinkSync('smoke-window-2026-01.ndjson', path.join(root, 'var/log/product/smoke-window.ndjson'));
}

const npm =
  "if (!['typecheck', 'lint', 'test:integration', 'test:smoke', 'gate:prod:no-e2e'].includes(process.argv.at(-1))) process.exit(1)";
const scripts = {
  systemctl: `const isOff = process.argv.some(word => word.startsWith('ledger-stopped'));
    const ended = 'Result=success\\nExecMainStatus=0';
    const said = isOff ? 'ActiveState=inactive\\nSubState=dead\\nMainPID=0\\n' + ended : 'ActiveState=active\\nSubState=running\\nMainPID=7';
    process.stdout.write('LoadState=loaded\\n' + said + '\\n')`,
  manager: "console.log('Rollback failed: App no-such-app not found or corrupted'); process.exit(1)",
  npm,
  make: '',
  id: "console.log('uid=1000(ada)')",
  verifier: "console.log(process.argv[2] === 'verify' ? 'verified 1 event' : 'verifier 2.4.1')",
  settings: "console.log('EXPECTED_ALEMBIC_HEAD'); process.exit(process.argv[2] === 'list' ? 0 : 2)",
  app: "process.exit(process.argv[2] === '--check-config' ? 0 : 2)",
  quarterdeck:
    "process.exit(process.argv[2] === 'alerts' && ['why', 'test'].includes(process.argv[3]) ? 0 : 64)",
  uptime_monitor: "process.exit(process.argv[2] === '--once' ? 0 : 2)",
  pnpm: '',
  git: `const shown = '\\0${commit}\\ndiff --git a/app.py b/app.py\\n+++ b/app.py\\n@@ -0,0 +1 @@\\n+import os\\n';
    const said = {'--abbrev-ref': 'main', 'ls-files': 'app.py\\0', 'rev-list': '${commit}', show: shown, 'rev-parse': '${commit}'};
    console.log(Object.entries(said).find(([word]) => process.argv.includes(word))[1])`,
};

const secrets = {
  OLD_DASHBOARD_KEY: 'old-key-of-the-dashboard',
  ANALYST_KEY: 'analyst-key',
  HOOK_SECRET: hookSecret,
  OLD_HOOK_SECRET: 'old-secret-of-the-hook',
  SUSPENDED_KEY: 'suspended-0123456789',
  READER_KEY: 'reader-0123456789',
  VAULT_KEY: 'vault-0123456789',
  CI_TOKEN: 'ci-0123456789',
};

export interface Stage {
  /** The text of a site with this machine's places in it. */
  readonly filled: (text: string) => string;
  readonly ports: Ports;
  /** Where its files lie. */
  readonly root: string;
}

function staged(root: string, replaced: Readonly<Record<string, string>>, env: Env): Stage {
  const filled = (text: string): string =>
    Object.entries(replaced)
      .reduce((so, [from, to]) => so.replaceAll(from, to), text)
      .replaceAll(/(?<=[\s"[:])\/(?=(?:srv|var|etc)\/)/g, `${root}/`);
  const clock = fakeClock();
  const {http, net, tls, dns, exec, files, random, sql, folders, archives} = context({env, clock});
  const recorded = {...memoryLedger(), read: async () => Promise.resolve([])};
  return {
    filled,
    root,
    ports: {
      ...portsOf(clock),
      ...{http, net, tls, dns, exec, env, files, random, sql, folders, archives},
      records: {open: async () => Promise.resolve(recorded)},
      hosts: {open: async (_, limits) => Promise.resolve(localHost({exec, env, clock}, limits))},
    },
  };
}

/** Where all is well. */
export async function goodStage(): Promise<Stage> {
  const root = tempDir();
  const put = putter(root);
  await machine(root, put);
  const hashes = ledger(put);
  rollout(root, put);
  const name = ownName('app-server');
  await waiting([name]);
  const {origin} = await httpServer((request, response) => void answer(root, request, response));
  application(root, put, origin);
  const {url} = await prometheus(({at}) =>
    at.length > 0 ? matrix([[{}, at.map(() => '0')]], at) : vector([[{}, '0']]),
  );
  const replaced = {
    ...hashes,
    COMMIT: commit,
    'http://127.0.0.1:8080': origin,
    'http://127.0.0.1:9090': url,
    'port: 5432': `port: ${await tcpServer(() => undefined)}`,
    'app-server': name,
  };
  return staged(root, replaced, fakeEnv({...secrets, PATH: withPrograms(scripts)}));
}

/** Where nothing is there: no file, no program, nobody who answers. */
export function emptyStage(): Stage {
  const hash = sha256('');
  const replaced = {
    ...{HISTORY: hash, MIGRATION: hash, EXPORT: hash, COMMIT: commit},
    'http://127.0.0.1:8080': 'http://127.0.0.1:1',
    'http://127.0.0.1:9090': 'http://127.0.0.1:1',
    'port: 5432': 'port: 1',
    'app-server': ownName('app-server'),
  };
  return staged(tempDir(), replaced, fakeEnv({PATH: tempDir()}));
}
