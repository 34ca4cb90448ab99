import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Kind, Look, Part} from '../src/domain/verdict.ts';
import {asInsecure, askShape, fromFailure, prepare, type Prepared} from './parts/ask.ts';
import {excerpt} from './parts/expect.ts';
import {httpStatus} from './parts/fields.ts';
import {errorIn} from './parts/http-expect.ts';
import {leftMs} from './parts/retries.ts';
import {withoutSecrets} from './parts/secrets.ts';

const anonymous = 'anonymous';
const subjectName = z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/, 'expected a name such as analyst');

const route = z
  .strictObject({
    path: z
      .string()
      .startsWith('/', 'expected a path such as /api/ops')
      .describe('Path, with a query if need be.'),
    method: z
      .enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
      .default('GET')
      .describe('The method.'),
    body: z.string().optional().describe('What is sent.'),
    safe: z
      .boolean()
      .default(false)
      .describe(
        'That a request of every subject does no harm, whether it is allowed or not; only for methods that change something.',
      ),
    allow: z.array(subjectName).min(1).describe('Who gets an answer; everybody else must be refused.'),
  })
  .refine(({method, safe}) => ['GET', 'HEAD', 'OPTIONS'].includes(method) || safe, {
    message: 'this method changes something: it is only tried with `safe: true`',
    path: ['safe'],
  });

const params = z
  .strictObject({
    url: askShape.url.describe('The address of the service; the paths of the routes are added to it.'),
    subjects: z
      .array(z.strictObject({name: subjectName.describe('What it is called.'), headers: askShape.headers}))
      .min(1)
      .max(20)
      .describe('Who asks, with the headers that say so. `anonymous`, without any, is always among them.'),
    routes: z.array(route).min(1).max(50).describe('What is asked for, and who may.'),
    allowStatus: z
      .array(httpStatus)
      .min(1)
      .optional()
      .describe('The HTTP status of an answer to one who may; else any 2xx.'),
    denyStatus: z.array(httpStatus).min(1).default([401, 403]).describe('The HTTP status of a refusal.'),
    tls: askShape.tls,
  })
  .superRefine(({subjects, routes}, context) => {
    const names = [...subjects.map(({name}) => name), anonymous];
    if (new Set(names).size < names.length)
      context.addIssue({code: 'custom', path: ['subjects'], message: 'two subjects have the same name'});
    routes.forEach(({allow}, i) => {
      const stranger = allow.find(name => !names.includes(name));
      if (stranger !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['routes', i, 'allow'],
          message: `there is no subject ${stranger}`,
        });
    });
    if (routes.every(({allow}) => names.every(name => allow.includes(name))))
      context.addIssue({
        code: 'custom',
        path: ['routes'],
        message: 'nobody must be refused anywhere, which proves nothing',
      });
  });
type Params = z.infer<typeof params>;
type Route = Params['routes'][number];

interface Cell {
  readonly part: Part;
  readonly kind: Kind;
}

interface Asking {
  readonly given: Params;
  readonly context: CheckContext;
  readonly beganMs: number;
}

/** What one subject gets on one route, against what it must get. */
async function tried(
  who: string,
  {send}: Prepared,
  {route: one, asking}: {route: Route; asking: Asking},
): Promise<Cell> {
  const {given, context, beganMs} = asking;
  const isAllowed = one.allow.includes(who);
  const expected = isAllowed
    ? `allowed (${given.allowStatus?.join(' or ') ?? '2xx'})`
    : `refused (${given.denyStatus.join(' or ')})`;
  const name = `${who} ${one.method} ${excerpt(one.path, 60)}`;
  const {answer, requestId} = await send(leftMs(context, beganMs));
  if (answer.at === 'failed') {
    const {verdict, kind, message} = fromFailure(answer);
    return {part: {name, verdict, message, expected, actual: message}, kind};
  }
  const {status} = answer;
  const isGiven = given.allowStatus?.includes(status) ?? (status >= 200 && status <= 299);
  const isRight = isAllowed ? isGiven : given.denyStatus.includes(status) && !isGiven;
  const {code} = errorIn(new TextDecoder().decode(answer.body));
  const actual = `HTTP ${status}${code === undefined ? '' : ` ${excerpt(code, 40)}`}`;
  return isRight
    ? {part: {name, verdict: 'pass', message: actual, expected, actual}, kind: 'assertion'}
    : {
        part: {
          name,
          verdict: 'fail',
          message: `expected ${expected}, got ${actual} (X-Request-Id ${requestId})`,
          expected,
          actual,
        },
        kind: 'assertion',
      };
}

