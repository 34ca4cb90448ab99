// What can be wrong with a database, made to happen on a real PostgreSQL, and told apart by the checks that read it.
import pg from 'pg';
import {expect, test} from 'vitest';
import {look} from '../checks/looking.ts';
import {afterwards} from './needs.ts';
import {postgres, query} from './servers.ts';
import {freePort} from '../helpers/free-port.ts';

const ask = async (dsn: string, more: Record<string, unknown> = {}, timeoutMs = 4_000) =>
  look('sql', {dsn, query: 'select 1 as one', expect: {scalar: 1}, ...more}, {timeoutMs});

test('credential, database, permission and statement: each has its own answer', async () => {
  const {url, port} = await postgres();
  await query(url, "create role reader login password 'right-word'");
  await query(url, 'create table secrets (id integer)');
  const as = (word: string, database = 'postgres') =>
    `postgres://reader:${word}@127.0.0.1:${port}/${database}`;
  // A password in the file is refused there, so that the address comes by reference.
  const by = async (dsn: string, text = 'select 1 as one') =>
    look(
      'sql',
      {dsn: 'env:DSN', query: text},
      {env: {get: name => (name === 'DSN' ? dsn : undefined)}, timeoutMs: 4_000},
    );
  expect(await by(as('right-word'))).toMatchObject({verdict: 'pass'});
  const wrong = await by(as('wrong-word'));
  expect(wrong).toMatchObject({verdict: 'fail', kind: 'auth'});
  expect(wrong.message).toContain('28P01');
  expect(wrong.message).not.toContain('wrong-word');
  expect(await by(`postgres://nobody@127.0.0.1:${port}/postgres`)).toMatchObject({
    verdict: 'fail',
    kind: 'auth',
  });
  expect(await by(as('right-word', 'orders'))).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
    message: 'the server has no such database: database "orders" does not exist (3D000)',
  });
  expect(await by(as('right-word'), 'select * from secrets')).toMatchObject({
    verdict: 'unknown',
    kind: 'permission',
    checked: 0,
  });
  expect(await by(as('right-word'), 'select from from')).toMatchObject({verdict: 'unknown', kind: 'config'});
  expect(await by(as('right-word'), 'select * from nothing')).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
  });
});

test('a closed port, a server that hangs and a statement that does not end are told apart', async () => {
  const {url, pid, stop} = await postgres();
  expect(await ask(url.replace(/:\d+\//, `:${await freePort()}/`))).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
  });
  expect(
    await ask(url, {query: 'select pg_sleep(60)::text as slept', statementTimeout: '300ms'}),
  ).toMatchObject({
    verdict: 'fail',
    kind: 'timeout',
    message:
      'the statement did not end within its time: canceling statement due to statement timeout (57014)',
  });
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await ask(url, {}, 500)).toMatchObject({
      verdict: 'fail',
      kind: 'timeout',
      message: 'no answer from 127.0.0.1 within 500 ms',
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await ask(url)).toMatchObject({verdict: 'pass'});
  await stop();
  expect(await ask(url)).toMatchObject({verdict: 'fail', kind: 'connect'});
});

test('a server without connections left says that its pool is exhausted', async () => {
  const {url, port} = await postgres({max_connections: '6', superuser_reserved_connections: '2'});
  await query(url, 'create role app login');
  await query(url, 'alter role app password $$right-word$$');
  const dsn = `postgres://app:right-word@127.0.0.1:${port}/postgres`;
  const env = {get: (name: string) => (name === 'DSN' ? dsn : undefined)};
  const asked = {dsn: 'env:DSN', query: 'select 1 as one'};
  const held = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const client = new pg.Client({connectionString: dsn});
      await client.connect();
      return client;
    }),
  );
  afterwards(async () => Promise.all(held.map(async client => client.end())));
  const full = await look('sql', asked, {env, timeoutMs: 4_000});
  expect(full).toMatchObject({verdict: 'fail', kind: 'connect'});
  expect(full.message).toContain('pool exhausted');
  expect(full.message).toContain('53300');
  await held[0]?.end();
  expect(await look('sql', asked, {env, timeoutMs: 4_000})).toMatchObject({verdict: 'pass'});
});

