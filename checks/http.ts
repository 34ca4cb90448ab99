import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import {ask, askShape, type Answered} from './parts/ask.ts';
import {judge, type Assertion} from './parts/expect.ts';
import {maxBodyBytes} from './parts/fields.ts';
import {httpAssertions, httpExpectation, sameAssertion, traceOf} from './parts/http-expect.ts';

const params = z
  .strictObject({
    ...askShape,
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']).default('GET').describe('The method.'),
    body: z
      .string()
      .optional()
      .describe('What to send; only with POST. `env:NAME` or `file:/path` as a whole takes it from there.'),
    maxBodyBytes: z
      .int()
      .min(1)
      .max(8 * 1024 * 1024)
      .default(maxBodyBytes)
      .describe(
        'More of the body, in bytes after decompression, is not read; what would need it is unknown.',
      ),
    expect: httpExpectation.default({}).describe('What the answer must be.'),
  })
  .refine(({method, body}) => body === undefined || method === 'POST', {
    message: 'a body is sent with method: POST only',
    path: ['body'],
  });

export const http = defineCheck({
  type: 'http',
  summary: 'An HTTP request, with an X-Request-Id of its own, gets the expected answer',
  example: `type: http
url: http://127.0.0.1:8080/api/auth/me
expect:
  status: 401
  json: {success: false, message: Not authenticated}
  headers: {cache-control: {contains: no-store}}
  latencyMs: {warn: 2000}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    const judged = (answer: Answered, more: readonly Assertion[] = []): Look => {
      const {status, durationMs} = answer;
      const assertions = [...httpAssertions(answer, given.expect, context.clock.nowMs()), ...more];
      const look = judge(assertions, `${status} in ${durationMs} ms`);
      const trace = look.verdict === 'fail' ? traceOf(answer) : '';
      return {...look, message: look.message + trace};
    };
    const {sameTwice} = given.expect;
    return ask(given, context, first =>
      sameTwice === undefined
        ? judged(first)
        : ask(given, context, second => judged(second, [sameAssertion(first, second, sameTwice)])),
    );
  },
});
