import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {makePgServer, nobodyPg, refusingPg, silentPg} from '../helpers/pg-server.ts';
import {sqliteFile} from '../helpers/sqlite-file.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const setup = `create table jobs (id integer, state text, ratio numeric, at timestamp with time zone);
insert into jobs values (1, 'done', 0.5, '2026-01-02T03:00:00Z'), (2, 'failed', null, null);`;

const jobs = () => sqliteFile(setup.replace(' with time zone', ''));

describe('sql check of SQLite', () => {
  test('a value, a number of rows and columns are compared', async () => {
    const sqlite = jobs();
    const ask = async (query: string, expected: Record<string, unknown>) =>
      look('sql', {sqlite, query, expect: expected});
    expect(await ask('select count(*) as n from jobs', {scalar: {gte: 2}})).toMatchObject({
      verdict: 'pass',
      checked: 1,
    });
    expect(await ask('select count(*) as n from jobs', {scalar: 3})).toMatchObject({
      verdict: 'fail',
      message: 'n: expected 3, got 2',
    });
    const failed = "select id, state from jobs where state = 'failed'";
    expect(await ask(failed, {rows: 0})).toMatchObject({verdict: 'fail', message: 'rows: expected 0, got 1'});
    expect((await ask("select id from jobs where state = 'lost'", {rows: 0})).verdict).toBe('pass');
    expect(await ask('select id, state from jobs', {columns: {state: {in: ['done', 'open']}}})).toMatchObject(
      {
        verdict: 'fail',
        message: 'state (row 2): expected one of ["done","open"], got "failed"',
        checked: 2,
      },
    );
  });

  test('no row, NULL, more than one value and a column that is not there are unknown, never a pass', async () => {
    const sqlite = jobs();
    const ask = async (query: string, expected?: Record<string, unknown>) =>
      look('sql', {sqlite, query, ...(expected === undefined ? {} : {expect: expected})});
    const none = 'select id from jobs where id = 9';
    for (const [query, expected] of [
      [none, {scalar: {gte: 0}}],
      [none, {columns: {id: 1}}],
      [none, undefined],
      ['select sum(ratio) from jobs where id = 9', {scalar: {lte: 5}}],
      ['select id from jobs', {scalar: 1}],
      ['select id from jobs', {columns: {nothing: 1}}],
    ] as const)
      expect(await ask(query, expected)).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
    expect((await ask('select ratio from jobs where id = 2', {scalar: null})).verdict).toBe('pass');
  });

  test('values stand beside the statement', async () => {
    const sqlite = jobs();
    const asked = {sqlite, query: 'select count(*) as n from jobs where state = ?1', expect: {scalar: 1}};
    expect((await look('sql', {...asked, values: ['failed']})).verdict).toBe('pass');
    expect((await look('sql', {...asked, values: ["x' or '1'='1"]})).verdict).toBe('fail');
  });

  test('more rows than are read make it undecided', async () => {
    const sqlite = jobs();
    const query =
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select i from n';
    expect(await look('sql', {sqlite, query, expect: {rows: {gte: 1}}})).toMatchObject({
      verdict: 'unknown',
      message: 'rows: expected an answer that can be read whole, got more than 1000 rows',
    });
  });

  test('a statement that does not end is ended, and is a failure', async () => {
    const query = 'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n';
    expect(await look('sql', {sqlite: jobs(), query, statementTimeout: '300ms'})).toMatchObject({
      verdict: 'fail',
      kind: 'timeout',
    });
  });

  test('a missing file, one that is no database, and a mistake in the statement are told apart', async () => {
    const query = 'select 1 as one';
    const missing = path.join(tempDir(), 'gone.db');
    expect(await look('sql', {sqlite: missing, query})).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
      message: `${missing} is not there`,
    });
    const text = path.join(tempDir(), 'text.db');
    writeFileSync(text, 'this is no database, and it is long enough to be looked at as one '.repeat(20));
    expect(await look('sql', {sqlite: text, query: 'select * from a'})).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
    });
    expect(await look('sql', {sqlite: jobs(), query: 'select nothing from jobs'})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      checked: 0,
    });
  });

  test('it cannot write, whatever it is asked', async () => {
    const sqlite = jobs();
    for (const query of [
      "with x as (select 1) insert into jobs values (3, 'x', 0, null) returning id",
      'pragma user_version = 7',
    ])
      await look('sql', {sqlite, query});
    const after = new DatabaseSync(sqlite);
    expect(after.prepare('select count(*) as n from jobs').get()).toEqual({n: 2});
    expect(after.prepare('pragma user_version').get()).toEqual({user_version: 0});
    after.close();
  });
});

describe('sql check of PostgreSQL', () => {
  let url = '';
  let close = async (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    ({url, close} = await makePgServer(`${setup} create function note() returns integer language sql
      as $$insert into jobs values (3, 'x', 0, null) returning 1$$;`));
  });
  afterAll(async () => close());

  test('numbers, truth and times come as what they are', async () => {
    const ask = async (query: string, expected: Record<string, unknown>) =>
      look('sql', {dsn: url, query, expect: expected});
    const columns = {id: {type: 'number'}, ratio: 0.5, ok: true, at: '2026-01-02T03:00:00Z'};
    expect(
      await ask('select id, ratio, state = $$done$$ as ok, at from jobs where id = 1', {columns}),
    ).toMatchObject({verdict: 'pass', checked: 4});
    // The clock of the tests stands at 03:04:05.
    expect((await ask('select max(at) from jobs', {scalar: {age: {max: '10m'}}})).verdict).toBe('pass');
    expect((await ask('select 9007199254740993::bigint', {scalar: '9007199254740993'})).verdict).toBe('pass');
    const rows = await ask('select i from generate_series(1, 5000) as i', {rows: {gte: 1}});
    expect(rows.message).toContain('more than 1000 rows');
  });

  test('the transaction is read-only, and there is only one statement', async () => {
    const ask = async (query: string) => look('sql', {dsn: url, query});
    expect(await ask('select note()')).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('a check only reads'),
    });
    expect(await ask('with x as (delete from jobs returning 1) select * from x')).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
    expect(await ask('select 1; commit')).toMatchObject({verdict: 'unknown', kind: 'config'});
    const left = await look('sql', {dsn: url, query: 'select count(*) as n from jobs', expect: {scalar: 2}});
    expect(left.verdict).toBe('pass');
  });

  test('refused, silent, wrong password, no database and exhausted are five answers', async () => {
    const ask = async (dsn: string) => look('sql', {dsn, query: 'select 1'}, {timeoutMs: 500});
    expect(await ask(nobodyPg())).toMatchObject({verdict: 'fail', kind: 'connect'});
    expect(await ask(await silentPg())).toMatchObject({
      verdict: 'fail',
      kind: 'timeout',
      message: 'no answer from 127.0.0.1 within 500 ms',
    });
    expect(await ask(await refusingPg('28P01', 'password authentication failed'))).toMatchObject({
      verdict: 'fail',
      kind: 'auth',
      message: 'the credential is refused: password authentication failed (28P01)',
    });
    expect(await ask(await refusingPg('3D000', 'database "orders" does not exist'))).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
      message: 'the server has no such database: database "orders" does not exist (3D000)',
    });
    expect(await ask(await refusingPg('53300', 'sorry, too many clients already'))).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
      message: 'pool exhausted: the server has no connection left: sorry, too many clients already (53300)',
    });
    expect(await ask('postgres://reader@169.254.169.254/a')).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
    expect(await ask('postgres://reader@nothing.invalid/a')).toMatchObject({verdict: 'fail', kind: 'dns'});
  });

  test('an address by reference is never repeated, nor is its password', async () => {
    const refusing = await refusingPg('28P01', 'failed for hunter2%21-long and hunter2!-long');
    const dsn = refusing.replace('reader@', 'reader:hunter2%21-long@');
    const env = fakeEnv({DATABASE_URL: dsn});
    const seen = await look('sql', {dsn: 'env:DATABASE_URL', query: 'select 1'}, {env});
    expect(seen).toMatchObject({verdict: 'fail', kind: 'auth'});
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    const untrusted = {env, trusted: false};
    expect(await look('sql', {dsn: 'env:DATABASE_URL', query: 'select 1'}, untrusted)).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
    const file = path.join(tempDir(), 'dsn');
    writeFileSync(file, `${dsn}\n`, {mode: 0o600});
    expect((await look('sql', {dsn: `file:${file}`, query: 'select 1'})).kind).toBe('auth');
    chmodSync(file, 0o644);
    expect(await look('sql', {dsn: `file:${file}`, query: 'select 1'})).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
      message: `the file for dsn, ${file}, can be read by others (mode 644)`,
    });
  });

  test('a source of the site is asked by its name', async () => {
    const sources = [{name: 'app', type: 'sqlite', path: jobs()} as const];
    expect((await look('sql', {source: 'app', query: 'select 1 as one'}, {sources})).verdict).toBe('pass');
    expect(await look('sql', {source: 'other', query: 'select 1'}, {sources})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: 'the site has no source other',
    });
  });
});

describe('the same query in two databases', () => {
  const rows = (...list: readonly string[]) =>
    sqliteFile(
      `create table events (seq integer, hash text);${list.map((hash, i) => `insert into events values (${i + 1}, '${hash}');`).join('')}`,
    );
  const query = 'select seq, hash from events order by seq';
  const both = async (sqlite: string, other: string, more: Record<string, unknown> = {}) =>
    look('sql', {sqlite, query, sameAs: {sqlite: other}, ...more});

  test('equal row for row is a pass; the first that differs is named', async () => {
    const live = rows('aa', 'bb', 'cc');
    expect(await both(live, rows('aa', 'bb', 'cc'))).toMatchObject({verdict: 'pass', checked: 1});
    expect(await both(live, rows('aa', 'bx', 'cc'))).toMatchObject({
      verdict: 'fail',
      expected: 'row 2 of the other database [2,"bb"]',
      actual: 'row 2 of the other database [2,"bx"]',
    });
    expect((await both(live, rows('aa', 'cc', 'bb'))).verdict).toBe('fail');
    expect(await both(live, rows('aa', 'bb'))).toMatchObject({verdict: 'fail', actual: containing('no row')});
    expect(await both(rows('aa', 'bb'), live)).toMatchObject({
      verdict: 'fail',
      expected: 'rows of the other database 2 rows',
      actual: 'rows of the other database 3 rows',
    });
  });

  test('two that are both empty show nothing, and one that cannot be asked is not the same', async () => {
    expect((await both(rows(), rows())).verdict).toBe('unknown');
    const none = await both(rows('aa'), path.join(tempDir(), 'none.db'));
    expect(none.verdict).not.toBe('pass');
    expect(none.message).toContain('the other database');
    expect((await both(rows('aa'), rows('aa'), {expect: {rows: 2}})).verdict).toBe('fail');
    expect(accepts('sql', {sqlite: '/a', query, sameAs: {}})).toBe(false);
    expect(accepts('sql', {sqlite: '/a', query, sameAs: {sqlite: '/b', source: 'c'}})).toBe(false);
  });
});

test('no database, two of them, a password in the file and statements that write are refused in the site file', () => {
  const query = 'select 1';
  expect(accepts('sql', {sqlite: '/a', query})).toBe(true);
  expect(accepts('sql', {sqlite: '/a', query: '-- why\n /* x */ with a as (select 1) select * from a'})).toBe(
    true,
  );
  expect(accepts('sql', {query})).toBe(false);
  expect(accepts('sql', {sqlite: '/a', source: 'b', query})).toBe(false);
  expect(accepts('sql', {dsn: 'postgres://me:word@db/a', query})).toBe(false);
  for (const wrong of ['delete from a', 'commit', 'vacuum into $$/tmp/x$$', 'begin', ''])
    expect(accepts('sql', {sqlite: '/a', query: wrong})).toBe(false);
});
