// What an HTTP answer must be: the fields of the site file, and the assertions that they amount to.
import {createHash} from 'node:crypto';
import {z} from 'zod';
import type {Answered} from './ask.ts';
import {condition, pathConditions, pattern} from './condition.ts';
import {contains, excerpt, lacks, matches, type Assertion} from './expect.ts';
import {httpStatus} from './fields.ts';
import {isObject, parseJson, subset} from './json.ts';
import {meets, meetsAt} from './operators.ts';

export const httpExpectation = z.strictObject({
  status: z
    .union([httpStatus, z.array(httpStatus).min(1)])
    .optional()
    .describe('The status, or a list of them; without it any 2xx. 401 can be right.'),
  json: z.record(z.string(), z.json()).optional().describe('What the JSON body must hold; it may hold more.'),
  jsonAt: pathConditions.optional(),
  bodyContains: z.string().min(1).optional().describe('Text that the body must contain.'),
  bodyNotContains: z.string().min(1).optional().describe('Text that the body must not contain.'),
  bodyMatches: pattern.optional().describe('RE2 pattern that must be found in the body.'),
  bodyNotMatches: pattern.optional().describe('RE2 pattern that must not be found in the body.'),
  headers: z
    .record(z.string(), condition)
    .optional()
    .describe('Conditions on headers of the answer; names in any case, several of one name joined by `, `.'),
  errorCode: condition
    .optional()
    .describe('A condition on the code in an error such as `{"error": {"code": …, "request_id": …}}`.'),
  requestId: z
    .enum(['present', 'echoed'])
    .optional()
    .describe(
      'The answer must have a request id, in X-Request-Id or in its error; or the one that was sent.',
    ),
  sameTwice: z
    .enum(['body', 'error'])
    .optional()
    .describe(
      'Ask a second time, at once: `body` the same bytes with the same status, `error` the same status and error code.',
    ),
  latencyMs: z
    .strictObject({
      warn: z.int().min(1).optional().describe('Slower is a warning.'),
      fail: z.int().min(1).optional().describe('Slower is a failure.'),
    })
    .optional()
    .describe('Slower than `warn` is a warning, slower than `fail` a failure; milliseconds.'),
});
export type HttpExpectation = z.infer<typeof httpExpectation>;

function statusAssertion(status: number, expected: number | readonly number[] | undefined): Assertion {
  const list = expected === undefined ? undefined : typeof expected === 'number' ? [expected] : expected;
  return {
    what: 'status',
    ok: list === undefined ? status >= 200 && status <= 299 : list.includes(status),
    expected: list === undefined ? '2xx' : list.join(' or '),
    actual: String(status),
  };
}

interface Text {
  readonly text: string;
  readonly cut: boolean;
}

function jsonAssertions({text, cut}: Text, {json, jsonAt}: HttpExpectation, nowMs: number): Assertion[] {
  if (json === undefined && jsonAt === undefined) return [];
  const parsed = cut ? undefined : parseJson(text);
  if (parsed !== undefined)
    return [
      ...(json === undefined ? [] : subset(json, parsed.value, 'json $')),
      ...meetsAt(parsed.value, jsonAt ?? {}, nowMs),
    ];
  const actual = cut
    ? 'a body too long to be read whole'
    : text === ''
      ? 'an empty body'
      : JSON.stringify(excerpt(text));
  return [{what: 'body', ok: cut ? undefined : false, expected: 'JSON', actual}];
}

function bodyAssertions({text, cut}: Text, expect: HttpExpectation): Assertion[] {
  const {bodyContains, bodyNotContains, bodyMatches, bodyNotMatches} = expect;
  return [
    ...(bodyContains === undefined ? [] : [contains('body', text, {needle: bodyContains, cut})]),
    ...(bodyNotContains === undefined ? [] : [lacks('body', text, {needle: bodyNotContains, cut})]),
    ...(bodyMatches === undefined ? [] : [matches('body', text, {pattern: bodyMatches, wanted: true, cut})]),
    ...(bodyNotMatches === undefined
      ? []
      : [matches('body', text, {pattern: bodyNotMatches, wanted: false, cut})]),
  ];
}

