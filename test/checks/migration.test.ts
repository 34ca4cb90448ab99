import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {nobodyPg, pgServer} from '../helpers/pg-server.ts';
import {sqliteFile} from '../helpers/sqlite-file.ts';
import {tempDir} from '../helpers/temp.ts';
import {programs} from './looking-programs.ts';
import {accepts, look} from './looking.ts';

/** A folder as Alembic writes it: each revision with what it follows. */
function versions(revisions: Readonly<Record<string, string>>): string {
  const folder = path.join(tempDir(), 'versions');
  mkdirSync(folder);
  for (const [revision, down] of Object.entries(revisions))
    writeFileSync(
      path.join(folder, `${revision}_change.py`),
      `"""change\n\nRevision ID: ${revision}\n"""\nfrom alembic import op\n\nrevision: str = '${revision}'\ndown_revision = ${down}\nbranch_labels = None\n`,
    );
  writeFileSync(path.join(folder, '__init__.py'), '');
  return folder;
}

const three = {aaa1: 'None', bbb2: "'aaa1'", ccc3: "'bbb2'"};
const at = (...heads: readonly string[]) => {
  const rows = heads.map(one => `insert into alembic_version values ('${one}');`).join(' ');
  return {sqlite: sqliteFile(`create table alembic_version (version_num text); ${rows}`)};
};

async function migration(params: Record<string, unknown>, more = {}) {
  const seen = await look('migration', params, more);
  return {...seen, parts: seen.parts?.map(({name, verdict, message}) => `${name} ${verdict} ${message}`)};
}

test('three equal heads are a pass, shown side by side', async () => {
  const seen = await migration({expected: 'ccc3', code: {versions: versions(three)}, database: at('ccc3')});
  expect(seen).toMatchObject({
    verdict: 'pass',
    checked: 3,
    message: 'expected ccc3 · code ccc3 · database ccc3',
    parts: ['expected pass ccc3', 'code pass ccc3', 'database pass ccc3'],
  });
});

test('an application that is not the expected one is drift', async () => {
  const seen = await migration({expected: 'ddd4', code: {versions: versions(three)}, database: at('ccc3')});
  expect(seen).toMatchObject({
    verdict: 'fail',
    message: containing('the code has ccc3, expected is ddd4: application and configuration differ'),
  });
});

test('a database behind the code has a migration pending, one beyond it is ahead, an empty one is new', async () => {
  const code = {versions: versions(three)};
  const asked = async (database: Record<string, unknown>) => migration({expected: 'ccc3', code, database});
  expect((await asked(at('bbb2'))).message).toContain(
    'the database is at bbb2, the code at ccc3: a migration is pending (',
  );
  expect((await asked(at('eee5'))).message).toContain(
    'the database is ahead of the code, or on another branch',
  );
  expect((await asked(at())).message).toContain('it was never migrated');
  expect((await asked({sqlite: sqliteFile('create table other (id integer)')})).message).toContain(
    'the database is at nothing, the code at ccc3: it was never migrated',
  );
  for (const database of [at('bbb2'), at('eee5'), at()]) expect((await asked(database)).verdict).toBe('fail');
});

test('several heads are a failure, also where the three agree', async () => {
  const code = {versions: versions({...three, ddd4: "'bbb2'"})};
  const both = {expected: ['ccc3', 'ddd4'], code, database: at('ccc3', 'ddd4')};
  expect(await migration(both)).toMatchObject({
    verdict: 'fail',
    message: containing('several heads in code: ccc3, ddd4'),
  });
  expect((await migration({...both, single: false})).verdict).toBe('pass');
  const merged = versions({...three, ddd4: "'bbb2'", eee5: "('ccc3', 'ddd4')"});
  expect((await migration({code: {versions: merged}, database: at('eee5')})).verdict).toBe('pass');
});

