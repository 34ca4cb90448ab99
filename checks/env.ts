import {createHash} from 'node:crypto';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {withoutForms} from './parts/secrets.ts';
import {condition, pathConditions, type Given} from './parts/condition.ts';
import {judge, verdictOf, type Assertion} from './parts/expect.ts';
import {onHost} from './parts/fields.ts';
import {unknown} from './parts/host/could-not.ts';
import {environmentOf, readEnvironments, type Environment} from './parts/host/environment.ts';
import {isObject, parseJson} from './parts/json.ts';
import {meets, meetsAt} from './parts/operators.ts';
import {figureName, sameFigure} from './parts/own-figures.ts';

const name = z.string().regex(/^[A-Za-z_]\w{0,127}$/, 'not the name of a variable');

const params = z
  .strictObject({
    of: environmentOf,
    on: onHost,
    when: z
      .record(name, condition)
      .optional()
      .describe('The check applies only while these hold; else it is skipped.'),
    expect: z
      .record(name, condition)
      .default({})
      .describe(
        'Variables and what they must be, such as `AUTH_MODE: enforced`, `API_KEY: {exists: true}` or `TOKEN: {length: {gte: 48}}`. A variable of white space alone is not set.',
      ),
    json: z
      .record(name, pathConditions)
      .default({})
      .describe('Variables that hold JSON, with conditions by path.'),
    figures: z
      .record(name, figureName)
      .default({})
      .describe(
        'Variables that say what this site says: `slo.target` (0.995), `slo.window` (in days), and of a check of this service `CHECK.every` (in seconds), `CHECK.strikes` (those to fail) or `CHECK.url` (its beginning).',
      ),
    together: z.array(z.array(name).min(2)).default([]).describe('Variables of which all are set, or none.'),
    secret: z
      .array(name)
      .default([])
      .describe('Variables of which no value is shown, besides those whose name or value says so.'),
  })
  .refine(
    ({expect, json, figures, together}) =>
      [expect, json, figures].some(map => Object.keys(map).length > 0) || together.length > 0,
    'say what is expected: `expect`, `json`, `figures` or `together`',
  )
  .refine(({of, on}) => of !== 'self' || on === 'local', {
    error: 'the console runs on this machine: `of: self` cannot have `on`',
    path: ['on'],
  });
type Params = z.infer<typeof params>;

const secretName =
  /(?:^|_)(?:KEYS?|SECRETS?|TOKENS?|PASSWORDS?|PASSWD|PASS|PWD|PASSPHRASE|DSN|CREDENTIALS?|PRIVATE|COOKIE|SALT|PEPPER|AUTH)(?:_|\d|$)/i;

/** Operators that say nothing by which a value would have to be shown. */
const quiet: ReadonlySet<string> = new Set(['exists', 'absent', 'length', 'type', 'sha256']);

const digest = (value: string): string =>
  `a value of ${value.length} characters, sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 12)}…`;

/** Variables hold text: a number or a truth in the site file means the text that it is written as. */
function asText(given: Given): Given {
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  if (!isObject(given)) return given;
  const text = (value: unknown): unknown =>
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return condition.parse(
    Object.fromEntries(
      Object.entries(given).map(([operator, want]) => {
        if (operator === 'in' || operator === 'notIn')
          return [operator, Array.isArray(want) ? want.map(text) : want];
        return [operator, operator === 'eq' || operator === 'ne' ? text(want) : want];
      }),
    ),
  );
}

function isSecret(variable: string, value: string | undefined, {secret}: Params): boolean {
  if (secret.includes(variable) || secretName.test(variable)) return true;
  return value !== undefined && (withoutForms(value) !== value || /:\/\/[^/\s]*:[^/\s]*@/.test(value));
}

/** The assertions without the value, where it must not be shown. */
function hiding(assertions: readonly Assertion[], value: string | undefined): readonly Assertion[] {
  const actual = value === undefined ? 'nothing' : digest(value);
  return assertions.map(one => ({...one, actual: /^\d+$/.test(one.actual) ? one.actual : actual}));
}

interface Setting {
  readonly nowMs: number;
  readonly service: CheckContext['service'];
}

interface Judged {
  readonly assertions: readonly Assertion[];
  readonly parts: readonly Part[];
}

function partOf(variable: string, value: string | undefined, assertions: readonly Assertion[]): Part {
  const bad = assertions.find(({ok}) => ok !== true);
  const state = value === undefined ? 'not set' : 'set';
  if (bad === undefined) return {name: variable, verdict: 'pass', message: state};
  const {expected, actual} = bad;
  return {
    name: variable,
    verdict: verdictOf(bad),
    message: `${state}, expected ${expected}`,
    expected,
    actual,
  };
}

