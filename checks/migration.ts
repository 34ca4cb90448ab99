import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Kind, Look, Part, Verdict} from '../src/domain/verdict.ts';
import {
  askDatabase,
  databaseFailure,
  databaseFields,
  findDatabase,
  isOneDatabase,
  oneDatabase,
  readQuery,
} from './parts/database.ts';
import {excerpt} from './parts/expect.ts';
import {lastLine, programEnv, programWords, runProgram} from './parts/program.ts';
import {readRevisions} from './parts/revisions.ts';
import {withoutSecrets} from './parts/secrets.ts';
import {readVariable, serviceVariable} from './parts/service-env.ts';

const head = z.string().regex(/^[0-9A-Za-z][\w.-]{0,99}$/, 'expected the name of a revision');
const heads = z.union([head, z.array(head).min(1)]);
const absolute = z.string().startsWith('/', 'expected an absolute path');

const params = z
  .strictObject({
    expected: heads.optional().describe('The head that is expected, or several.'),
    expectedEnv: serviceVariable
      .optional()
      .describe('The variable of the service that names it; not set is `not configured`.'),
    code: z
      .strictObject({
        versions: absolute.optional().describe("Alembic's folder of migrations."),
        command: programWords
          .optional()
          .describe('A program that prints the heads, one a line, such as [alembic, heads].'),
        cwd: absolute.optional().describe('Its working directory; else the folder of the site.'),
        env: programEnv.describe('Its variables; `env:NAME` passes one on.'),
        heads: heads.optional().describe('Or the heads themselves.'),
      })
      .refine(
        ({versions, command, heads: given}) =>
          [versions, command, given].filter(one => one !== undefined).length === 1,
        'say where the heads of the code are: one of versions, command and heads',
      )
      .optional()
      .describe('What the deployed code brings.'),
    database: z
      .strictObject({
        ...databaseFields,
        query: readQuery
          .default('select version_num from alembic_version')
          .describe('What gives the heads that the database is at, one a row.'),
      })
      .refine(isOneDatabase, oneDatabase)
      .optional()
      .describe('What the database is at.'),
    single: z.boolean().default(true).describe('Several heads are a failure, even where they agree.'),
  })
  .refine(({code, database}) => code !== undefined || database !== undefined, {
    message: 'there is nothing to look at: give code or database',
  })
  .refine(({expected, expectedEnv}) => expected === undefined || expectedEnv === undefined, {
    message: 'expected and expectedEnv say the same: give one of them',
  });
type Params = z.infer<typeof params>;

const sides = ['expected', 'code', 'database'] as const;
type SideName = (typeof sides)[number];

type Side =
  | {readonly at: 'heads'; readonly heads: readonly string[]; readonly known?: ReadonlySet<string>}
  | {readonly at: 'none'; readonly why: string}
  | {readonly at: 'look'; readonly look: Look};

const headsOf = (given: string | readonly string[]): Side => ({
  at: 'heads',
  heads: [...new Set([given].flat())].sort(),
});

const couldNot = (kind: Kind, message: string): Side => ({
  at: 'look',
  look: {verdict: 'unknown', kind, checked: 0, message},
});

async function expectedSide({expected, expectedEnv}: Params, context: CheckContext): Promise<Side> {
  if (expected !== undefined) return headsOf(expected);
  if (expectedEnv === undefined) return {at: 'none', why: 'not configured'};
  const read = await readVariable(expectedEnv, context);
  if ('problem' in read) return couldNot('noData', read.problem);
  const named = (read.value ?? '').split(',').flatMap(one => one.trim() || []);
  return named.length === 0 ? {at: 'none', why: `${expectedEnv.name} is not set`} : headsOf(named);
}

/** `3f2a (head)`, or several with commas: the first word of each is the revision. */
const printed = (text: string): string[] =>
  text.split(/[\n,]/).flatMap(line => /^\s*([0-9A-Za-z][\w.-]*)(?:\s+\(.*\))?\s*$/.exec(line)?.[1] ?? []);

async function codeSide({code}: Params, context: CheckContext): Promise<Side> {
  if (code === undefined) return {at: 'none', why: 'not configured'};
  if (code.heads !== undefined) return headsOf(code.heads);
  if (code.versions !== undefined) {
    const read = await readRevisions(code.versions, context);
    return 'problem' in read
      ? couldNot('noData', read.problem)
      : {at: 'heads', heads: read.heads, known: read.all};
  }
  const ran = await runProgram({argv: code.command ?? [], env: code.env, cwd: code.cwd}, context);
  if (!ran.ok) return {at: 'look', look: ran.look};
  const found = printed(ran.out);
  if (ran.status === 0 && !ran.cut && found.length > 0) return headsOf(found);
  const said = lastLine(ran.err) || lastLine(ran.out);
  const how = ran.status === 0 ? 'named no head' : `ended with ${ran.status ?? 'a signal'}`;
  return couldNot('noData', `${code.command?.[0] ?? ''} ${how}${said === '' ? '' : ` (${said})`}`);
}