test('a head that the service does not name is skipped with its reason, and the database is compared anyway', async () => {
  const file = path.join(tempDir(), 'env');
  writeFileSync(file, 'EXPECTED_ALEMBIC_HEAD=\nOTHER="x"\n');
  const expectedEnv = {name: 'EXPECTED_ALEMBIC_HEAD', file};
  const database = at('ccc3');
  expect(await migration({expectedEnv, database})).toMatchObject({
    verdict: 'skipped',
    kind: 'notConfigured',
    message: containing('expected EXPECTED_ALEMBIC_HEAD is not set'),
  });
  const code = {versions: versions(three)};
  expect(await migration({expectedEnv, code, database})).toMatchObject({
    verdict: 'pass',
    parts: ['expected skipped EXPECTED_ALEMBIC_HEAD is not set', 'code pass ccc3', 'database pass ccc3'],
  });
  writeFileSync(file, 'export EXPECTED_ALEMBIC_HEAD="bbb2"\n');
  expect((await migration({expectedEnv, code, database})).verdict).toBe('fail');
});

test('the environment of the running process is looked at by its pid', async () => {
  const pidFile = path.join(tempDir(), 'app.pid');
  writeFileSync(pidFile, `${process.pid}\n`);
  const expectedEnv = {name: 'EXPECTED_ALEMBIC_HEAD_OF_THIS_TEST', pidFile};
  expect(await migration({expectedEnv, database: at('ccc3')})).toMatchObject({
    verdict: 'skipped',
    message: containing('is not set'),
  });
  writeFileSync(pidFile, '999999999');
  expect(await migration({expectedEnv, database: at('ccc3')})).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
    checked: 0,
  });
});

test('heads are taken from what a program prints', async () => {
  const says = (text: string, status = 0) =>
    programs({alembic: `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${status}`});
  const asked = async (text: string, status?: number) =>
    migration({code: {command: ['alembic', 'heads']}, database: at('ccc3')}, says(text, status));
  expect((await asked('ccc3 (head)\n')).verdict).toBe('pass');
  expect((await asked('bbb2 (head)\nccc3 (head)\n')).message).toContain('several heads in code: bbb2, ccc3');
  expect((await asked('bbb2\n')).message).toContain('a migration is pending, or the database is ahead');
  expect(await asked('', 0)).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
  expect(await asked('FAILED: no config', 255)).toMatchObject({
    verdict: 'unknown',
    message: containing('alembic ended with 255 (FAILED: no config)'),
  });
  expect(await migration({code: {command: ['no-alembic-here']}, database: at('ccc3')})).toMatchObject({
    verdict: 'unknown',
    kind: 'notInstalled',
  });
});

test('a database that is down is a failure; what did not hold elsewhere is told too', async () => {
  const database = {dsn: nobodyPg()};
  expect(await migration({expected: 'ccc3', code: {heads: 'ccc3'}, database})).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
  });
  const drift = await migration({expected: 'ccc3', code: {heads: 'bbb2'}, database});
  expect(drift.message).toContain('application and configuration differ; ');
  expect(drift.message).toContain('ECONNREFUSED');
});

test('PostgreSQL that was never migrated is told from one that was', async () => {
  const {url} = await pgServer('select 1');
  const asked = {code: {heads: 'ccc3'}, database: {dsn: url}};
  expect(await migration(asked)).toMatchObject({verdict: 'fail', message: containing('never migrated')});
  const other = {...asked.database, query: 'select id from schema_history'};
  expect(await migration({...asked, database: other})).toMatchObject({verdict: 'unknown', kind: 'config'});
});

test('a check with nothing to look at, and two places for one fact, are refused', () => {
  expect(accepts('migration', {expected: 'a'})).toBe(false);
  expect(accepts('migration', {code: {heads: 'a', versions: '/b'}})).toBe(false);
  const twice = {name: 'HEAD', file: '/a', pidFile: '/b'};
  expect(accepts('migration', {expectedEnv: twice, code: {heads: 'a'}})).toBe(false);
  expect(
    accepts('migration', {expected: 'a', expectedEnv: {name: 'HEAD', file: '/a'}, code: {heads: 'a'}}),
  ).toBe(false);
});
