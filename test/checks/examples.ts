// What makes the example of each check type true: real servers, files and programs, which end with the test.
import {appendFileSync, writeFileSync} from 'node:fs';
import {realClock} from '../../src/adapters/clock.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {authority} from '../helpers/certificates.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {nameServer} from '../helpers/name-server.ts';
import {matrix, prometheus} from '../helpers/prometheus-api.ts';
import {tempDir} from '../helpers/temp.ts';
import {httpsServer, tlsServer} from '../helpers/tls-server.ts';
import {nodePath, systemctl} from './looking-programs.ts';
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
  consistency: () =>
    Promise.resolve({
      context: {input: check => resultOf(check, check === 'live' ? 'pass' : 'fail')},
      verdict: 'warn',
    }),
};