const noTable = /no such table|does not exist/;

async function databaseSide({database}: Params, context: CheckContext): Promise<Side> {
  if (database === undefined) return {at: 'none', why: 'not configured'};
  const found = await findDatabase(database, context);
  if (!found.ok) return {at: 'look', look: found.look};
  const {target, secrets} = found;
  const answer = await askDatabase(
    {target, statementTimeout: database.statementTimeout},
    {text: database.query},
    context,
  );
  if (answer.at === 'rows') {
    if (answer.cut) return couldNot('noData', 'the database names too many heads to be read');
    return {at: 'heads', heads: answer.rows.map(([cell]) => excerpt(String(cell ?? ''), 100)).sort()};
  }
  const isNew =
    answer.kind === 'config' && noTable.test(answer.message) && /alembic_version/.test(answer.message);
  if (isNew) return {at: 'heads', heads: []};
  return {at: 'look', look: withoutSecrets(databaseFailure(answer, secrets), secrets)};
}

const said = (list: readonly string[]): string => (list.length === 0 ? 'nothing' : list.join(', '));
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

type Read = Readonly<Record<SideName, Side>>;

/** What the comparison says, worst first; each sentence is one that did not hold. */
function differences({expected, code, database}: Read, single: boolean): string[] {
  const found: string[] = [];
  for (const [name, side] of Object.entries({expected, code, database}))
    if (single && side.at === 'heads' && side.heads.length > 1)
      found.push(`several heads in ${name}: ${said(side.heads)}`);
  if (expected.at === 'heads' && code.at === 'heads' && !same(expected.heads, code.heads))
    found.push(
      `the code has ${said(code.heads)}, expected is ${said(expected.heads)}: application and configuration differ`,
    );
  const against = code.at === 'heads' ? code : expected;
  if (database.at !== 'heads' || against.at !== 'heads' || same(database.heads, against.heads)) return found;
  const other = code.at === 'heads' ? 'the code' : 'expected';
  found.push(
    `the database is at ${said(database.heads)}, ${other} at ${said(against.heads)}: ${meaning(database, against)}`,
  );
  return found;
}

function meaning(database: Extract<Side, {at: 'heads'}>, {known}: Extract<Side, {at: 'heads'}>): string {
  if (database.heads.length === 0) return 'it was never migrated';
  if (known === undefined) return 'a migration is pending, or the database is ahead';
  return database.heads.every(one => known.has(one))
    ? 'a migration is pending'
    : 'the database is ahead of the code, or on another branch';
}

const partOf = (name: SideName, side: Side): Part => {
  if (side.at === 'look') return {name, verdict: side.look.verdict, message: side.look.message};
  if (side.at === 'none') return {name, verdict: 'skipped', message: side.why};
  return {name, verdict: 'pass', message: said(side.heads), actual: said(side.heads)};
};

function judged(read: Read, {single}: Params): Look {
  const all = sides.map(name => ({name, side: read[name]}));
  const parts = all.map(({name, side}) => partOf(name, side));
  const table = parts.map(({name, message}) => `${name} ${message}`).join(' · ');
  const failed = all.flatMap(({side}) => (side.at === 'look' ? [side.look] : []));
  const seen = all.filter(({side}) => side.at === 'heads').length;
  const wrong = differences(read, single);
  const verdict: Verdict =
    wrong.length > 0
      ? 'fail'
      : failed.length > 0
        ? rollUp(failed.map(look => look.verdict))
        : seen < 2
          ? 'skipped'
          : 'pass';
  const kind: Kind =
    wrong.length > 0 || verdict === 'pass'
      ? 'assertion'
      : (failed.find(look => look.verdict === verdict)?.kind ?? 'notConfigured');
  const why =
    verdict === 'skipped' ? ['nothing to compare'] : [...wrong, ...failed.map(look => look.message)];
  return {
    verdict,
    kind,
    // With nothing to compare it with, a head is not checked.
    checked: verdict === 'skipped' || verdict === 'unknown' ? 0 : Math.max(1, seen),
    message: why.length === 0 ? table : `${why.join('; ')} (${table})`,
    parts,
  };
}

export const migration = defineCheck({
  type: 'migration',
  summary: 'Expected head, heads of the code and head of the database are the same, side by side',
  example: `type: migration
panel: readiness
expectedEnv: {name: EXPECTED_ALEMBIC_HEAD, file: /etc/app/env}
code: {versions: /srv/app/alembic/versions}
database: {sqlite: /var/lib/app/app.db}`,
  needsTrust: true,
  everyMs: 60_000,
  timeoutMs: 20_000,
  params,
  run: async (given, context) => {
    const [expected, code, database] = await Promise.all([
      expectedSide(given, context),
      codeSide(given, context),
      databaseSide(given, context),
    ]);
    return judged({expected, code, database}, given);
  },
});
