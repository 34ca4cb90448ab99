// One HTTP question of a check: secrets resolved at the last moment, an id with every request, redirects and retries.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import type {HttpAnswer, HttpRequest} from '../../src/ports.ts';
import {excerpt} from './expect.ts';
import {httpUrl, ipAddress, maxBodyBytes, requestHeaders} from './fields.ts';
import {isReference, resolveReferences, type Found} from './reference.ts';
import {nextHop, type Redirects} from './redirects.ts';
import {leftMs, retries, withRetries, type Retries} from './retries.ts';
import {cleanBytes, cleaner, withoutSecrets} from './secrets.ts';
import {httpTls, tlsMeans} from './tls-fields.ts';

/** Fields of every check that asks one address over HTTP. */
export const askShape = {
  url: httpUrl.describe('The address; http: or https:.'),
  headers: requestHeaders.default({}),
  tls: httpTls.optional(),
  redirects: z
    .enum(['none', 'sameOrigin'])
    .default('none')
    .describe(
      'Whether to follow redirects: at most 3, to the same scheme, host and port, without the headers above.',
    ),
  address: ipAddress
    .optional()
    .describe(
      'Connect there, whatever the name in the address leads to; the name is still what is asked for.',
    ),
  retries,
};

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text, or a reference to one. */
  readonly body?: string | undefined;
  readonly tls?: z.infer<typeof httpTls> | undefined;
  readonly redirects?: Redirects | undefined;
  readonly address?: string | undefined;
  readonly retries?: Retries;
  readonly maxBodyBytes?: number;
}

export type Answered = Extract<HttpAnswer, {at: 'answered'}> & {
  /** What was sent as X-Request-Id. */
  readonly requestId: string;
};

/** What a request that got no answer means: the target's failure, or ours to look. */
export function fromFailure({
  kind,
  message,
}: Pick<Extract<HttpAnswer, {at: 'failed'}>, 'kind' | 'message'>): Look {
  const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
  return {verdict: isOurs ? 'unknown' : 'fail', kind, checked: isOurs ? 0 : 1, message};
}

const idHeader = 'x-request-id';

/** A UUID of version 4, which every server takes for an id. */
function freshId({random}: CheckContext): string {
  const hex = Buffer.from(random.bytes(16)).toString('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Without this the message already says which one it was. */
function withId(look: Look, id: string): Look {
  const isTold = look.verdict !== 'fail' || look.kind === 'dns' || look.message.includes(id);
  return isTold ? look : {...look, message: `${look.message} (X-Request-Id ${id})`};
}

/** Nobody knows who answered: what looks right is a warning. */
export function asInsecure(look: Look): Look {
  const message = `${look.message}; the certificate was not verified (insecure)`;
  return look.verdict === 'pass' ? {...look, verdict: 'warn', message} : {...look, message};
}

interface Exchange {
  readonly answer: HttpAnswer;
  /** What is to be said about redirects, such as where one led and why it was not followed. */
  readonly note: string;
}

async function exchange(
  first: HttpRequest,
  {redirects, hasSecretBody, context}: {redirects: Redirects; hasSecretBody: boolean; context: CheckContext},
): Promise<Exchange> {
  const began = context.clock.monoMs();
  let request = first;
  let spentMs = 0;
  for (let hops = 0; ; hops += 1) {
    const answer = await context.http.request(request);
    spentMs += answer.durationMs;
    const whole = {...answer, durationMs: spentMs};
    if (answer.at === 'failed')
      return {answer: whole, note: hops === 0 ? '' : ` (after the redirect to ${excerpt(request.url)})`};
    const next = nextHop({request, answer, redirects, hops, hasSecretBody});
    if (next.at === 'stay') return {answer: whole, note: next.note};
    request = {...next.request, timeoutMs: leftMs({...context, timeoutMs: first.timeoutMs}, began)};
  }
}

/** A request that needs nothing more than to be sent. */
export interface Prepared {
  readonly secrets: readonly SecretValue[];
  readonly isInsecure: boolean;
  /** Sends it with a fresh id; the answer comes without the secrets. */
  readonly send: (timeoutMs: number) => Promise<Exchange & {readonly requestId: string}>;
}

/** Resolves what a request refers to, or says why it cannot. */
export async function prepare(given: Asked, context: CheckContext): Promise<Found<Prepared>> {
  const {url, method, redirects = 'none', tls} = given;
  const headers = await resolveReferences(given.headers, context);
  if (!headers.ok) return headers;
  const body = given.body === undefined ? undefined : await resolveReferences({body: given.body}, context);
  if (body?.ok === false) return body;
  const meant = tls === undefined ? undefined : await tlsMeans(tls, context);
  if (meant?.ok === false) return meant;
  const secrets = [...headers.secrets, ...(body?.secrets ?? []), ...(meant?.value.secrets ?? [])];
  const hasSecretBody = given.body !== undefined && isReference(given.body);
  const ownId = Object.entries(headers.values).find(([name]) => name.toLowerCase() === idHeader)?.[1];
  const clean = cleaner(secrets);
  const isInsecure = tls?.insecure === true;

  const send = async (timeoutMs: number) => {
    const requestId = ownId ?? freshId(context);
    const request: HttpRequest = {
      method,
      url,
      headers: ownId === undefined ? {...headers.values, 'X-Request-Id': requestId} : headers.values,
      ...(body === undefined ? {} : {body: body.values['body'] ?? ''}),
      ...(meant === undefined ? {} : {tls: {...meant.value.means, insecure: isInsecure}}),
      ...(given.address === undefined ? {} : {address: given.address}),
      timeoutMs,
      maxBodyBytes: given.maxBodyBytes ?? maxBodyBytes,
      signal: context.signal,
    };
    const {answer, note} = await exchange(request, {redirects, hasSecretBody, context});
    if (answer.at === 'failed') return {answer, note, requestId};
    const cleanHeaders: Record<string, string> = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, clean(value)] as const),
    );
    return {
      answer: {...answer, headers: cleanHeaders, body: cleanBytes(answer.body, secrets)},
      note,
      requestId,
    };
  };
  return {ok: true, value: {secrets, isInsecure, send}};
}

/**
 * Sends one request with secrets resolved; the look that `read` makes of the answer comes back without them, with the
 * id that was sent when it is a failure, and never better than a warning where nobody knows who answered.
 */
export async function ask(
  given: Asked,
  context: CheckContext,
  read: (answer: Answered) => Look | Promise<Look>,
): Promise<Look> {
  const prepared = await prepare(given, context);
  if (!prepared.ok) return prepared.look;
  const {secrets, isInsecure, send} = prepared.value;
  const attempt = async (timeoutMs: number): Promise<Look> => {
    const {answer, note, requestId} = await send(timeoutMs);
    const look = answer.at === 'failed' ? fromFailure(answer) : await read({...answer, requestId});
    const told = {
      ...look,
      ...(answer.at === 'failed' ? {} : {code: answer.status}),
      ...(look.verdict === 'pass' ? {} : {message: look.message + note}),
    };
    return withId(isInsecure ? asInsecure(told) : told, requestId);
  };
  return withoutSecrets(await withRetries(given.retries, context, attempt), secrets);
}
