// Sends a notice the way the alerts do, with the real ports, to a real server that the test answers for.
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createExec} from '../../src/adapters/exec.ts';
import {realFiles} from '../../src/adapters/files.ts';
import type {Bell} from '../../src/alert-ports.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {createMail} from '../../src/adapters/mail.ts';
import {channels} from '../../src/channels/index.ts';
import type {AnyChannel, Sent} from '../../src/define-channel.ts';
import type {Notice, NoticeAlert} from '../../src/domain/notice.ts';
import {deliver} from '../../src/engine/alerts/index.ts';
import {openSecrets, type OwnSecrets} from '../../src/main/secrets.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {tempDir} from '../helpers/temp.ts';

const nowMs = 1_767_323_045_000;

export const alertOf = (more: Partial<NoticeAlert> = {}): NoticeAlert => ({
  alert: 'alert-0a1b2c3d',
  as: 'firing',
  key: 'check api/live',
  service: 'api',
  check: 'live',
  labels: ['edge'],
  severity: 'sev2',
  title: 'api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
  message: 'status: expected 2xx, got <503> & more',
  sinceMs: nowMs,
  endedMs: undefined,
  acked: undefined,
  late: false,
  runbooks: ['restart'],
  ...more,
});

export const resolved = (more: Partial<NoticeAlert> = {}): NoticeAlert =>
  alertOf({as: 'resolved', endedMs: nowMs + 12 * 60_000, ...more});

export const noticeOf = (
  alerts: readonly NoticeAlert[] = [alertOf()],
  more: Partial<Notice> = {},
): Notice => ({
  id: alerts.map(({alert, as}) => `${alert}:${as}`).join('+'),
  about: 'alerts',
  site: 'acme',
  environment: 'production',
  atMs: nowMs + 30_000,
  alerts,
  repeated: false,
  ...more,
});

export interface Sending {
  readonly env?: Readonly<Record<string, string>>;
  readonly notice?: Notice;
  readonly signal?: AbortSignal;
  readonly siteDir?: string;
  /** Without one there is no terminal. */
  readonly bell?: Bell;
}

export const secretsOf = (env: Readonly<Record<string, string>>): OwnSecrets =>
  openSecrets({env: fakeEnv(env), variables: {}, files: realFiles, uid: process.getuid?.() ?? 0});

/** Through a channel of this type, as the site file would have it. */
export async function sendBy(
  type: string,
  params: Readonly<Record<string, unknown>>,
  {
    env = {},
    notice = noticeOf(),
    signal = new AbortController().signal,
    siteDir,
    bell = {ring: () => false},
  }: Sending = {},
): Promise<Sent> {
  return deliver({name: 'mine', type, params, secrets: [], line: 1}, notice, {
    channels,
    http: createHttp(),
    exec: createExec(),
    mail: createMail(),
    bell,
    env: fakeEnv({PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...env}),
    files: realFiles,
    clock: realClock(),
    secrets: secretsOf(env),
    siteDir: siteDir ?? tempDir(),
    signal,
  });
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The body as JSON. */
  json(): unknown;
}

export interface Receiver {
  readonly origin: string;
  readonly seen: Seen[];
}

/** A server that remembers every request and answers as the test says. */
export async function receiver(
  answer: (seen: Seen, response: ServerResponse) => void = (_, response) => void response.end('ok'),
): Promise<Receiver> {
  const all: Seen[] = [];
  const {origin} = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const {method = '', url = '', headers} = request;
      const seen = {method, path: url, headers, body, json: () => JSON.parse(body) as unknown};
      all.push(seen);
      answer(seen, response);
    });
  });
  return {origin, seen: all};
}

export const channelOf = (type: string): AnyChannel => {
  const found = channels.find(one => one.type === type);
  if (found === undefined) throw new Error(`no channel type ${type}`);
  return found;
};

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const {createServer} = await import('node:net');
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
