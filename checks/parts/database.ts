// Which database a check reads, and reading it: named by the site, by a reference, or by the path of an SQLite file.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import {addressProblem, postgresProtocols, postgresSample} from '../../src/domain/data-address.ts';
import {durationMs} from '../../src/domain/duration.ts';
import {secretReference} from '../../src/domain/secret.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import type {SqlAnswer, SqlTarget} from '../../src/look/sql.ts';
import {duration} from './fields.ts';
import {resolveSecret, withoutSecrets} from './secrets.ts';

const isReference = (text: string): boolean => secretReference(text).at !== 'wrong';

const dsn = z.string().superRefine((text, context) => {
  if (isReference(text)) return;
  const problem = addressProblem(text, postgresProtocols);
  if (problem === undefined) return;
  const message =
    problem === 'a password'
      ? 'a password is never written into this file: use env:NAME or file:/path for the whole address'
      : `expected env:NAME, file:/path, or an address such as ${postgresSample}`;
  context.addIssue({code: 'custom', message});
});

/** Words that a statement of a check may begin with: those that only read. */
const reads = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|with|values|table|show|explain|pragma)\b/i;

export const readQuery = z
  .string()
  .min(1)
  .max(20_000)
  .refine(text => reads.test(text), 'expected one statement that reads, beginning with select or with');

/** The fields that say where; exactly one of them is given. */
export const databaseFields = {
  source: z
    .string()
    .min(1)
    .optional()
    .describe('A database under `sources:` of the site file; or `dsn`, or `sqlite`.'),
  dsn: dsn.optional().describe('PostgreSQL: `env:NAME`, `file:/path`, or an address without a password.'),
  sqlite: z
    .string()
    .startsWith('/', 'expected an absolute path')
    .optional()
    .describe('An SQLite file, absolute.'),
  statementTimeout: duration.default('5s').describe('The database ends a statement after this.'),
};

interface Where {
  readonly source?: string | undefined;
  readonly dsn?: string | undefined;
  readonly sqlite?: string | undefined;
}

export const isOneDatabase = (given: Where): boolean =>
  [given.source, given.dsn, given.sqlite].filter(each => each !== undefined).length === 1;

export const oneDatabase = 'say where the database is: one of source, dsn and sqlite';

export type Found =
  | {readonly ok: true; readonly target: SqlTarget; readonly secrets: readonly SecretValue[]}
  | {readonly ok: false; readonly look: Look};

const couldNot = (message: string): Found => ({
  ok: false,
  look: {verdict: 'unknown', kind: 'config', checked: 0, message},
});

/** Where the fields lead; the secrets are those that messages of the database could repeat. */
export async function findDatabase(given: Where, context: CheckContext): Promise<Found> {
  if (given.sqlite !== undefined)
    return {ok: true, target: {type: 'sqlite', path: given.sqlite}, secrets: []};
  if (given.dsn !== undefined) return fromAddress('dsn', given.dsn, context);
  const source = context.sources.find(({name}) => name === given.source);
  if (source === undefined) return couldNot(`the site has no source ${given.source ?? ''}`);
  if (source.type === 'prometheus') return couldNot(`the source ${source.name} is no database`);
  if (source.type === 'sqlite') return {ok: true, target: {type: 'sqlite', path: source.path}, secrets: []};
  return fromAddress(`source ${source.name}`, source.url, context);
}

async function fromAddress(what: string, text: string, context: CheckContext): Promise<Found> {
  if (!isReference(text)) return {ok: true, target: {type: 'postgres', url: text}, secrets: []};
  const resolved = await resolveSecret(what, text, context);
  if (!resolved.ok) return resolved;
  const {value, secrets} = resolved;
  if (addressProblem(value, postgresProtocols) === 'not an address')
    return couldNot(`${what}: what ${text} names is no address such as ${postgresSample}`);
  return {
    ok: true,
    target: {type: 'postgres', url: value},
    secrets: [...secrets, ...passwordsIn(value)],
  };
}

function passwordsIn(url: string): SecretValue[] {
  const {password, searchParams} = new URL(url);
  return [password, searchParams.get('password') ?? '']
    .filter(text => text !== '')
    .flatMap(text => [text, decodeURIComponent(text)])
    .map(value => ({name: 'database-password', value}));
}

export interface Ask {
  readonly text: string;
  readonly values?: readonly string[];
  readonly maxRows?: number;
  readonly maxBytes?: number;
}

const maxRows = 1_000;
const maxBytes = 1024 * 1024;

/** One statement; what it answers comes back as it came, for `withoutSecrets` is the caller's to apply. */
export async function askDatabase(
  {target, statementTimeout}: {readonly target: SqlTarget; readonly statementTimeout: string},
  ask: Ask,
  context: CheckContext,
): Promise<SqlAnswer> {
  return context.sql.ask({
    target,
    text: ask.text,
    values: ask.values ?? [],
    statementMs: Math.min(durationMs(statementTimeout) ?? context.timeoutMs, context.timeoutMs),
    timeoutMs: context.timeoutMs,
    maxRows: ask.maxRows ?? maxRows,
    maxBytes: ask.maxBytes ?? maxBytes,
    signal: context.signal,
  });
}

/** What a failure to read means: the database's, or ours to look. */
export function databaseFailure(
  {kind, ours, message}: Extract<SqlAnswer, {at: 'failed'}>,
  secrets: readonly SecretValue[],
): Look {
  return withoutSecrets({verdict: ours ? 'unknown' : 'fail', kind, checked: ours ? 0 : 1, message}, secrets);
}
