import {createServer} from 'node:http';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import {perform} from '../../src/engine/runner/perform.ts';
import {statementProblem, statementsOf} from '../../src/engine/runner/sql-text.ts';
import {stage} from './stage.ts';

const known = new Set(['ID', 'NAME']);
const texts = (sql: string, dialect: 'postgres' | 'sqlite' = 'postgres') =>
  statementsOf(sql, known, dialect).map(({text, names}) => [text, ...names]);

test('variables become parameters outside of quotes and comments, and casts stay', () => {
  expect(texts('select $ID, :NAME, ${ID}, x::ID, $OTHER')).toEqual([
    ['select $1, $2, $1, x::ID, $OTHER', 'ID', 'NAME'],
  ]);
  for (const same of [
    `select '$ID' ":NAME"`,
    'select 1 -- $ID',
    'select /* :ID /* $ID */ :ID */ 1',
    'select $ID$ :NAME $ID$',
    "select E'\\' :ID'",
  ])
    expect(texts(same)).toEqual([[same]]);
  expect(texts('select :ID, :NAME', 'sqlite')).toEqual([['select ?1, ?2', 'ID', 'NAME']]);
});

test('statements are told apart, but not inside texts, comments and bodies', () => {
  expect(texts(`select ';'; -- a;b\n select 2;;`)).toEqual([[`select ';'`], ['-- a;b\n select 2']]);
  const trigger =
    'create trigger t after insert on a begin update a set x = case when 1 then 2 end; select 1; end';
  expect(texts(`${trigger}; select 3`, 'sqlite')).toEqual([[trigger], ['select 3']]);
  const body = 'create function f() returns int as $$ begin; return 1; end $$ language sql';
  expect(texts(`${body}; select 1`)).toEqual([[body], ['select 1']]);
});

test('a read cannot leave its transaction, and commands of psql are no SQL', () => {
  const problem = (sql: string, isRead = true) =>
    statementProblem(statementsOf(sql, known, 'postgres'), isRead);
  expect(problem('select 1')).toBeUndefined();
  for (const sql of [
    'commit; drop table a',
    'select 1; ROLLBACK',
    'set transaction read write',
    '/* x */ begin',
  ])
    expect(problem(sql)).toContain('read-only transaction');
  expect(problem('begin; delete from a; commit', false)).toBeUndefined();
  expect(problem(String.raw`\d runs`)).toContain('psql');
  expect(problem('-- nothing')).toContain('no statement');
});

async function database(): Promise<{
  readonly path: string;
  readonly ask: (text: string, more?: Partial<Job>) => ReturnType<typeof asked>;
}> {
  const one = await stage();
  const path = join(one.dir, 'data.db');
  const db = new DatabaseSync(path);
  db.exec(
    `create table runs (id integer, name text); insert into runs values (1, 'one'), (2, 'two''s'), (9007199254740993, null)`,
  );
  db.close();
  return {path, ask: async (text, more = {}) => asked(path, text, more)};
}

async function asked(path: string, text: string, more: Partial<Job>) {
  const {job, scene, outcome, output, value} = await stage();
  await perform(job({at: 'sql', source: {name: 'local', type: 'sqlite', path}, text}, more), scene);
  return {body: (await outcome()).entry.body, output: await output(), value: await value()};
}

test('rows of an SQLite file are printed as a table, and counted', async () => {
  const {ask} = await database();
  const {body, output} = await ask('select id, name from runs order by id');
  expect(body).toMatchObject({verdict: 'pass', message: '3 rows'});
  expect(output).toBe(
    [
      ' id               | name',
      '------------------+-------',
      ' 1                | one',
      " 2                | two's",
      ' 9007199254740993 | NULL',
      '(3 rows)',
      '',
    ].join('\n'),
  );
});