/** Those who may ask first: a route that nobody reaches refuses nobody. */
async function routeCells(one: Route, who: ReadonlyMap<string, Prepared>, asking: Asking): Promise<Cell[]> {
  const cells: Cell[] = [];
  const [may, mayNot] = [true, false].map(isAllowed =>
    [...who].filter(([name]) => one.allow.includes(name) === isAllowed),
  );
  for (const [name, prepared] of may ?? []) cells.push(await tried(name, prepared, {route: one, asking}));
  const isReached = cells.some(({part}) => part.verdict === 'pass');
  for (const [name, prepared] of mayNot ?? [])
    cells.push(
      isReached
        ? await tried(name, prepared, {route: one, asking})
        : {
            part: {
              name: `${name} ${one.method} ${excerpt(one.path, 60)}`,
              verdict: 'unknown',
              message: 'not tried: nobody was allowed, so a refusal would prove nothing',
            },
            kind: 'noData',
          },
    );
  return cells;
}

function lookOf(cells: readonly Cell[]): Look {
  const verdict = rollUp(cells.map(({part}) => part.verdict));
  const worst = cells.filter(({part}) => part.verdict === verdict);
  const bad = cells.filter(({part}) => part.verdict !== 'pass').map(({part}) => part);
  const shown = bad.filter(part => part.verdict === verdict).slice(0, 3);
  const more = bad.length > shown.length ? `; and ${bad.length - shown.length} more` : '';
  const isAll = bad.length === 0;
  return {
    verdict,
    kind: worst[0]?.kind ?? 'noData',
    checked: verdict === 'unknown' ? 0 : cells.filter(({part}) => part.verdict !== 'unknown').length,
    message: isAll
      ? `${cells.length} of ${cells.length} as they must be`
      : `${shown.map(part => `${part.name}: ${part.message}`).join('; ')}${more}`,
    ...(isAll
      ? {}
      : {
          expected: shown.map(part => `${part.name} ${part.expected ?? ''}`).join('; '),
          actual: shown.map(part => `${part.name} ${part.actual ?? ''}`).join('; '),
        }),
    parts: cells.map(({part}) => part),
  };
}

async function look(given: Params, context: CheckContext): Promise<Look> {
  const asking = {given, context, beganMs: context.clock.monoMs()};
  const base = given.url.replace(/\/+$/, '');
  const cells: Cell[] = [];
  const secrets = [];
  for (const one of given.routes) {
    const who = new Map<string, Prepared>();
    for (const {name, headers} of [...given.subjects, {name: anonymous, headers: {}}]) {
      const {method, body} = one;
      const prepared = await prepare({url: base + one.path, method, headers, body, tls: given.tls}, context);
      if (!prepared.ok) return {...prepared.look, message: `${name}: ${prepared.look.message}`};
      who.set(name, prepared.value);
      secrets.push(...prepared.value.secrets);
    }
    cells.push(...(await routeCells(one, who, asking)));
  }
  const seen = withoutSecrets(lookOf(cells), secrets);
  return given.tls?.insecure === true ? asInsecure(seen) : seen;
}

export const rbacMatrix = defineCheck({
  type: 'rbacMatrix',
  summary: 'Every subject gets what it may, and is refused what it may not, on every route',
  example: `type: rbacMatrix
url: http://127.0.0.1:5000
subjects:
  - {name: wrong, headers: {X-Dash-Key: not-a-key}}
  - {name: analyst, headers: {X-Dash-Key: env:ANALYST_KEY}}
  - {name: admin, headers: {X-Dash-Key: env:ADMIN_KEY}}
routes:
  - {path: /api/ops/slo/status, allow: [analyst, admin]}
  - {path: /api/ops/dr/last, allow: [analyst, admin]}
  - {path: /api/ops/uptime/test, method: POST, safe: true, allow: [admin]}`,
  needsTrust: false,
  everyMs: 3_600_000,
  timeoutMs: 30_000,
  params,
  run: look,
});