/** Code and id of an error such as `{"error": {"code": …, "request_id": …}}`. */
export function errorIn(text: string): {readonly code?: string; readonly id?: string} {
  const value = parseJson(text)?.value;
  const error = isObject(value) ? value['error'] : undefined;
  if (!isObject(error)) return {};
  const {code} = error;
  const id = error['request_id'] ?? error['requestId'];
  return {
    ...(typeof code === 'string' ? {code} : {}),
    ...(typeof id === 'string' ? {id} : {}),
  };
}

function traceAssertions(
  {text}: Text,
  answer: Answered,
  expect: HttpExpectation,
  nowMs: number,
): Assertion[] {
  if (expect.errorCode === undefined && expect.requestId === undefined) return [];
  const {code, id} = errorIn(text);
  const inHeader = answer.headers['x-request-id'];
  const seen = inHeader ?? id;
  const actual = seen === undefined ? 'nothing' : excerpt(seen, 60);
  return [
    ...(expect.errorCode === undefined ? [] : meets('error code', code, expect.errorCode, nowMs)),
    ...(expect.requestId === 'present'
      ? [{what: 'request id', ok: seen !== undefined && seen !== '', expected: 'one', actual}]
      : []),
    ...(expect.requestId === 'echoed'
      ? [
          {
            what: 'request id',
            // An answer that says two different ids leads whoever follows it astray.
            ok: seen === answer.requestId && (id === undefined || id === answer.requestId),
            expected: answer.requestId,
            actual: id === undefined || id === seen ? actual : `${actual} and ${excerpt(id, 60)}`,
          },
        ]
      : []),
  ];
}

/** What must be alike in two answers to the same question. */
export function sameAssertion(first: Answered, second: Answered, by: 'body' | 'error'): Assertion {
  const said = ({status, body}: Answered): string => {
    if (by === 'body') return `${status} with SHA-256 ${createHash('sha256').update(body).digest('hex')}`;
    return `${status} with ${errorIn(new TextDecoder().decode(body)).code ?? 'no error code'}`;
  };
  const [before, after] = [said(first), said(second)];
  const isCut = by === 'body' && (first.cut || second.cut);
  const isNothing = by === 'error' && before.endsWith('no error code');
  return {
    what: 'asked twice',
    ok: isCut ? undefined : before === after && !isNothing,
    expected: isNothing ? 'an error code' : before,
    actual: isCut ? 'a body too long to be read whole' : after,
  };
}

function latencyAssertions(durationMs: number, {latencyMs = {}}: HttpExpectation): Assertion[] {
  const {warn, fail} = latencyMs;
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

/** Everything that the site file asks of an answer, the status always among it. */
export function httpAssertions(answer: Answered, expect: HttpExpectation, nowMs: number): Assertion[] {
  const body: Text = {text: new TextDecoder().decode(answer.body), cut: answer.cut};
  return [
    statusAssertion(answer.status, expect.status),
    ...jsonAssertions(body, expect, nowMs),
    ...bodyAssertions(body, expect),
    ...Object.entries(expect.headers ?? {}).flatMap(([name, given]) =>
      meets(`header ${name}`, answer.headers[name.toLowerCase()], given, nowMs),
    ),
    ...traceAssertions(body, answer, expect, nowMs),
    ...latencyAssertions(answer.durationMs, expect),
  ];
}

/** ` (code …, request …)` of an error, which is what a human searches for; empty where there is none. */
export function traceOf(answer: Answered): string {
  const {code, id} = errorIn(new TextDecoder().decode(answer.body));
  const seen = id ?? answer.headers['x-request-id'];
  const words = [
    ...(code === undefined ? [] : [`code ${excerpt(code, 60)}`]),
    ...(seen === undefined ? [] : [`request ${excerpt(seen, 60)}`]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
