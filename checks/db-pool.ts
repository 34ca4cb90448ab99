import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {SqlRows} from '../src/look/sql.ts';
import {askDatabase, databaseFailure, databaseFields, findDatabase} from './parts/database.ts';
import type {Assertion} from './parts/expect.ts';
import {atMost, durationLimits, notOlder, numberLimits} from './parts/limits.ts';
import {withoutSecrets} from './parts/secrets.ts';
import {judgeInParts} from './parts/table.ts';

const params = z
  .strictObject({
    source: databaseFields.source,
    dsn: databaseFields.dsn,
    statementTimeout: databaseFields.statementTimeout,
    percent: numberLimits
      .default({warn: 80, fail: 95})
      .describe('Connections in use, in percent of those that ordinary accounts may have.'),
    waiting: numberLimits.optional().describe('Sessions that wait for a lock.'),
    idleInTransaction: numberLimits.optional().describe('Sessions that are idle inside a transaction.'),
    oldestTransaction: durationLimits.optional().describe('How long the oldest transaction may be open.'),
  })
  .refine(({source, dsn}) => (source === undefined) !== (dsn === undefined), {
    message: 'say where the database is: one of source and dsn',
  });
type Params = z.infer<typeof params>;

/**
 * One row. Sessions of other accounts are counted by all, and what they do is seen only by members of pg_monitor: they
 * are `hidden`. Connections kept for superusers, and since version 16 for others, are not there for the application.
 */
const query = `
select
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int as usable,
  count(*) filter (where backend_type = 'client backend' or (backend_type is null and datid is not null)) as used,
  count(*) filter (where backend_type is null and datid is not null) as hidden,
  count(*) filter (where state = 'active' and wait_event_type = 'Lock') as waiting,
  count(*) filter (where state like 'idle in transaction%') as idle,
  coalesce(extract(epoch from max(clock_timestamp() - xact_start)
    filter (where backend_type = 'client backend' and pid <> pg_backend_pid())), 0)::float8 as oldest
from pg_stat_activity`;

const percent = (value: number): string => `${value.toFixed(1)} %`;

/** What only members of pg_monitor see is undecided while sessions are hidden, unless it is too much already. */
function seen(hidden: number, assertions: readonly Assertion[]): Assertion[] {
  return assertions.map(one =>
    hidden > 0 && one.ok === true
      ? {
          ...one,
          ok: undefined,
          actual: `${one.actual}, and ${hidden} sessions that this account may not look at`,
        }
      : one,
  );
}

function judged({columns, rows}: SqlRows, given: Params): Look {
  const row = new Map(columns.map((name, i) => [name, Number(rows[0]?.[i] ?? NaN)]));
  const of = (name: string): number => row.get(name) ?? NaN;
  const [usable, used, hidden] = [of('usable'), of('used'), of('hidden')];
  if (!(usable > 0) || !(used > 0))
    return {verdict: 'unknown', kind: 'noData', checked: 0, message: 'the server names no sessions'};
  const share = (used * 100) / usable;
  const assertions = [
    ...atMost('connections', share, given.percent, percent),
    ...seen(hidden, [
      ...(given.waiting === undefined ? [] : atMost('waiting for a lock', of('waiting'), given.waiting)),
      ...(given.idleInTransaction === undefined
        ? []
        : atMost('idle in transaction', of('idle'), given.idleInTransaction)),
      ...(given.oldestTransaction === undefined
        ? []
        : notOlder('oldest transaction', of('oldest') * 1000, given.oldestTransaction)),
    ]),
  ];
  const look = judgeInParts(assertions, `${used} of ${usable} connections (${percent(share)})`);
  return look.verdict === 'pass'
    ? look
    : {...look, message: `${look.message} (${used} of ${usable} connections)`};
}

export const dbPool = defineCheck({
  type: 'dbPool',
  summary: 'Connections of a PostgreSQL server: how many are in use, wait, or stay open idle',
  example: `type: dbPool
dsn: env:DATABASE_URL
percent: {warn: 80, fail: 95}
waiting: {warn: 5, fail: 20}
idleInTransaction: {warn: 3}
oldestTransaction: {warn: 10m}`,
  needsTrust: true,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    const found = await findDatabase(given, context);
    if (!found.ok) return found.look;
    const {target, secrets} = found;
    if (target.type !== 'postgres')
      return {
        verdict: 'unknown',
        kind: 'config',
        checked: 0,
        message: 'only PostgreSQL has a pool of connections',
      };
    const answer = await askDatabase(
      {target, statementTimeout: given.statementTimeout},
      {text: query},
      context,
    );
    return answer.at === 'failed'
      ? databaseFailure(answer, secrets)
      : withoutSecrets(judged(answer, given), secrets);
  },
});
