// One HTTP request of a check that makes several, with what stands in braces filled in, and what its answer must be.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {pathConditions} from './condition.ts';
import {excerpt} from './expect.ts';
import type {Assertion} from './expect.ts';
import {httpStatus, httpUrl, maxBodyBytes, requestHeaders} from './fields.ts';
import {parseJson} from './json.ts';
import {meetsAt} from './operators.ts';
import {cleanBytes, resolveSecrets, withoutSecrets} from './secrets.ts';

export const requestFields = {
  url: httpUrl.describe('The address.'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('The method.'),
  headers: requestHeaders.default({}),
  body: z.string().optional().describe('What to send.'),
};

export const answerFields = z.strictObject({
  status: z
    .union([httpStatus, z.array(httpStatus).min(1)])
    .optional()
    .describe('The status, or a list of them.'),
  json: pathConditions.optional(),
  bodyContains: z.string().min(1).optional().describe('Text that the body must contain.'),
});
export type AnswerFields = z.infer<typeof answerFields>;

export interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export type Exchanged =
  | {readonly ok: true; readonly status: number; readonly text: string; readonly cut: boolean}
  | {readonly ok: false; readonly look: Look};

/** `{name}` → its value, wherever it stands; in addresses it is encoded. */
export function filled(request: Exchange, values: Readonly<Record<string, string>>): Exchange {
  const fill = (text: string, encode: (value: string) => string = value => value): string =>
    Object.entries(values).reduce((done, [name, value]) => done.replaceAll(`{${name}}`, encode(value)), text);
  return {
    method: request.method,
    url: fill(request.url, encodeURIComponent),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, text]) => [name, fill(text)])),
    ...(request.body === undefined ? {} : {body: fill(request.body)}),
  };
}

/** Sends it; the text that comes back is without `secrets`, unless it is `raw`. */
export async function exchange(
  request: Exchange,
  {
    secrets,
    raw = false,
    signal,
    timeoutMs,
  }: {
    readonly secrets: readonly SecretValue[];
    readonly raw?: boolean;
    readonly signal?: AbortSignal;
    readonly timeoutMs?: number;
  },
  context: CheckContext,
): Promise<Exchanged> {
  const resolved = resolveSecrets(request.headers, context);
  if (!resolved.ok) return resolved;
  const all = [...secrets, ...resolved.secrets];
  const answer = await context.http.request({
    method: request.method,
    url: request.url,
    headers: resolved.values,
    ...(request.body === undefined ? {} : {body: request.body}),
    timeoutMs: timeoutMs ?? context.timeoutMs,
    maxBodyBytes,
    signal: signal ?? context.signal,
  });
  if (answer.at === 'failed') {
    const {kind, message} = answer;
    const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
    const look: Look = {verdict: isOurs ? 'unknown' : 'fail', kind, checked: isOurs ? 0 : 1, message};
    return {ok: false, look: withoutSecrets(look, all)};
  }
  const bytes = raw ? answer.body : cleanBytes(answer.body, all);
  return {ok: true, status: answer.status, text: new TextDecoder().decode(bytes), cut: answer.cut};
}

/** What the answer must be; `statuses` hold where the site says nothing else. */
export function answered(
  what: string,
  {status, text, cut}: Extract<Exchanged, {ok: true}>,
  {
    expected,
    statuses,
    nowMs,
  }: {
    readonly expected: AnswerFields;
    readonly statuses: readonly number[];
    readonly nowMs: number;
  },
): Assertion[] {
  const wanted = expected.status === undefined ? statuses : [expected.status].flat();
  const list = wanted.length > 4 ? `${wanted[0] ?? ''} to ${wanted.at(-1) ?? ''}` : wanted.join(' or ');
  const isRight = wanted.includes(status);
  const said = isRight || text === '' ? '' : ` (${excerpt(text, 80)})`;
  const json = cut ? undefined : parseJson(text)?.value;
  return [
    {what, ok: isRight, expected: list, actual: `${status}${said}`},
    ...(expected.json === undefined
      ? []
      : json === undefined
        ? [{what, ok: cut ? undefined : false, expected: 'JSON', actual: JSON.stringify(excerpt(text, 80))}]
        : meetsAt(json, expected.json, nowMs).map(one => ({...one, what: `${what} ${one.what}`}))),
    ...(expected.bodyContains === undefined
      ? []
      : [
          {
            what,
            ok: text.includes(expected.bodyContains) ? true : cut ? undefined : false,
            expected: `to contain ${JSON.stringify(expected.bodyContains)}`,
            actual: JSON.stringify(excerpt(text, 80)),
          },
        ]),
  ];
}

/** Every status from one to the other. */
export const statusRange = (from: number, to: number): number[] =>
  Array.from({length: to - from + 1}, (_, i) => from + i);
