// What makes the example of each check type true: real servers, files and programs, which end with the test.
import {createHash, generateKeyPairSync, sign} from 'node:crypto';
import {appendFileSync, chmodSync, mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path, {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import * as tar from 'tar';
import {realClock} from '../../src/adapters/clock.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {authority} from '../helpers/certificates.ts';
import {httpServer, socketServer, tcpServer} from '../helpers/http-server.ts';
import {nameServer} from '../helpers/name-server.ts';
import {matrix, prometheus} from '../helpers/prometheus-api.ts';
import {lockRule, s3Server} from '../helpers/s3-server.ts';
import {sqliteFile} from '../helpers/sqlite-file.ts';
import {tempDir} from '../helpers/temp.ts';
import {webSocketServer} from '../helpers/web-socket-server.ts';
import {httpsServer, tlsServer} from '../helpers/tls-server.ts';
import {listening, nodePath, ownName, programs, systemctl, waiting} from './looking-programs.ts';
import type {CheckContext} from '../../src/define.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import {resultOf} from './looking.ts';

export interface Staged {
  /** Text of the example → what stands in its place on this machine, such as a port. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly context?: Partial<CheckContext>;
  readonly verdict?: Verdict;
}

/** A fresh file of this content; its absolute path. */
function fileWith(content: string | Uint8Array, name = 'file'): string {
  const file = path.join(tempDir(), name);
  writeFileSync(file, content, {mode: 0o600});
  return file;
}

/** One line for each type; the verdict is `pass` where nothing else is said. */
export const stages: Readonly<Record<string, () => Promise<Staged>>> = {
  http: async () => {
    const {origin} = await httpServer((_, answer) =>
      answer
        .writeHead(401, {'cache-control': 'no-store'})
        .end('{"success":false,"message":"Not authenticated"}'),
    );
    return {replace: {'http://127.0.0.1:8080': origin}};
  },
  health: async () => {
    const {origin} = await httpServer((_, answer) =>
      answer.end('{"status":"ready","checks":{"db":"ok","migration_head":"ok"}}'),
    );
    return {replace: {'http://127.0.0.1:8080': origin}};
  },
  tcp: async () => ({replace: {'8080': String(await tcpServer(() => undefined))}}),
  command: () => Promise.resolve({context: nodePath()}),
  systemd: () =>
    Promise.resolve({
      context: systemctl('LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\n'),
    }),
  tls: async () => {
    const root = await authority();
    const siteDir = tempDir();
    writeFileSync(`${siteDir}/ca.pem`, root.cert);
    const port = await tlsServer({...(await root.leaf())});
    return {replace: {'8443': String(port)}, context: {siteDir, clock: realClock()}};
  },
  mtls: async () => {
    const root = await authority();
    const client = await root.leaf({name: 'client'});
    const siteDir = tempDir();
    writeFileSync(`${siteDir}/ca.pem`, root.cert);
    writeFileSync(`${siteDir}/client.pem`, client.cert);
    writeFileSync(`${siteDir}/client.key`, client.key, {mode: 0o600});
    const port = await httpsServer(
      {...(await root.leaf()), ca: root.cert, requestCert: true, rejectUnauthorized: true},
      (_, answer) => answer.end('{"status":"ok"}'),
    );
    return {replace: {'8443': String(port), '/etc/qd': siteDir}, context: {siteDir}};
  },
  sql: () =>
    Promise.resolve({
      replace: {
        '/var/lib/app/app.db': sqliteFile(
          "create table jobs (state text); insert into jobs values ('done'), ('failed')",
        ),
      },
    }),
  dbPool: () => {
    const columns = ['usable', 'used', 'hidden', 'waiting', 'idle', 'oldest'];
    const answer = {at: 'rows', columns, rows: [[97, 12, 0, 0, 1, 3]], cut: false, durationMs: 1} as const;
    return Promise.resolve({
      context: {
        env: fakeEnv({DATABASE_URL: 'postgres://reader@db.example/orders'}),
        // A real server is asked in test/real.
        sql: {ask: async () => Promise.resolve(answer)},
      },
    });
  },
  migration: () =>
    Promise.resolve({
      replace: {
        '/etc/app/env': fileWith('EXPECTED_ALEMBIC_HEAD=bbb2\n'),
        '/srv/app/alembic/versions': path.dirname(
          fileWith("revision = 'bbb2'\ndown_revision = None\n", 'bbb2_first.py'),
        ),
        '/var/lib/app/app.db': sqliteFile(
          "create table alembic_version (version_num text); insert into alembic_version values ('bbb2')",
        ),
      },
    }),
  keyMaterial: () => {
    const {privateKey, publicKey} = generateKeyPairSync('ed25519');
    const text = privateKey.export({format: 'pem', type: 'pkcs8'}).toString();
    return Promise.resolve({
      replace: {
        '/etc/app/signing.pem': fileWith(text),
        '/etc/app/signing.pub': fileWith(publicKey.export({format: 'pem', type: 'spki'}).toString()),
        '/mnt/escrow/signing.pem': fileWith(text),
      },
    });
  },
  hashChain: () => {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const first = {prev: null, what: 'one'};
    const before = sha256(JSON.stringify(first));
    const second = {prev: before, what: 'two'};
    const last = sha256(JSON.stringify(second));
    const lines = [
      {...first, hash: before},
      {...second, hash: last},
    ].map(record => `${JSON.stringify(record)}\n`);
    return Promise.resolve({
      replace: {'/var/log/app/events.jsonl': fileWith(lines.join('')), ['0'.repeat(64)]: last},
    });
  },
  dns: async () => {
    const zone = {'api.example.org A': ['192.0.2.10', '192.0.2.11']};
    const [one, two] = [await nameServer(zone), await nameServer(zone)];
    return {replace: {'127.0.0.1:5353': one.server, '127.0.0.1:5354': two.server}};
  },
  promql: async () => {
    const {url} = await prometheus(({at}) => matrix([[{job: 'api'}, at.map(() => '0.01')]], at));
    return {replace: {'http://127.0.0.1:9090': url}, context: {clock: realClock()}};
  },
  baseline: async () => {
    const {url} = await prometheus(({at}) => matrix([[{}, at.map(() => '4')]], at));
    return {replace: {'http://127.0.0.1:9090': url}};
  },
  backupRepo: () =>
    Promise.resolve({
      replace: {'/etc/restic/password': fileWith('correct-horse-battery')},
      context: programs({
        restic: `const isList = process.argv.includes('snapshots');
          process.stdout.write(isList ? '[{}]' : 'no errors were found')`,
      }),
    }),
  backupFresh: () => {
    const file = fileWith('a backup of twenty bytes', 'app-1.tar.gz');
    // As old as the clock of the tests says.
    utimesSync(file, 1_767_323_000, 1_767_323_000);
    return Promise.resolve({replace: {'/srv/backups': path.dirname(file)}});
  },
  backupRestore: async () => {
    const dir = tempDir();
    mkdirSync(path.join(dir, 'live/app'), {recursive: true});
    writeFileSync(path.join(dir, 'live/app/system.yaml'), 'port: 41788\n');
    await tar.create({gzip: true, file: path.join(dir, 'app-1.tar.gz'), cwd: path.join(dir, 'live')}, [
      'app',
    ]);
    const hash = createHash('sha256').update('port: 41788\n').digest('hex');
    writeFileSync(path.join(dir, 'app.sha256'), `${hash}  system.yaml\n`);
    return {replace: {'/srv/backups': dir}, context: {timeoutMs: 60_000}};
  },
  correlate: async () => {
    const log = `${tempDir()}/app.log`;
    const seen: string[] = [];
    const {origin} = await httpServer((request, answer) => {
      const id = String(request.headers['x-request-id']);
      if (request.url?.startsWith('/api/events') === true) answer.end(JSON.stringify(seen));
      else {
        appendFileSync(log, `404 ${id}\n`);
        seen.push(id);
        const error = {code: 'NOT_FOUND', message: 'no', request_id: id};
        answer.writeHead(404, {'x-request-id': id}).end(JSON.stringify({error}));
      }
    });
    return {
      replace: {'http://127.0.0.1:8080': origin, '/var/log/app/app.log': log},
      context: {clock: realClock()},
    };
  },
  rbacMatrix: async () => {
    const roles: Readonly<Record<string, string>> = {'key-of-analyst': 'analyst', 'key-of-admin': 'admin'};
    const {origin} = await httpServer((request, answer) => {
      const role = roles[String(request.headers['x-dash-key'])];
      const mayPost = request.method !== 'POST' || role === 'admin';
      answer.writeHead(role === undefined ? 401 : mayPost ? 200 : 403).end();
    });
    const env = fakeEnv({ANALYST_KEY: 'key-of-analyst', ADMIN_KEY: 'key-of-admin'});
    return {replace: {'http://127.0.0.1:5000': origin}, context: {env}};
  },
  unixSocket: async () => {
    const path = `${tempDir()}/s`;
    await socketServer(path, socket => {
      socket.once('data', () => socket.end('Name: HAProxy\nUptime: 1d\n'));
    });
    return {replace: {'/run/haproxy/admin.sock': path, '\\n"\nexpect': '\\n"\nuntil: Uptime\nexpect'}};
  },
  websocket: async () => ({
    replace: {'127.0.0.1:8080': `127.0.0.1:${await webSocketServer({protocol: 'agent.v1'})}`},
    context: {env: fakeEnv({AGENT_TOKEN: 'agent-token-1234'})},
  }),
  signature: () => {
    const {privateKey, publicKey} = generateKeyPairSync('ed25519');
    const file = fileWith('{"artifact": 1}', 'a.json');
    writeFileSync(`${file}.sig`, sign(null, Buffer.from('{"artifact": 1}'), privateKey).toString('base64'));
    const key = fileWith(publicKey.export({format: 'pem', type: 'spki'}).toString());
    return Promise.resolve({
      replace: {'/srv/artifacts': path.dirname(file), '/etc/app/signing.pub': key},
    });
  },
  secretAge: () => {
    const file = fileWith('a'.repeat(50), 'DASHBOARD_KEY');
    utimesSync(file, 1_767_000_000, 1_767_000_000);
    const log = fileWith('{"ts":"2025-12-29T09:20:00Z","changes":["DASHBOARD_KEY"]}\n');
    return Promise.resolve({
      replace: {
        '/srv/app/secrets/runtime/DASHBOARD_KEY': file,
        '/srv/app/logs/secret_rotations.ndjson': log,
      },
    });
  },
  secretScan: () => {
    const file = fileWith('nothing that is secret', 'report.md');
    return Promise.resolve({
      replace: {'/srv/export/audit-2026': path.dirname(file)},
      context: {env: fakeEnv({DASHBOARD_KEY: 'the-key-of-the-dashboard'})},
    });
  },
  attest: () => {
    const attestation = {
      seq: 41,
      at: '2026-01-01T10:00:00.000Z',
      operator: 'ada',
      via: 'local',
      role: 'data-owner',
      untilMs: Date.parse('2026-03-01T00:00:00Z'),
      evidence: {
        file: 'restore-drill.pdf',
        sha256: createHash('sha256').update('the report').digest('hex'),
        sizeBytes: 10,
      },
    };
    return Promise.resolve({
      replace: {'/srv/reports/restore-drill.pdf': fileWith('the report')},
      context: {attestations: async () => Promise.resolve([attestation])},
    });
  },
  tokenRotation: async () => {
    let token = '';
    let issued = 0;
    const {origin} = await httpServer((request, response) => {
      const say = (status: number, body: object) => void response.writeHead(status).end(JSON.stringify(body));
      if (request.method === 'POST') {
        token = `token-${(issued += 1)}`;
        say(201, {token});
      } else if (request.method === 'DELETE') {
        token = '';
        say(200, {});
      } else if (token !== '' && request.headers.authorization === `Bearer ${token}`)
        say(200, {message: 'System status'});
      else say(401, {message: 'Token revoked or not found'});
    });
    return {replace: {'http://127.0.0.1:8080': origin}};
  },
  objectLock: async () => {
    const own = {accessKeyId: 'AKIA-OF-THE-EXAMPLE', secretAccessKey: 'secret-of-the-example'};
    const {origin} = await s3Server({
      ...own,
      nowMs: fakeClock().nowMs(),
      bucket: 'audit-records',
      region: 'eu-central-1',
      rule: lockRule('<Days>30</Days>'),
    });
    const env = fakeEnv({LOCK_KEY_ID: own.accessKeyId, LOCK_KEY: own.secretAccessKey});
    return {replace: {'http://127.0.0.1:9000': origin}, context: {env}};
  },
  consistency: () =>
    Promise.resolve({
      context: {input: check => resultOf(check, check === 'live' ? 'pass' : 'fail')},
      verdict: 'warn',
    }),
  env: async () => {
    const name = ownName('api-server');
    await waiting([name], {
      AUTH_MODE: 'enforced',
      LOG_LEVEL: 'INFO',
      DATABASE_URL: 'postgres://db/app',
      API_KEY: 'k'.repeat(48),
      ROLES_JSON: '{"first":"admin","second":"analyst"}',
    });
    return {replace: {'api-server': name}};
  },
  file: () => {
    const path = join(tempDir(), 'auth.json');
    writeFileSync(path, '{"version": 2}');
    chmodSync(path, 0o600);
    return Promise.resolve({replace: {'/etc/app/auth.json': path}});
  },
  process: async () => {
    const name = ownName('api-server');
    await waiting([name]);
    return {replace: {'api-server': name}, context: {clock: realClock()}};
  },
  port: async () => {
    const {program, port} = await listening();
    return {replace: {'8080': String(port), 'api-server': program}};
  },
  disk: () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'app-1.tgz'), gzipSync('x'.repeat(1000)));
    return Promise.resolve({replace: {'/var/lib/app': dir, '/var/backups': dir}});
  },
  log: () => {
    const path = join(tempDir(), 'app.log');
    // The clock of these tests stands at 2026-01-02T03:04:05Z.
    writeFileSync(
      path,
      [
        '2026-01-02T03:00:00Z startup env=production version_hash=1f2e migration_head=9c01',
        '2026-01-02T03:00:01Z worker started',
        '2026-01-02T03:01:00Z event=metric.increment metric=security.rate_limit_enforced value=1 reason=burst',
        '2026-01-02T03:02:00Z event=metric.increment metric=security.rate_limit_enforced value=3 reason=burst',
        '',
      ].join('\n'),
    );
    return Promise.resolve({replace: {'/var/log/app.log': path}});
  },
  ndjson: () => {
    const path = join(tempDir(), 'uptime.ndjson');
    const records = ['03:00:00', '03:02:00', '03:03:30'].map(
      time => `{"ts":"2026-01-02T${time}Z","latency_ms":12,"ok":true,"code":200}\n`,
    );
    writeFileSync(path, records.join(''));
    return Promise.resolve({replace: {'/var/log/app/uptime.ndjson': path}});
  },
  schedule: () => {
    const path = join(tempDir(), 'backup_verify.ndjson');
    writeFileSync(path, '{"ts":"2026-01-02T02:31:00Z","ok":true,"mismatches":[]}\n');
    return Promise.resolve({replace: {'/var/log/app/backup_verify.ndjson': path}});
  },
  streak: () => {
    const folder = tempDir();
    const record = (day: string): string => `{"ts":"${day}T09:00:00Z","kind":"strict","checks":"pass"}\n`;
    const months = {'2025-12': ['26', '27', '28', '29', '30', '31'], '2026-01': ['01', '02']};
    for (const [month, days] of Object.entries(months)) {
      const lines = days.map(day => record(`${month}-${day}`));
      writeFileSync(join(folder, `smoke-window-${month}.ndjson`), lines.join(''));
    }
    return Promise.resolve({replace: {'/var/log/app': folder}});
  },
  worker: async () => {
    const name = ownName('api-server');
    await waiting([name], {WEBHOOK_WORKER_ENABLED: 'true'});
    const {origin} = await httpServer((_, answer) =>
      answer.end('{"status":"ready","checks":{"webhook_worker":"ok"}}'),
    );
    return {replace: {'api-server': name, 'http://127.0.0.1:8080': origin}};
  },
};
