// A place whose one service the test breaks and mends, with daemons that tell a webhook about it.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import type {IncomingMessage} from 'node:http';
import {onTestFinished} from 'vitest';
import {z} from 'zod';
import {httpServer} from '../helpers/http-server.ts';
import {waitFor} from '../helpers/wait.ts';
import {launcher, place, type Place} from './place.ts';

const noticeSchema = z.looseObject({
  v: z.literal(1),
  id: z.string(),
  about: z.string(),
  site: z.string(),
  text: z.string(),
  repeated: z.boolean(),
  alerts: z.array(z.looseObject({alert: z.string(), as: z.string(), service: z.string(), title: z.string()})),
});
export type ReceivedNotice = z.infer<typeof noticeSchema>;

export interface Received {
  readonly notice: ReceivedNotice;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Takes notices; what it answers is for the test to say, also that it never answers. */
export async function receiver(): Promise<{
  readonly origin: string;
  readonly received: Received[];
  /** Status of the next answers; `hang` keeps the connection and says nothing. */
  answer: number | 'hang';
}> {
  const received: Received[] = [];
  const state: {answer: number | 'hang'} = {answer: 200};
  const {origin} = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({notice: noticeSchema.parse(JSON.parse(body)), headers: request.headers, body});
      if (state.answer !== 'hang') response.writeHead(state.answer).end('ok');
    });
  });
  return {
    origin,
    received,
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
  };
}

/** `firing api/live`: what a receiver was told, one for each alert. */
export const tellings = (received: readonly Received[]): string[] =>
  received.flatMap(({notice}) =>
    notice.alerts.map(({as, service, check}) => `${as} ${service}/${String(check)}`),
  );

export interface Daemon {
  readonly child: ChildProcess;
  /** Every line it said so far. */
  events(): {readonly event: string; readonly [key: string]: unknown}[];
  /** Waits until it said this. */
  says(what: Readonly<Record<string, unknown>>): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

export function startDaemon({env, dir}: Place): Daemon {
  const child = spawn(process.execPath, [launcher, 'daemon'], {env: {...env}, cwd: dir});
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = {out: '', err: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = new Promise<number | null>(resolve => void child.on('close', resolve));
  const events = () =>
    said.out
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as {event: string; [key: string]: unknown});
  return {
    child,
    events,
    says: async what => {
      const isSaid = (): boolean =>
        events().some(event => Object.entries(what).every(([key, value]) => event[key] === value));
      await waitFor(isSaid, {
        timeoutMs: 40_000,
        what: () => `the daemon to say ${JSON.stringify(what)}; it said ${said.out}${said.err}`,
      });
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export interface Stage {
  readonly here: Place;
  /** Whether the service answers as it should. */
  well: boolean;
}

export interface StageOptions {
  readonly channels: string;
  /** A line of the service. */
  readonly promise?: string;
  readonly more?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A service that is looked at every second, and whatever channels the test wants. */
export async function stage({channels, promise = '', more = '', env = {}}: StageOptions): Promise<Stage> {
  const state = {well: true};
  const service = await httpServer(
    (_request, response) => void response.writeHead(state.well ? 200 : 503).end(),
  );
  const siteText = `site: small
environment: staging
services:
  api:
    title: The service
    labels: [edge]
    runbooks: [append]
${promise}    checks:
      live: {type: http, url: "${service.origin}/", every: 1s, timeout: 900ms, strikes: {fail: 2, recover: 2}}
alerts:
  group: {wait: 500ms, interval: 1s}
${channels}
${more}`;
  const here = place({siteText, env});
  return {
    here,
    get well() {
      return state.well;
    },
    set well(well) {
      state.well = well;
    },
  };
}
