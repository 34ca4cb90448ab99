// One process of the ledger service: liveness, readiness, events, a worker; stops gracefully when asked.
import {createHash, type KeyObject} from 'node:crypto';
import {readFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {Counter, Registry, collectDefaultMetrics} from 'prom-client';
import {followParent, runMain, setting, tellParent} from './shared/child.ts';
import {openSql} from './service/db.ts';
import {appendEvent} from './service/events.ts';
import {consentRoute, evidenceRoutes} from './service/evidence-routes.ts';
import {isStruck} from './shared/faults.ts';
import {folderAt, readConfig} from './shared/folder.ts';
import {
  Denial,
  HttpFailure,
  closeGracefully,
  createServer,
  errorBody,
  listen,
  requestIdOf,
  send,
} from './shared/http.ts';
import {openLog} from './shared/log.ts';
import {codeHeads} from './service/migrations.ts';
import {type RouteParts, routes} from './service/routes.ts';
import {fingerprint, loadSigningKey} from './service/signing.ts';
import {messageOf} from './shared/text.ts';
import {startWorker} from './service/worker.ts';

const version = '1.0.0';
/** Asked for several times a second; only a bad answer is worth a line. */
const probes = new Set(['/health', '/live', '/ready', '/metrics']);

async function main(): Promise<void> {
  const folder = folderAt(setting('QD_DEMO_DIR'));
  const name = setting('QD_DEMO_NAME');
  const port = Number(setting('QD_DEMO_PORT'));
  const log = openLog(folder, name);
  const sql = openSql(setting('QD_DEMO_DATABASE_URL'));
  const {expectedHead} = readConfig(folder);
  const metrics = new Registry();
  collectDefaultMetrics({register: metrics});
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Answered requests by status',
    labelNames: ['status'],
    registers: [metrics],
  });

  const key = tryLoad(
    () => loadSigningKey(folder),
    message => {
      log('error', 'signing.missing', {message});
    },
  );
  const worker = process.env['QD_DEMO_WORKER'] === 'off' ? undefined : startWorker({sql, folder, name, log});
  const versionHash = hashOfProgram();
  const parts: RouteParts = {folder, name, sql, expectedHead, key, worker, version, versionHash, metrics};

  /** A denial stands in the event ledger before it is answered; when it cannot, it is denied all the same. */
  const remember = async (denial: Denial, path: string, requestId: string): Promise<void> => {
    const payload = {code: denial.code, status: denial.status, path};
    const resource = {type: 'request', id: requestId};
    await appendEvent(sql, {type: 'http.error', tenant: denial.tenant, payload, requestId, resource}).catch(
      (error: unknown) => {
        log('error', 'event.lost', {request_id: requestId, message: messageOf(error)});
      },
    );
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    const startedMs = performance.now();
    const url = new URL(request.url ?? '/', 'http://upstream');
    const method = request.method ?? 'GET';
    const named = `${method} ${url.pathname}`;
    const route = routes[named] ?? evidenceRoutes[named] ?? consentRoute(method, url.pathname);
    try {
      if (route === undefined)
        throw new HttpFailure(404, 'NOT_FOUND', `There is no ${request.method ?? ''} ${url.pathname}.`);
      send(response, requestId, await route(parts, {request, url, requestId}));
    } catch (error) {
      const failure =
        error instanceof HttpFailure
          ? error
          : new HttpFailure(500, 'INTERNAL_ERROR', 'Something unexpected failed.');
      const failureClass =
        failure.code === 'DB_UNAVAILABLE'
          ? 'db.unavailable'
          : failure.status >= 500
            ? 'unexpected.exception'
            : undefined;
      log(failure.status >= 500 ? 'error' : 'warn', 'http.error', {
        code: failure.code,
        class: failureClass,
        request_id: requestId,
        message: messageOf(error),
      });
      if (failure instanceof Denial) await remember(failure, url.pathname, requestId);
      send(response, requestId, {
        status: failure.status,
        body: errorBody(failure.code, failure.message, requestId),
      });
    }
    requests.inc({status: String(response.statusCode)});
    if (probes.has(url.pathname) && response.statusCode === 200) return;
    log('info', 'http.request', {
      method: request.method,
      path: url.pathname,
      status: response.statusCode,
      duration_ms: Math.round(performance.now() - startedMs),
      request_id: requestId,
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log('error', 'http.broken', {message: messageOf(error)});
      response.destroy();
    });
  });

  let isStopping = false;
  const stop = async (): Promise<void> => {
    log('info', 'stopping', {reason: 'SIGTERM'});
    await closeGracefully(server);
    await worker?.stop();
    await sql.close();
    log('info', 'stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => {
    if (isStruck(folder, 'ignores-sigterm', name)) {
      log('warn', 'sigterm.ignored');
      return;
    }
    if (isStopping) return;
    isStopping = true;
    void stop();
  });
  followParent(() => undefined);

  await listen(server, port);
  log('info', 'startup', {
    env: process.env['QD_DEMO_ENV'] ?? 'staging',
    version_hash: versionHash,
    migration_head: codeHeads().join(','),
    expected_head: expectedHead,
    signing_fingerprint: key === undefined ? null : fingerprint(key),
    port,
    pid: process.pid,
  });
  tellParent({type: 'ready'});
}

function tryLoad(load: () => KeyObject, onFailure: (message: string) => void): KeyObject | undefined {
  try {
    return load();
  } catch (error) {
    onFailure(messageOf(error));
    return undefined;
  }
}

/** The first twelve digits of the hash of the running program file: which build is this. */
function hashOfProgram(): string {
  return createHash('sha256')
    .update(readFileSync(process.argv[1] ?? ''))
    .digest('hex')
    .slice(0, 12);
}

runMain(main);
