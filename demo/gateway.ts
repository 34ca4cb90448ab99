// The gateway process: spreads requests over the upstreams that are alive and not drained, and counts what is in flight.
import {timingSafeEqual} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Agent, type IncomingMessage, type ServerResponse, request as httpRequest} from 'node:http';
import {followParent, runMain, setting, tellParent} from './shared/child.ts';
import {folderAt} from './shared/folder.ts';
import {
  HttpFailure,
  closeGracefully,
  createServer,
  errorBody,
  listen,
  maxEvidenceBytes,
  readBody,
  requestIdOf,
  send,
} from './shared/http.ts';
import {openLog} from './shared/log.ts';
import {messageOf} from './shared/text.ts';

const probeEveryMs = 500;
const probeLimitMs = 1000;
const answerLimitMs = 35_000;
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'te',
  'trailer',
]);

type Upstream = {
  readonly name: string;
  readonly port: number;
  alive: boolean;
  drained: boolean;
  inFlight: number;
};

async function main(): Promise<void> {
  const folder = folderAt(setting('QD_DEMO_DIR'));
  const log = openLog(folder, 'gateway');
  const token = readFileSync(folder.controlToken, 'utf8').trim();
  const drained = new Set((process.env['QD_DEMO_DRAINED'] ?? '').split(','));
  const upstreams: Upstream[] = setting('QD_DEMO_UPSTREAMS')
    .split(',')
    .map(pair => {
      const [name = '', port = ''] = pair.split('=');
      return {name, port: Number(port), alive: false, drained: drained.has(name), inFlight: 0};
    });
  const agent = new Agent({keepAlive: true, maxSockets: 64});
  let turn = 0;

  const setAlive = (upstream: Upstream, alive: boolean): void => {
    if (upstream.alive === alive) return;
    upstream.alive = alive;
    log(alive ? 'info' : 'warn', alive ? 'upstream.up' : 'upstream.down', {upstream: upstream.name});
  };

  const probe = (upstream: Upstream): Promise<void> =>
    new Promise(resolve => {
      const probing = httpRequest(
        {host: '127.0.0.1', port: upstream.port, path: '/live', timeout: probeLimitMs},
        answer => {
          answer.resume();
          setAlive(upstream, answer.statusCode === 200);
          answer.once('close', resolve);
        },
      );
      probing.once('timeout', () => probing.destroy(new Error('no answer in time')));
      probing.once('error', () => {
        setAlive(upstream, false);
        resolve();
      });
      probing.end();
    });

  /** Sends one request on; `refused` means that nothing reached the upstream, so another one may have it. */
  const forward = (
    upstream: Upstream,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    requestId: string,
  ) =>
    new Promise<'answered' | 'refused'>((resolve, reject) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !hopHeaders.has(name)),
      );
      const onward = httpRequest(
        {
          host: '127.0.0.1',
          port: upstream.port,
          method: request.method,
          path: request.url,
          agent,
          timeout: answerLimitMs,
          headers: {...headers, 'content-length': body.length, 'x-request-id': requestId},
        },
        answer => {
          const kept = Object.entries(answer.headers).filter(([name]) => !hopHeaders.has(name));
          response.writeHead(answer.statusCode ?? 502, {
            ...Object.fromEntries(kept),
            'x-upstream': upstream.name,
          });
          answer.pipe(response);
          answer.once('error', reject);
          answer.once('end', () => {
            resolve('answered');
          });
        },
      );
      onward.once('timeout', () => onward.destroy(new Error(`${upstream.name} did not answer in time`)));
      onward.once('error', error => {
        const isUntouched =
          'code' in error &&
          (error.code === 'ECONNREFUSED' || (error.code === 'ECONNRESET' && onward.reusedSocket));
        if (isUntouched && !response.headersSent) resolve('refused');
        else reject(error);
      });
      response.once('close', () => {
        if (!response.writableFinished) onward.destroy();
      });
      onward.end(body);
    });

  const spread = async (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> => {
    const body = await readBody(request, maxEvidenceBytes);
    const tried = new Set<Upstream>();
    for (;;) {
      const usable = upstreams.filter(
        upstream => upstream.alive && !upstream.drained && !tried.has(upstream),
      );
      const upstream = usable[turn % Math.max(usable.length, 1)];
      turn += 1;
      if (upstream === undefined) {
        throw new HttpFailure(503, 'NO_UPSTREAM', 'No upstream is alive and in rotation.');
      }
      tried.add(upstream);
      upstream.inFlight += 1;
      try {
        if ((await forward(upstream, request, body, response, requestId)) === 'answered') return;
        setAlive(upstream, false);
      } catch (error) {
        throw new HttpFailure(502, 'BAD_GATEWAY', `${upstream.name} broke off: ${messageOf(error)}`);
      } finally {
        upstream.inFlight -= 1;
      }
    }
  };

  const status = () => ({
    upstreams: upstreams.map(({name, port, ...rest}) => ({
      name,
      url: `http://127.0.0.1:${String(port)}`,
      ...rest,
    })),
  });

  const setDrained = (request: IncomingMessage, verb: string, name: string): unknown => {
    const given = Buffer.from(String(request.headers['x-control-token'] ?? ''));
    const wanted = Buffer.from(token);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new HttpFailure(403, 'FORBIDDEN', 'Draining needs the control token.');
    }
    const upstream = upstreams.find(candidate => candidate.name === name);
    if (upstream === undefined) throw new HttpFailure(404, 'NOT_FOUND', `There is no upstream ${name}.`);
    upstream.drained = verb === 'drain';
    log('info', `upstream.${verb}`, {upstream: name, in_flight: upstream.inFlight});
    return {data: {name, drained: upstream.drained, inFlight: upstream.inFlight}};
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    const {pathname} = new URL(request.url ?? '/', 'http://gateway');
    const drainPath = /^\/gateway\/(drain|undrain)\/([\w-]+)$/.exec(pathname);
    try {
      if (pathname === '/health') send(response, requestId, {status: 200, body: {data: {status: 'ok'}}});
      else if (pathname === '/gateway/status')
        send(response, requestId, {status: 200, body: {data: status()}});
      else if (request.method === 'POST' && drainPath !== null) {
        send(response, requestId, {
          status: 200,
          body: setDrained(request, drainPath[1] ?? '', drainPath[2] ?? ''),
        });
      } else await spread(request, response, requestId);
    } catch (error) {
      const failure =
        error instanceof HttpFailure
          ? error
          : new HttpFailure(500, 'INTERNAL_ERROR', 'Something unexpected failed.');
      log('error', 'http.error', {
        code: failure.code,
        request_id: requestId,
        path: pathname,
        message: messageOf(error),
      });
      if (response.headersSent) response.destroy();
      else
        send(response, requestId, {
          status: failure.status,
          body: errorBody(failure.code, failure.message, requestId),
        });
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log('error', 'http.broken', {message: messageOf(error)});
      response.destroy();
    });
  });

  await Promise.all(upstreams.map(probe));
  const probing = setInterval(() => void Promise.all(upstreams.map(probe)), probeEveryMs);
  process.once('SIGTERM', () => {
    clearInterval(probing);
    log('info', 'stopping', {reason: 'SIGTERM'});
    void closeGracefully(server).then(() => {
      log('info', 'stopped');
      process.exit(0);
    });
  });
  followParent(() => undefined);
  await listen(server, Number(setting('QD_DEMO_PORT')));
  log('info', 'startup', {port: Number(setting('QD_DEMO_PORT')), pid: process.pid});
  tellParent({type: 'ready'});
}

runMain(main);
