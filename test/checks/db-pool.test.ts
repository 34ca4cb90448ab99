import {expect, test} from 'vitest';
import type {SqlAnswer} from '../../src/look/sql.ts';
import {containing} from '../helpers/like.ts';
import {nobodyPg, pgServer, refusingPg} from '../helpers/pg-server.ts';
import {accepts, look} from './looking.ts';

const names = ['usable', 'used', 'hidden', 'waiting', 'idle', 'oldest'];

/** A server that gives these figures, in that order. */
const figures = (...row: number[]) => ({
  sql: {
    ask: async (): Promise<SqlAnswer> =>
      Promise.resolve({at: 'rows', columns: names, rows: [row], cut: false, durationMs: 1}),
  },
});

const dsn = 'postgres://reader@127.0.0.1/orders';
const pool = async (row: number[], more: Record<string, unknown> = {}) =>
  look('dbPool', {dsn, ...more}, figures(...row));

test('connections in use are a share of those that may be used', async () => {
  expect(await pool([97, 40, 0, 0, 0, 0])).toMatchObject({
    verdict: 'pass',
    message: '40 of 97 connections (41.2 %)',
  });
  expect(await pool([100, 81, 0, 0, 0, 0])).toMatchObject({
    verdict: 'warn',
    message: 'connections: expected at most 80.0 %, got 81.0 % (81 of 100 connections)',
  });
  expect((await pool([100, 96, 0, 0, 0, 0])).verdict).toBe('fail');
});

test('waiting, idle and old transactions have their limits', async () => {
  const more = {
    waiting: {warn: 2, fail: 5},
    idleInTransaction: {fail: 1},
    oldestTransaction: {warn: '1m'},
  };
  expect((await pool([100, 9, 0, 2, 1, 59], more)).verdict).toBe('pass');
  expect((await pool([100, 9, 0, 3, 0, 0], more)).verdict).toBe('warn');
  expect((await pool([100, 9, 0, 6, 0, 0], more)).verdict).toBe('fail');
  expect((await pool([100, 9, 0, 0, 2, 0], more)).message).toContain(
    'idle in transaction: expected at most 1',
  );
  expect((await pool([100, 9, 0, 0, 0, 61], more)).message).toContain(
    'oldest transaction: expected at most 1m, got 1m 1s',
  );
});

test('what this account may not look at is undecided, but what it sees counts', async () => {
  const more = {waiting: {fail: 5}};
  expect(await pool([100, 9, 4, 0, 0, 0], more)).toMatchObject({
    verdict: 'unknown',
    message: containing('and 4 sessions that this account may not look at'),
  });
  expect((await pool([100, 9, 4, 6, 0, 0], more)).verdict).toBe('fail');
  expect((await pool([100, 9, 4, 0, 0, 0])).verdict).toBe('pass');
});

test('no sessions are no data, for at least this one must be there', async () => {
  for (const row of [[100, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], []])
    expect(await pool(row)).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
});

test('the statement is one that a server understands, and an exhausted one says so', async () => {
  const {url} = await pgServer('select 1');
  const seen = await look('dbPool', {dsn: url});
  expect(['assertion', 'noData']).toContain(seen.kind);
  expect(seen.message).toMatch(/connections|sessions/);
  expect(await look('dbPool', {dsn: await refusingPg('53300', 'too many clients')})).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
    message: containing('pool exhausted'),
  });
  expect(await look('dbPool', {dsn: nobodyPg()})).toMatchObject({verdict: 'fail', kind: 'connect'});
});

test('only PostgreSQL has a pool', async () => {
  const sources = [{name: 'app', type: 'sqlite', path: '/nowhere'} as const];
  expect(await look('dbPool', {source: 'app'}, {sources})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
  });
  expect(accepts('dbPool', {sqlite: '/a'})).toBe(false);
  expect(accepts('dbPool', {})).toBe(false);
  expect(accepts('dbPool', {source: 'a', dsn})).toBe(false);
});