test('a value is a parameter of the statement, whatever it holds; one cell can be captured', async () => {
  const {ask} = await database();
  const found = await ask('select count(*) from runs where name = :NAME', {
    vars: {NAME: "two's"},
    capture: {name: 'COUNT'},
  });
  expect(found).toMatchObject({body: {verdict: 'pass'}, value: '1'});
  const injected = await ask('select count(*) from runs where name = :NAME', {
    vars: {NAME: "' or 1=1 --"},
    capture: {name: 'COUNT'},
  });
  expect(injected.value).toBe('0');
});

test('a step that only reads cannot write, one that writes counts rows, and a wrong statement fails', async () => {
  const {ask} = await database();
  expect((await ask('delete from runs')).body).toMatchObject({
    verdict: 'fail',
    message: containing('readonly'),
  });
  expect((await ask('delete from runs where id = 1', {effect: 'write', expect: 1})).body).toMatchObject({
    verdict: 'pass',
    message: '1 row changed',
  });
  expect((await ask('select 1 from runs', {expect: 5})).body).toMatchObject({
    verdict: 'fail',
    message: '2 rows, expected 5',
  });
  expect((await ask('selec 1')).body).toMatchObject({verdict: 'fail', message: containing('syntax error')});
  expect((await asked('/no/such.db', 'select 1', {})).body).toMatchObject({
    verdict: 'unknown',
    message: containing('is not there'),
  });
});

test('a statement that does not end is ended at the limit', async () => {
  const {ask} = await database();
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n';
  expect((await ask(endless, {timeoutMs: 1_500, graceMs: 100})).body).toMatchObject({
    verdict: 'fail',
    ended: 'limit',
  });
});

async function prometheus(answer: unknown, status = 200) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push(`${request.url ?? ''} ${body} ${request.headers.authorization ?? ''}`);
      response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ask = async (more: Partial<Job> = {}, url = `http://u:p%40ss@127.0.0.1:${port}/prom/`) => {
    const {job, scene, outcome, output, value} = await stage();
    await perform(
      job({at: 'promql', source: {name: 'metrics', type: 'prometheus', url}, text: 'up{a="b"}'}, more),
      scene,
    );
    return {body: (await outcome()).entry.body, output: await output(), value: await value()};
  };
  return {ask, seen};
}

const vector = (...values: string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value, i) => ({metric: {__name__: 'up', job: `j${i}`}, value: [1.5, value]})),
  },
});

test('an instant query prints its samples and compares each of them', async () => {
  const {ask, seen} = await prometheus(vector('0.25', '3'));
  const {body, output} = await ask();
  expect(body).toMatchObject({verdict: 'pass', message: '2 samples'});
  expect(output).toBe('up{job="j0"} 0.25\nup{job="j1"} 3\n');
  expect(seen[0]).toBe(
    `/prom/api/v1/query query=up%7Ba%3D%22b%22%7D Basic ${Buffer.from('u:p@ss').toString('base64')}`,
  );
  expect((await ask({expect: '< 5'})).body).toMatchObject({verdict: 'pass'});
  expect((await ask({expect: '>= 1'})).body).toMatchObject({
    verdict: 'fail',
    message: '0.25 at up{job="j0"}, expected >= 1',
  });
  const one = await prometheus(vector('1'));
  expect(await one.ask({expect: 1, capture: {name: 'UP'}})).toMatchObject({
    body: {verdict: 'pass'},
    value: '1',
  });
});

test('no data, NaN, an error and silence are never good: no data is unknown, never zero', async () => {
  expect((await (await prometheus(vector())).ask({expect: 0})).body).toMatchObject({
    verdict: 'unknown',
    message: 'metrics: no data',
  });
  expect((await (await prometheus(vector('NaN'))).ask({expect: '!= 5'})).body).toMatchObject({
    verdict: 'fail',
  });
  const wrong = await prometheus({status: 'error', errorType: 'bad_data', error: 'parse error'}, 400);
  expect((await wrong.ask()).body).toMatchObject({verdict: 'unknown', message: 'metrics: parse error'});
  expect((await (await prometheus('hello')).ask()).body).toMatchObject({verdict: 'unknown'});
  expect((await wrong.ask({}, 'http://127.0.0.1:1')).body).toMatchObject({verdict: 'unknown'});
});
