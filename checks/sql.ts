import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {SecretValue} from '../src/domain/secret.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {SqlCell, SqlRows} from '../src/look/sql.ts';
import {condition} from './parts/condition.ts';
import type {Given} from './parts/condition.ts';
import {
  askDatabase,
  databaseFailure,
  databaseFields,
  findDatabase,
  isOneDatabase,
  oneDatabase,
  readQuery,
} from './parts/database.ts';
import {excerpt, judge} from './parts/expect.ts';
import type {Assertion} from './parts/expect.ts';
import {isObject} from './parts/json.ts';
import {meets} from './parts/operators.ts';
import {withoutSecrets} from './parts/secrets.ts';

const params = z
  .strictObject({
    ...databaseFields,
    query: readQuery.describe('One statement that reads; it runs in a read-only transaction.'),
    values: z
      .array(z.string())
      .default([])
      .describe(
        'Values for `$1`, `$2` … (`?1`, `?2` … for SQLite); they never become part of the statement.',
      ),
    sameAs: z
      .strictObject({source: databaseFields.source, dsn: databaseFields.dsn, sqlite: databaseFields.sqlite})
      .refine(isOneDatabase, oneDatabase)
      .optional()
      .describe(
        'Another database, such as a restored one, which must give the very same rows, in their order, to the same query.',
      ),
    expect: z
      .strictObject({
        scalar: condition
          .optional()
          .describe('A condition on the only value; no row, or NULL, is `unknown` (noData).'),
        rows: condition.optional().describe('A condition on the number of rows; `0` is a legitimate answer.'),
        columns: z
          .record(z.string().min(1), condition)
          .optional()
          .describe('Conditions on columns, which every row must meet; without rows nothing was checked.'),
      })
      .default({})
      .describe('What must be true of the answer; without it, that there is a row.'),
  })
  .refine(isOneDatabase, oneDatabase);
type Params = z.infer<typeof params>;

/** Whether a condition speaks of null itself; to any other, NULL is no data (`sum()` over nothing). */
const asksForNull = (given: Given): boolean =>
  given === null ||
  (isObject(given) &&
    (given['eq'] === null ||
      given['ne'] === null ||
      given['exists'] === true ||
      given['type'] !== undefined));

const undecided = (what: string, expected: string, actual: string): Assertion => ({
  what,
  ok: undefined,
  expected,
  actual,
});

function scalarOf({rows, columns}: SqlRows, given: Given, nowMs: number): Assertion[] {
  const [first] = rows;
  if (first === undefined) return [undecided('scalar', 'a value', 'no row')];
  if (rows.length > 1 || columns.length !== 1) {
    const size = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} of ${columns.length} columns`;
    return [undecided('scalar', 'one value', size)];
  }
  const value = first[0] ?? null;
  if (value === null && !asksForNull(given)) return [undecided('scalar', 'a value', 'NULL')];
  return meets(columns[0] ?? 'scalar', value, given, nowMs);
}

function columnOf({rows, columns}: SqlRows, name: string, given: Given, nowMs: number): Assertion[] {
  const at = columns.indexOf(name);
  if (at === -1) return [undecided(name, 'a column of the answer', `columns ${columns.join(', ')}`)];
  if (rows.length === 0) return [undecided(name, 'rows', 'none')];
  return rows.flatMap((row: readonly SqlCell[], i) =>
    meets(`${name} (row ${i + 1})`, row[at] ?? null, given, nowMs),
  );
}

function judged(answer: SqlRows, {expect}: Params, more: readonly Assertion[], nowMs: number): Look {
  const {rows, cut, durationMs} = answer;
  const count = rows.length;
  const assertions = [
    ...(cut ? [undecided('rows', 'an answer that can be read whole', `more than ${count} rows`)] : []),
    ...(expect.rows === undefined || cut ? [] : meets('rows', count, expect.rows, nowMs)),
    ...(expect.scalar === undefined ? [] : scalarOf(answer, expect.scalar, nowMs)),
    ...Object.entries(expect.columns ?? {}).flatMap(([name, given]) => columnOf(answer, name, given, nowMs)),
    ...more,
  ];
  const said = count === 1 && rows[0]?.length === 1 ? String(rows[0][0] ?? 'NULL') : `${count} rows`;
  if (assertions.length > 0) return judge(assertions, `${said} in ${durationMs} ms`);
  return count === 0
    ? {verdict: 'unknown', kind: 'noData', checked: 0, message: 'no row'}
    : {verdict: 'pass', kind: 'assertion', checked: 1, message: `${said} in ${durationMs} ms`};
}

/** Whether the other database says the same, row for row; what is no whole answer is undecided. */
function alike(here: SqlRows, there: SqlRows): Assertion {
  const what = 'rows of the other database';
  const [expected, actual] = [here, there].map(({rows}) => `${rows.length} rows`);
  const one = {what, expected: expected ?? '', actual: actual ?? ''};
  if (here.cut || there.cut) return {...one, ok: undefined, actual: 'more rows than are read'};
  if (here.rows.length === 0 && there.rows.length === 0) return {...one, ok: undefined, expected: 'rows'};
  const texts = here.rows.map(row => JSON.stringify(row));
  const differs = texts.findIndex((text, i) => text !== JSON.stringify(there.rows[i]));
  if (differs === -1) return {...one, ok: texts.length === there.rows.length};
  const show = (text: string | undefined): string => (text === undefined ? 'no row' : excerpt(text));
  return {
    what: `row ${differs + 1} of the other database`,
    ok: false,
    expected: show(texts[differs]),
    actual: show(there.rows[differs] === undefined ? undefined : JSON.stringify(there.rows[differs])),
  };
}

/** The answer of the database that is compared with, or the look that says why there is none. */
async function otherAnswer(
  given: Params & {readonly sameAs: NonNullable<Params['sameAs']>},
  context: CheckContext,
): Promise<
  | {readonly ok: true; readonly answer: SqlRows; readonly secrets: readonly SecretValue[]}
  | {readonly ok: false; readonly look: Look}
> {
  const found = await findDatabase(given.sameAs, context);
  if (!found.ok) return found;
  const {target, secrets} = found;
  const answer = await askDatabase(
    {target, statementTimeout: given.statementTimeout},
    {text: given.query, values: given.values},
    context,
  );
  if (answer.at !== 'failed') return {ok: true, answer, secrets};
  const look = databaseFailure(answer, secrets);
  return {ok: false, look: {...look, message: `the other database: ${look.message}`}};
}

export const sql = defineCheck({
  type: 'sql',
  summary: 'A query on PostgreSQL or SQLite, in a read-only transaction, gives what is expected',
  example: `type: sql
sqlite: /var/lib/app/app.db
query: select count(*) as failed from jobs where state = ?1
values: [failed]
expect: {scalar: {lte: 5}}`,
  needsTrust: true,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    const found = await findDatabase(given, context);
    if (!found.ok) return found.look;
    const {target, secrets} = found;
    const where = {target, statementTimeout: given.statementTimeout};
    const answer = await askDatabase(where, {text: given.query, values: given.values}, context);
    if (answer.at === 'failed') return databaseFailure(answer, secrets);
    const nowMs = context.clock.nowMs();
    const {sameAs} = given;
    if (sameAs === undefined) return withoutSecrets(judged(answer, given, [], nowMs), secrets);
    const other = await otherAnswer({...given, sameAs}, context);
    if (!other.ok) return withoutSecrets(other.look, secrets);
    const look = judged(answer, given, [alike(answer, other.answer)], nowMs);
    return withoutSecrets(look, [...secrets, ...other.secrets]);
  },
});