function judgeOne(environment: Environment, given: Params, {nowMs, service}: Setting): Judged {
  const {expect, json, figures, together} = given;
  const judged = new Map<string, Assertion[]>();
  const add = (variable: string, assertions: readonly Assertion[]): void => {
    judged.set(variable, [...(judged.get(variable) ?? []), ...assertions]);
  };
  for (const [variable, wanted] of Object.entries(expect)) {
    const value = environment.get(variable);
    const isQuiet = isObject(wanted) && Object.keys(wanted).every(operator => quiet.has(operator));
    const assertions = meets(variable, value, asText(wanted), nowMs);
    add(variable, isQuiet || isSecret(variable, value, given) ? hiding(assertions, value) : assertions);
  }
  for (const [variable, paths] of Object.entries(json)) {
    const value = environment.get(variable);
    const parsed = value === undefined ? undefined : parseJson(value);
    const assertions =
      parsed === undefined
        ? [
            {
              what: variable,
              ok: false,
              expected: 'JSON',
              actual: value === undefined ? 'nothing' : digest(value),
            },
          ]
        : meetsAt(parsed.value, paths, nowMs).map(one => ({...one, what: `${variable} ${one.what}`}));
    add(variable, isSecret(variable, value, given) ? hiding(assertions, value) : assertions);
  }
  for (const [variable, figure] of Object.entries(figures)) {
    const value = environment.get(variable);
    const assertions = [sameFigure(variable, value, {name: figure, service})];
    add(variable, isSecret(variable, value, given) ? hiding(assertions, value) : assertions);
  }
  for (const group of together) {
    const set = group.filter(variable => environment.get(variable) !== undefined);
    const missing = group.filter(variable => !set.includes(variable));
    const what = group.join(', ');
    const actual = missing.length === 0 ? 'all' : set.length === 0 ? 'none' : `only ${set.join(', ')}`;
    const ok = set.length === 0 || missing.length === 0;
    add(missing[0] ?? group[0] ?? what, [{what, ok, expected: 'all of them set, or none', actual}]);
  }
  return {
    assertions: [...judged.values()].flat(),
    parts: [...judged].map(([variable, assertions]) =>
      partOf(variable, environment.get(variable), assertions),
    ),
  };
}

/** Why the check does not apply to this environment; undefined when it does. */
function notNow(environment: Environment, {when = {}}: Params, nowMs: number): string | undefined {
  const unmet = Object.entries(when).find(([variable, wanted]) =>
    meets(variable, environment.get(variable), asText(wanted), nowMs).some(({ok}) => ok !== true),
  );
  return unmet === undefined ? undefined : unmet[0];
}

function judgeAll(environments: readonly Environment[], given: Params, setting: Setting): Look {
  const {nowMs} = setting;
  const names = environments.map(({of}) => of).join(', ');
  const unmet = environments.map(one => notNow(one, given, nowMs));
  const applying = environments.filter((_, i) => unmet[i] === undefined);
  if (applying.length === 0) {
    const why = `${unmet.find(Boolean) ?? '?'} is not what \`when\` says`;
    return {
      verdict: 'skipped',
      kind: 'notConfigured',
      checked: 0,
      message: `does not apply to ${names}: ${why}`,
    };
  }
  const isOne = environments.length === 1;
  const judged = applying.map(one => {
    const {assertions, parts} = judgeOne(one, given, setting);
    const prefix = isOne ? '' : `${one.of}: `;
    return {
      assertions: assertions.map(each => ({...each, what: `${prefix}${each.what}`})),
      parts: parts.map(each => ({...each, name: `${prefix}${each.name}`})),
    };
  });
  const assertions = judged.flatMap(one => one.assertions);
  const count = judged.flatMap(one => one.parts).length;
  const look = judge(assertions, `${count} variables of ${names} are as they must be`);
  return {...look, parts: judged.flatMap(one => one.parts)};
}

export const env = defineCheck({
  type: 'env',
  summary: 'Variables in the environment of a running service, or in the file that it is started with',
  example: `type: env
of: {process: {command: api-server}}
expect:
  AUTH_MODE: enforced
  LOG_LEVEL: {notIn: [DEBUG, TRACE]}
  DATABASE_URL: {exists: true}
  API_KEY: {length: {gte: 32}, ne: YOUR_ADMIN_KEY}
json: {ROLES_JSON: {"$.*": {in: [admin, analyst]}}}
together: [[TELEGRAM_BOT_TOKEN, TELEGRAM_CHAT_ID]]
secret: [ROLES_JSON]`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    const {clock, signal, service} = context;
    if (signal.aborted) return unknown('noData', 'stopped before it was looked at');
    const read = await readEnvironments(given.of, context);
    return read.at === 'look'
      ? read.look
      : judgeAll(read.environments, given, {nowMs: clock.nowMs(), service});
  },
});
