// Issue A, use it, issue B, A is refused, B is taken, revoke B: the order in which a rotation shows that it works.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {readPattern} from '../../src/pattern.ts';
import {answered, answerFields, exchange, filled, requestFields, statusRange} from './exchange.ts';
import type {Assertion} from './expect.ts';
import {readPath, valuesAt} from './json-path.ts';
import {parseJson} from './json.ts';
import {programEnv, programWords, runProgram} from './program.ts';

const jsonPath = z.string().refine(text => readPath(text) !== undefined, 'expected a path such as $.token');
const pattern = z.string().superRefine((text, context) => {
  const read = readPattern(text);
  if ('problem' in read) context.addIssue({code: 'custom', message: read.problem});
});

const program = z
  .strictObject({
    argv: programWords.describe('Program and arguments; `{id}` is filled in, the token never.'),
    env: programEnv.describe('Its variables besides QD_TOKEN; `env:NAME` passes one on.'),
  })
  .describe('A program; it finds the token in the environment variable QD_TOKEN.');

const oneWay = (given: {readonly http?: unknown; readonly command?: unknown}): boolean =>
  (given.http === undefined) !== (given.command === undefined);
const sayOne = 'say how: http or command';

export const tokenFields = z.strictObject({
  issue: z
    .strictObject({
      http: z
        .strictObject({...requestFields, method: requestFields.method.default('POST')})
        .optional()
        .describe('A request.'),
      command: program.optional(),
      token: jsonPath.optional().describe('Where in the JSON answer the token is, such as `$.token`.'),
      pattern: pattern.optional().describe('Or the RE2 pattern whose first group is the token.'),
      id: jsonPath.optional().describe('Where the id of the token is, for `{id}` when it is revoked.'),
    })
    .refine(oneWay, sayOne)
    .refine(
      ({token, pattern: re}) => (token === undefined) !== (re === undefined),
      'say where the token is: token or pattern',
    )
    .describe('How a token is issued, for an account that nobody else uses.'),
  revoke: z
    .strictObject({
      http: z
        .strictObject({...requestFields, method: requestFields.method.default('DELETE')})
        .optional()
        .describe('A request; `{token}` and `{id}` are filled in.'),
      command: program.optional(),
    })
    .refine(oneWay, sayOne)
    .describe('How a token is revoked; done whatever happened before.'),
  call: z
    .strictObject(requestFields)
    .describe('The protected request; `{token}` is filled in, as in `Authorization: Bearer {token}`.'),
  expectOld: answerFields
    .default({status: 401})
    .describe('What the older token must get once there is a newer one.'),
  expectNew: answerFields.default({status: 200}).describe('What a token in force must get.'),
});
export type TokenFields = z.infer<typeof tokenFields>;

/** Time for revoking after a limit was reached or the monitor stops. */
const cleanUpMs = 5_000;

interface Token {
  readonly value: string;
  readonly id: string | undefined;
}

/** The first look that ends the drill before its time. */
class Ended extends Error {
  readonly look: Look;
  constructor(look: Look) {
    super(look.message);
    this.look = look;
  }
}

export interface Drilled {
  readonly assertions: readonly Assertion[];
  /** What ended it early; the assertions are those made until then. */
  readonly ended: Look | undefined;
  /** Tokens; they belong in no message. */
  readonly secrets: readonly SecretValue[];
}

const failed = (message: string): Look => ({verdict: 'fail', kind: 'assertion', checked: 1, message});

