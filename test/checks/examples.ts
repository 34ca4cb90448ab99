// What makes the example of each check type true: real servers, files and programs, which end with the test.
import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {tempDir} from '../helpers/temp.ts';
import {listening, nodePath, ownName, systemctl, waiting} from './looking-programs.ts';
import type {CheckContext} from '../../src/define.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import {resultOf} from './looking.ts';

export interface Staged {
  /** Text of the example → what stands in its place on this machine, such as a port. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly context?: Partial<CheckContext>;
  readonly verdict?: Verdict;
}

/** One line for each type; the verdict is `pass` where nothing else is said. */
export const stages: Readonly<Record<string, () => Promise<Staged>>> = {
  http: async () => {
    const {origin} = await httpServer((_, answer) =>
      answer.writeHead(401).end('{"success":false,"message":"Not authenticated"}'),
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
  worker: async () => {
    const name = ownName('api-server');
    await waiting([name], {WEBHOOK_WORKER_ENABLED: 'true'});
    const {origin} = await httpServer((_, answer) =>
      answer.end('{"status":"ready","checks":{"webhook_worker":"ok"}}'),
    );
    return {replace: {'api-server': name, 'http://127.0.0.1:8080': origin}};
  },
};
