// The routes of an upstream: what each answers.
import type {IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Registry} from 'prom-client';
import {z} from 'zod';
import {appendEvent, listEvents, verifyStored} from './events.ts';
import {HttpFailure, type Reply, readJson} from '../shared/http.ts';
import {codeHeads} from './migrations.ts';
import {type ReadinessParts, readyReply} from './ready.ts';
import {sessionUser} from './signing.ts';
import {messageOf} from '../shared/text.ts';

export type RouteParts = ReadinessParts & {
  readonly version: string;
  readonly versionHash: string;
  readonly metrics: Registry;
};
export type Call = {readonly request: IncomingMessage; readonly url: URL; readonly requestId: string};
export type Route = (parts: RouteParts, call: Call) => Promise<Reply> | Reply;

const newEvent = z.strictObject({
  type: z.string().min(1).max(100),
  tenant: z.string().min(1).max(100).default('default'),
  payload: z.record(z.string(), z.unknown()).default({}),
});
const page = z.object({
  after: z.coerce.number().int().min(-1).default(-1),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const pause = z.object({ms: z.coerce.number().int().min(0).max(30_000).default(1000)});

const alive: Route = () => wrapped({status: 'ok'});

export const routes: Readonly<Record<string, Route>> = {
  'GET /health': alive,
  'GET /live': alive,
  'GET /ready': parts => readyReply(parts),
  'GET /version': ({version, versionHash, name}) =>
    wrapped({
      name: 'ledger-api',
      version,
      version_hash: versionHash,
      migration_head: codeHeads().join(','),
      instance: name,
    }),
  'GET /metrics': async ({metrics}) => ({
    status: 200,
    body: await metrics.metrics(),
    contentType: metrics.contentType,
  }),
  'GET /api/auth/me': ({key}, {request}) => {
    const user = key === undefined ? undefined : sessionUser(key, request.headers.cookie);
    if (user === undefined) return {status: 401, body: {success: false, message: 'Not authenticated'}};
    return {status: 200, body: {success: true, data: {user}}};
  },
  'GET /api/worker': ({worker}) => wrapped(worker?.view() ?? {running: false}),
  'POST /api/events': async ({sql}, {request, requestId}) => {
    const body = parsed(newEvent, await readJson(request));
    return {status: 201, body: {data: await needsDatabase(appendEvent(sql, {...body, requestId}))}};
  },
  'GET /api/events': async ({sql}, {url}) => {
    const events = await needsDatabase(listEvents(sql, parsed(page, Object.fromEntries(url.searchParams))));
    return wrapped({events});
  },
  'GET /api/events/verify': async ({sql}) => wrapped(await needsDatabase(verifyStored(sql))),
  // A report that takes its time: a request in flight for as long as a drain or a graceful stop is to be watched.
  'GET /api/report': async ({name}, {url}) => {
    const {ms} = parsed(pause, Object.fromEntries(url.searchParams));
    await sleep(ms);
    return wrapped({instance: name, took_ms: ms});
  },
};

function wrapped(data: unknown): Reply {
  return {status: 200, body: {data}};
}

export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new HttpFailure(400, 'VALIDATION_ERROR', problems.join('; '));
}

/** Fails closed: without the database the answer is 503, never a guess and never a write that is kept for later. */
export async function needsDatabase<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    throw new HttpFailure(503, 'DB_UNAVAILABLE', `The database did not do it: ${messageOf(error)}`);
  }
}
