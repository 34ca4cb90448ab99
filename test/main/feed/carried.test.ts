import {expect, test} from 'vitest';
import type {Anchor} from '../../../src/domain/anchor.ts';
import {carriedOf} from '../../../src/main/feed/carried.ts';

const anchorOf = (name: string, offHost = true): Anchor =>
  offHost
    ? {name, type: 'ssh', host: name, path: 'notes', offHost: true}
    : {name, type: 'file', path: `/${name}`, offHost: false};

const receipt = (name: string, size: number, {ok = true, offHost = true, minute = 0} = {}) => ({
  ...{anchor: name, type: offHost ? ('ssh' as const) : ('file' as const)},
  ...{to: offHost ? `${name}:notes` : `/${name}`, offHost, size, ok},
  ...{root: '0'.repeat(64), message: '', ts: new Date(minute * 60_000).toISOString()},
});

const anchors = [anchorOf('a'), anchorOf('b'), anchorOf('disk', false)];

test('without a good receipt of another machine it is local, however many files there are', () => {
  expect(carriedOf([], anchors)).toEqual({at: 'local'});
  expect(carriedOf([receipt('disk', 9, {offHost: false})], anchors)).toEqual({at: 'local'});
});

test('the largest that was carried, at the last time that it was', () => {
  const receipts = [receipt('b', 4, {minute: 9}), receipt('a', 7, {minute: 5}), receipt('b', 7, {minute: 2})];
  expect(carriedOf(receipts, anchors)).toEqual({at: 'off-host', size: 7, atMs: 300_000, failing: 0});
});

test('one of two that fails is counted; when all do, it has failed, and what was carried before stays known', () => {
  const good = receipt('b', 7, {minute: 2});
  const down = receipt('a', 8, {ok: false, minute: 3});
  expect(carriedOf([down, good], anchors)).toEqual({at: 'off-host', size: 7, atMs: 120_000, failing: 1});
  expect(carriedOf([down], anchors)).toEqual({at: 'failed', last: undefined});
  expect(carriedOf([receipt('b', 9, {ok: false}), down, good], anchors)).toEqual({
    at: 'failed',
    last: {size: 7, atMs: 120_000},
  });
  // It works again; or the site no longer names it.
  expect(carriedOf([receipt('a', 9, {minute: 4}), down, good], anchors)).toMatchObject({size: 9, failing: 0});
  expect(carriedOf([down, good], [anchorOf('b')])).toMatchObject({at: 'off-host', failing: 0});
});
