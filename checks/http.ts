import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {HttpAnswer} from '../src/ports.ts';
import {contains, excerpt, judge, lacks} from './parts/expect.ts';
import type {Assertion} from './parts/expect.ts';
import {httpStatus, httpUrl, maxBodyBytes, requestHeaders} from './parts/fields.ts';
import {isObject, parseJson, subset} from './parts/json.ts';
import {cleanBytes, cleaner, resolveSecrets, withoutSecrets} from './parts/secrets.ts';

const expectation = z.strictObject({
  status: z
    .union([httpStatus, z.array(httpStatus).min(1)])
    .optional()
    .describe('The status, or a list of them; without it any 2xx. 401 can be right.'),
  json: z.record(z.string(), z.json()).optional().describe('What the JSON body must hold; it may hold more.'),
  bodyContains: z.string().min(1).optional().describe('Text that the body must contain.'),
  bodyNotContains: z.string().min(1).optional().describe('Text that the body must not contain.'),
  headers: z
    .record(z.string(), z.string())
    .optional()
    .describe('Headers the answer must have, with exactly this value; names in any case.'),
  latencyMs: z
    .strictObject({
      warn: z.int().min(1).optional().describe('Slower is a warning.'),
      fail: z.int().min(1).optional().describe('Slower is a failure.'),
    })
    .optional()
    .describe('Slower than `warn` is a warning, slower than `fail` a failure; milliseconds.'),
});

const params = z
  .strictObject({
    url: httpUrl.describe('The address; http: or https:.'),
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']).default('GET').describe('The method.'),
    headers: requestHeaders.default({}),
    body: z.string().optional().describe('What to send; only with POST.'),
    expect: expectation.default({}).describe('What the answer must be.'),
  })
  .refine(({method, body}) => body === undefined || method === 'POST', {
    message: 'a body is sent with method: POST only',
    path: ['body'],
  });
type Params = z.infer<typeof params>;
type Answered = Extract<HttpAnswer, {at: 'answered'}>;

const statusAssertion = (status: number, expected: number | readonly number[] | undefined): Assertion => {
  const list = expected === undefined ? undefined : typeof expected === 'number' ? [expected] : expected;
  return {
    what: 'status',
    ok: list === undefined ? status >= 200 && status <= 299 : list.includes(status),
    expected: list === undefined ? '2xx' : list.join(' or '),
    actual: String(status),
  };
};

function jsonAssertions(text: string, cut: boolean, expected: unknown): Assertion[] {
  const parsed = cut ? undefined : parseJson(text);
  if (parsed !== undefined) return subset(expected, parsed.value, 'json $');
  const actual = cut ? 'a body over 1 MiB' : text === '' ? 'an empty body' : JSON.stringify(excerpt(text));
  return [{what: 'body', ok: cut ? undefined : false, expected: 'JSON', actual}];
}

function latency(
  durationMs: number,
  {warn, fail}: {warn?: number | undefined; fail?: number | undefined},
): Assertion[] {
  const actual = `${durationMs} ms`;
  const limit = (ms: number, otherwise: 'warn' | 'fail'): Assertion => ({
    what: 'latency',
    ok: durationMs <= ms,
    expected: `at most ${ms} ms`,
    actual,
    otherwise,
  });
  return [
    ...(fail === undefined ? [] : [limit(fail, 'fail')]),
    ...(warn === undefined ? [] : [limit(warn, 'warn')]),
  ];
}

/** Code and request id of an error envelope `{"error": {code, request_id}}`, which is what a human searches for. */
function envelope(text: string): string {
  const value = parseJson(text)?.value;
  if (!isObject(value) || !isObject(value['error'])) return '';
  const {code, request_id: id} = value['error'];
  const words = [
    ...(typeof code === 'string' ? [`code ${excerpt(code, 60)}`] : []),
    ...(typeof id === 'string' ? [`request ${excerpt(id, 60)}`] : []),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function look(answer: Answered, {expect}: Params): Look {
  const {status, headers, cut, durationMs} = answer;
  const text = new TextDecoder().decode(answer.body);
  const assertions: Assertion[] = [
    statusAssertion(status, expect.status),
    ...(expect.json === undefined ? [] : jsonAssertions(text, cut, expect.json)),
    ...(expect.bodyContains === undefined
      ? []
      : [contains('body', text, {needle: expect.bodyContains, cut})]),
    ...(expect.bodyNotContains === undefined
      ? []
      : [lacks('body', text, {needle: expect.bodyNotContains, cut})]),
    ...Object.entries(expect.headers ?? {}).map(([name, value]) => {
      const actual = headers[name.toLowerCase()];
      return {
        what: `header ${name}`,
        ok: actual === value,
        expected: JSON.stringify(value),
        actual: actual === undefined ? 'nothing' : JSON.stringify(excerpt(actual)),
      };
    }),
    ...latency(durationMs, expect.latencyMs ?? {}),
  ];
  const judged = judge(assertions, `${status} in ${durationMs} ms`);
  const location = headers['location'];
  const redirect =
    status >= 300 && status <= 399 && location !== undefined && judged.verdict !== 'pass'
      ? ` (redirect to ${excerpt(location)}, not followed)`
      : '';
  const id = judged.verdict === 'fail' ? envelope(text) : '';
  return {...judged, message: judged.message + redirect + id};
}

/** What a request that got no answer means: the target's failure, or ours to look. */
function fromFailure(answer: Extract<HttpAnswer, {at: 'failed'}>): Look {
  const {kind, message} = answer;
  const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
  return {verdict: isOurs ? 'unknown' : 'fail', kind, checked: isOurs ? 0 : 1, message};
}

/** Sends one request with secrets resolved; the look that `read` makes of the answer comes back without them. */
export async function ask(
  request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | undefined;
  },
  context: CheckContext,
  read: (answer: Answered) => Look,
): Promise<Look> {
  const resolved = resolveSecrets(request.headers, context);
  if (!resolved.ok) return resolved.look;
  const answer = await context.http.request({
    method: request.method,
    url: request.url,
    headers: resolved.values,
    ...(request.body === undefined ? {} : {body: request.body}),
    timeoutMs: context.timeoutMs,
    maxBodyBytes,
    signal: context.signal,
  });
  const {secrets} = resolved;
  if (answer.at === 'failed') return withoutSecrets(fromFailure(answer), secrets);
  const clean = cleaner(secrets);
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, clean(value)]),
  );
  const look = read({...answer, headers, body: cleanBytes(answer.body, secrets)});
  return withoutSecrets({...look, code: answer.status}, secrets);
}

export const http = defineCheck({
  type: 'http',
  summary: 'An HTTP request gets the expected answer; redirects are not followed',
  example: `type: http
url: http://127.0.0.1:8080/api/auth/me
expect:
  status: 401
  json: {success: false, message: Not authenticated}
  latencyMs: {warn: 2000}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => ask(given, context, answer => look(answer, given)),
});