export async function drillTokens(given: TokenFields, context: CheckContext): Promise<Drilled> {
  const secrets: SecretValue[] = [];
  const assertions: Assertion[] = [];
  const alive: {readonly name: string; readonly token: Token}[] = [];
  const nowMs = context.clock.nowMs();

  const issue = async (name: string): Promise<Token> => {
    const said = await issued(given, {secrets, context, name});
    const token = tokenIn(said, given.issue);
    if (token === undefined) throw new Ended(failed(`issuing ${name}: there is no token in the answer`));
    secrets.push({name: `token-${name}`, value: token.value});
    alive.push({name, token});
    return token;
  };
  const call = async (name: string, token: Token, isNew: boolean): Promise<boolean> => {
    const values = {token: token.value, id: token.id ?? ''};
    const answer = await exchange(filled(given.call, values), {secrets}, context);
    if (!answer.ok)
      throw new Ended({...answer.look, message: `calling with ${name}: ${answer.look.message}`});
    const expected = isNew ? given.expectNew : given.expectOld;
    const made = answered(name, answer, {expected, statuses: isNew ? [200] : [401], nowMs});
    assertions.push(...made);
    return made.every(({ok}) => ok === true);
  };

  let ended: Look | undefined;
  try {
    const a = await issue('A');
    // Without it nobody would know why A is refused later.
    if (!(await call('A alone', a, true)))
      throw new Ended(failed('the first token is not taken, so that nothing is shown by refusing it'));
    const b = await issue('B');
    if (b.value === a.value) throw new Ended(failed('the second token is the first one again'));
    if (await call('A after B', a, false)) alive.shift();
    await call('B', b, true);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    ended = error.look;
  } finally {
    assertions.push(...(await cleanedUp(given, {alive, secrets, context, nowMs})));
  }
  return {assertions, ended, secrets};
}

interface World {
  readonly secrets: readonly SecretValue[];
  readonly context: CheckContext;
}

async function issued(
  {issue}: TokenFields,
  {secrets, context, name}: World & {readonly name: string},
): Promise<string> {
  if (issue.http !== undefined) {
    const answer = await exchange(issue.http, {secrets, raw: true}, context);
    if (!answer.ok) throw new Ended({...answer.look, message: `issuing ${name}: ${answer.look.message}`});
    if (answer.status < 200 || answer.status > 299)
      throw new Ended(failed(`issuing ${name}: expected 2xx, got ${answer.status}`));
    return answer.text;
  }
  const {argv = [], env = {}} = issue.command ?? {};
  const ran = await runProgram({argv, env}, context);
  if (!ran.ok) throw new Ended({...ran.look, message: `issuing ${name}: ${ran.look.message}`});
  if (ran.status !== 0)
    throw new Ended(failed(`issuing ${name}: ${argv[0] ?? ''} ended with ${ran.status ?? 'a signal'}`));
  return ran.out;
}

function tokenIn(said: string, {token, pattern: re, id}: TokenFields['issue']): Token | undefined {
  const json = parseJson(said)?.value;
  const text = (path: string | undefined): string | undefined => {
    const value = path === undefined ? undefined : valuesAt(json, path).values[0];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const read = re === undefined ? undefined : readPattern(re);
  const found = read === undefined || 'problem' in read ? text(token) : read.first(said);
  return found === undefined || found === '' ? undefined : {value: found, id: text(id)};
}

/** Revokes every token that may still be in force, newest first, and sees that it is refused then. */
async function cleanedUp(
  given: TokenFields,
  {
    alive,
    secrets,
    context,
    nowMs,
  }: World & {
    readonly alive: readonly {readonly name: string; readonly token: Token}[];
    readonly nowMs: number;
  },
): Promise<Assertion[]> {
  const made: Assertion[] = [];
  const own = {signal: AbortSignal.timeout(cleanUpMs), timeoutMs: cleanUpMs};
  for (const {name, token} of [...alive].reverse()) {
    const values = {token: token.value, id: token.id ?? ''};
    const what = `${name} revoked`;
    const {revoke} = given;
    const expected = 'to be revoked';
    if (revoke.http !== undefined) {
      const answer = await exchange(filled(revoke.http, values), {secrets, ...own}, context);
      const isDone = answer.ok && answer.status >= 200 && answer.status <= 299;
      made.push({
        what,
        ok: isDone,
        expected,
        actual: answer.ok ? String(answer.status) : answer.look.message,
      });
    } else {
      const {argv = [], env = {}} = revoke.command ?? {};
      const words = argv.map(word => word.replaceAll('{id}', token.id ?? ''));
      const ran = await runProgram(
        {argv: words, env: {...env, QD_TOKEN: token.value}, secrets, ...own},
        context,
      );
      const isDone = ran.ok && ran.status === 0;
      made.push({
        what,
        ok: isDone,
        expected,
        actual: ran.ok ? `exit ${ran.status ?? 'by a signal'}` : ran.look.message,
      });
    }
    const after = await exchange(filled(given.call, values), {secrets, ...own}, context);
    if (after.ok)
      made.push(
        ...answered(`${name} after it was revoked`, after, {
          expected: {status: statusRange(400, 499)},
          statuses: [],
          nowMs,
        }),
      );
  }
  return made;
}
