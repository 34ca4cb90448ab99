import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {ask, askShape, type Answered} from './parts/ask.ts';
import {pathConditions} from './parts/condition.ts';
import {excerpt, judge} from './parts/expect.ts';
import {duration} from './parts/fields.ts';
import {errorIn, httpAssertions, httpExpectation} from './parts/http-expect.ts';
import {logMark, seenInLog, seenThere, type LogMark, type Sight} from './parts/follow-id.ts';
import {pause} from './parts/retries.ts';

const withId = askShape.url.refine(url => url.includes('{id}'), 'expected {id} where the request id belongs');

const place = z.union(
  [
    z.strictObject({
      log: z
        .string()
        .startsWith('/', 'expected an absolute path')
        .describe('A log file, of which only what is written after the request counts.'),
    }),
    z.strictObject({
      url: withId.describe('An address whose answer must have the id in it; `{id}` stands for the id.'),
      jsonAt: pathConditions
        .optional()
        .describe('What its JSON must hold besides, where an answer repeats what it was asked.'),
      headers: askShape.headers,
      tls: askShape.tls,
    }),
  ],
  {error: 'expected {log: /path} or {url: "http://…{id}"}'},
);

const {url, headers, tls, address} = askShape;

const params = z
  .strictObject({
    url,
    method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('The method.'),
    headers,
    body: z.string().optional().describe('What to send; only with POST.'),
    tls,
    address,
    expect: httpExpectation
      .default({})
      .describe('What the answer must be; a refusal is what is most worth following.'),
    mustAppearIn: z
      .array(place)
      .min(1)
      .max(10)
      .describe(
        'Where the id of the request must be found: log files, and addresses such as the one of an event ledger.',
      ),
    within: duration.default('5s').describe('How soon.'),
  })
  .refine(({method, body}) => body === undefined || method === 'POST', {
    message: 'a body is sent with method: POST only',
    path: ['body'],
  });
type Params = z.infer<typeof params>;
type Place = Params['mustAppearIn'][number];

const pollMs = 200;
const shortestId = 8;

const titleOf = (one: Place): string => ('log' in one ? one.log : one.url);

/** Looks at one place again and again until the id is there or the time is over. */
async function follow(
  look: (timeoutMs: number) => Promise<Sight>,
  {limitMs, context}: {readonly limitMs: number; readonly context: CheckContext},
): Promise<Sight> {
  const {clock} = context;
  const began = clock.monoMs();
  for (;;) {
    const left = limitMs - (clock.monoMs() - began);
    const sight = await look(Math.max(1, Math.round(left)));
    if (sight.at === 'found' || left <= pollMs || !(await pause(context, pollMs))) return sight;
  }
}

function partOf(title: string, sight: Sight, {within}: Params): Part {
  const expected = `the id within ${within}`;
  switch (sight.at) {
    case 'found':
      return {name: title, verdict: 'pass', message: sight.how};
    case 'missing':
      return {
        name: title,
        verdict: 'fail',
        message: `not there within ${within}`,
        expected,
        actual: sight.how,
      };
    case 'unknown':
      return {name: title, verdict: 'unknown', message: sight.how, expected, actual: 'nothing'};
  }
}

interface Trail {
  readonly given: Params;
  readonly context: CheckContext;
  readonly marks: ReadonlyMap<string, LogMark>;
}

async function trace(answer: Answered, {given, context, marks}: Trail): Promise<Look> {
  const judged = judge(httpAssertions(answer, given.expect, context.clock.nowMs()), `HTTP ${answer.status}`);
  const id = answer.headers['x-request-id'] ?? errorIn(new TextDecoder().decode(answer.body)).id;
  const answered: Part = {name: 'answer', verdict: judged.verdict, message: judged.message};
  if (id === undefined || id.length < shortestId) {
    const actual =
      id === undefined
        ? 'no request id'
        : `the request id ${JSON.stringify(id)}, too short to be told from other text`;
    const message = `the answer (HTTP ${answer.status}) has ${actual}, so that nothing can be followed`;
    return {
      ...judged,
      verdict: 'fail',
      kind: 'assertion',
      message,
      expected: 'a request id',
      actual,
      parts: [answered],
    };
  }
  const limitMs = Math.min(durationMs(given.within) ?? 0, context.timeoutMs);
  const seen = async (isMeant: (one: Place) => boolean): Promise<Part[]> =>
    Promise.all(
      given.mustAppearIn.filter(isMeant).map(async (one): Promise<Part> => {
        const sight = await follow(
          async timeoutMs =>
            'log' in one
              ? seenInLog(id, marks.get(one.log) ?? {path: one.log, sizeBytes: 0}, context)
              : seenThere(id, one, {context, timeoutMs}),
          {limitMs, context},
        );
        return partOf(titleOf(one), sight, given);
      }),
    );
  // Logs first: asking an address writes the id into the very log in which it must have been before.
  const inLogs = await seen(one => 'log' in one);
  const places = [...inLogs, ...(await seen(one => !('log' in one)))];
  const parts = [answered, ...places];
  const verdict = rollUp(parts.map(part => part.verdict));
  const bad = parts.filter(part => part.verdict === verdict);
  const own = id === answer.requestId ? '' : `, which is not the one that was sent (${answer.requestId})`;
  const told =
    verdict === 'pass'
      ? `found in ${places.length} places`
      : bad.map(part => `${part.name}: ${part.message}`).join('; ');
  return {
    verdict,
    kind: verdict === 'unknown' ? 'noData' : 'assertion',
    checked: judged.checked + places.filter(part => part.verdict !== 'unknown').length,
    message: `request ${excerpt(id, 60)}${own}: ${told}`,
    ...(verdict === 'pass'
      ? {}
      : {
          expected: bad.map(part => `${part.name} ${part.expected ?? judged.expected ?? ''}`).join('; '),
          actual: bad.map(part => `${part.name} ${part.actual ?? judged.actual ?? ''}`).join('; '),
        }),
    parts,
  };
}

export const correlate = defineCheck({
  type: 'correlate',
  summary: 'The id of one request is in its answer, in the log and wherever else it must be found afterwards',
  example: `type: correlate
url: http://127.0.0.1:8080/api/nothing
expect: {status: 404, errorCode: NOT_FOUND, requestId: echoed}
mustAppearIn:
  - {log: /var/log/app/app.log}
  - {url: "http://127.0.0.1:8080/api/events?resource_id={id}"}
within: 5s`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 15_000,
  params,
  run: async (given, context) => {
    const marks = new Map<string, LogMark>();
    for (const one of given.mustAppearIn)
      if ('log' in one) marks.set(one.log, await logMark(one.log, context));
    return ask(given, context, async answer => trace(answer, {given, context, marks}));
  },
});