test('nothing that a check asks can write, and the server is left as it was', async () => {
  const {url} = await postgres();
  await query(url, 'create table jobs (id integer)');
  await query(
    url,
    'create function note() returns integer language sql as $$insert into jobs values (1) returning 1$$',
  );
  for (const text of [
    'with x as (insert into jobs values (1) returning 1) select * from x',
    'select note()',
    "select set_config('transaction_read_only', 'off', false)",
    'select 1; commit; insert into jobs values (1)',
  ])
    expect(await ask(url, {query: text, expect: {}}), text).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  expect(await query(url, 'select count(*)::int as n from jobs')).toEqual([{n: 0}]);
  const open = "select count(*)::int as n from pg_stat_activity where application_name = 'quarterdeck'";
  expect(await query(url, open)).toEqual([{n: 0}]);
});

test('an answer that is too long is cut, and the rest is not waited for', async () => {
  const {url} = await postgres();
  const began = performance.now();
  const rows = await ask(url, {query: 'select generate_series(1, 50000000) as i', expect: {}});
  expect(rows).toMatchObject({verdict: 'unknown', kind: 'noData'});
  const wide = await ask(url, {query: "select repeat('x', 100000000) as x", expect: {}});
  expect(wide).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: 'the answer has more than 1048576 bytes',
  });
  expect(performance.now() - began).toBeLessThan(60_000);
});

test('a pool that fills up, waits and idles is seen as it is, by whoever may look', async () => {
  const {url, port} = await postgres({max_connections: '13', superuser_reserved_connections: '3'});
  await query(url, "create role watcher login password 'right-word'");
  await query(url, 'grant pg_monitor to watcher');
  await query(url, "create role nobody login password 'right-word'");
  await query(url, 'create table jobs (id integer)');
  const as = (role: string) => ({
    get: (name: string) =>
      name === 'DSN' ? `postgres://${role}:right-word@127.0.0.1:${port}/postgres` : undefined,
  });
  const pool = async (more: Record<string, unknown> = {}, role = 'watcher') =>
    look('dbPool', {dsn: 'env:DSN', ...more}, {env: as(role), timeoutMs: 8_000});
  expect(await pool()).toMatchObject({verdict: 'pass', message: '1 of 10 connections (10.0 %)'});

  const held: pg.Client[] = [];
  const hold = async (): Promise<pg.Client> => {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    held.push(client);
    return client;
  };
  afterwards(async () => Promise.all(held.map(async client => client.end())));
  const locker = await hold();
  await locker.query('begin');
  await locker.query('lock table jobs');
  const waiter = await hold();
  const waiting = waiter.query('insert into jobs values (1)');
  waiting.catch(() => undefined);
  const limits = {waiting: {fail: 0}, idleInTransaction: {warn: 0}, percent: {}};
  const seen = await pool(limits);
  expect(seen).toMatchObject({verdict: 'fail'});
  expect(seen.parts?.map(({name, verdict, actual}) => `${name} ${verdict} ${actual ?? ''}`)).toEqual([
    'waiting for a lock fail 1',
    'idle in transaction warn 1',
  ]);
  const blind = await pool({waiting: {fail: 0}}, 'nobody');
  expect(blind.verdict).toBe('unknown');
  expect(blind.message).toContain('2 sessions that this account may not look at');
  expect(blind.message).toContain('3 of 10 connections');
  await locker.query('rollback');
  await waiting;
  while (held.length < 8) await hold();
  expect((await pool()).verdict).toBe('warn');
  await hold();
  expect((await pool()).verdict).toBe('fail');
});
