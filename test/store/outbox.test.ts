import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Item, Outbox} from '../../src/alert-ports.ts';
import {openOutbox} from '../../src/store/outbox.ts';
import {tempDir} from '../helpers/temp.ts';

const nowMs = 1_767_323_045_000;
const dayMs = 86_400_000;
const fileIn = (dir = tempDir()): string => join(dir, 'alerts.db');

function opened(file = fileIn()): Outbox {
  const outbox = openOutbox(file, nowMs);
  onTestFinished(() => outbox.close());
  return outbox;
}

const item = (alert: string, more: Partial<Item> = {}): Item => ({
  channel: 'hook',
  alert,
  as: 'firing',
  ...more,
});
const queued = (alert: string, more: Partial<Item> = {}) => ({
  ...item(alert, more),
  group: 'g',
  digest: false,
});
const me = {pid: 100, start: '1', boot: 'b', session: 'me'};
const other = {pid: 200, start: '2', boot: 'b', session: 'other'};
const alive = () => true;

describe('the queue', () => {
  test('holds a thing once, whoever queues it how often', () => {
    const outbox = opened();
    outbox.queue([queued('a'), queued('a')], nowMs);
    outbox.queue([queued('a'), queued('a', {as: 'resolved'}), queued('a', {channel: 'chat'})], nowMs + 1);
    expect(outbox.items().map(({channel, alert, as}) => [channel, alert, as])).toEqual([
      ['hook', 'a', 'firing'],
      ['chat', 'a', 'firing'],
      ['hook', 'a', 'resolved'],
    ]);
  });

  test('survives its process: what waits waits, what was sent is sent', () => {
    const file = fileIn();
    const first = openOutbox(file, nowMs);
    first.queue([queued('a'), queued('b')], nowMs);
    first.claim([item('a')], me, alive);
    expect(first.sent([item('a')], nowMs + 5)).toBe(true);
    first.close();
    const second = opened(file);
    expect(second.items().map(({alert, at, doneMs}) => [alert, at, doneMs])).toEqual([
      ['a', 'sent', nowMs + 5],
      ['b', 'waiting', undefined],
    ]);
    second.queue([queued('a')], nowMs + 10);
    expect(second.items()[0]?.at).toBe('sent');
  });

  test('a reminder is queued again once it was sent, and what was dropped is too', () => {
    const outbox = opened();
    outbox.queue([queued('a', {as: 'reminder'}), queued('a')], nowMs);
    outbox.sent([item('a', {as: 'reminder'})], nowMs);
    outbox.drop([item('a')], nowMs);
    expect(outbox.items().map(({at}) => at)).toEqual(['dropped', 'sent']);
    outbox.queue([queued('a', {as: 'reminder'}), queued('a')], nowMs + 1);
    expect(outbox.items().map(({at, queuedMs}) => [at, queuedMs])).toEqual([
      ['waiting', nowMs + 1],
      ['waiting', nowMs + 1],
    ]);
  });

  test('what failed waits until its time, or is given up', () => {
    const outbox = opened();
    outbox.queue([queued('a'), queued('b')], nowMs);
    outbox.failed([item('a')], {nowMs, dueMs: nowMs + 5_000, error: 'HTTP 500', giveUp: false});
    outbox.failed([item('b')], {nowMs, dueMs: nowMs + 5_000, error: 'HTTP 500', giveUp: true});
    expect(outbox.items()).toMatchObject([
      {alert: 'a', at: 'waiting', attempts: 1, dueMs: nowMs + 5_000, error: 'HTTP 500'},
      {alert: 'b', at: 'given up', attempts: 1},
    ]);
  });

  test('what is long ago and over is forgotten, and nothing else', () => {
    const outbox = opened();
    outbox.queue([queued('old'), queued('kept')], nowMs);
    outbox.queue([queued('new')], nowMs + dayMs);
    outbox.forget(new Set(['kept']), nowMs + dayMs);
    expect(outbox.items().map(({alert}) => alert)).toEqual(['kept', 'new']);
  });

  test('it is known how often a channel was sent something', () => {
    const outbox = opened();
    outbox.queue([queued('a'), queued('b')], nowMs);
    outbox.sent([item('a'), item('b')], nowMs);
    outbox.failed([item('b')], {nowMs: nowMs + 1, dueMs: 0, error: 'x', giveUp: false});
    expect(outbox.sendings('hook', nowMs - 1)).toBe(2);
    expect(outbox.sendings('hook', nowMs)).toBe(1);
    expect(outbox.sendings('chat', 0)).toBe(0);
  });

  test('the state of a channel is kept', () => {
    const file = fileIn();
    const state = {
      channel: 'hook',
      notBeforeMs: nowMs + 1,
      failures: 3,
      error: 'HTTP 500',
      errorMs: nowMs,
      sentMs: undefined,
      digestMs: nowMs - 1,
    };
    const first = openOutbox(file, nowMs);
    first.channel({...state, failures: 1});
    first.channel(state);
    first.close();
    expect(opened(file).channels()).toEqual([state]);
  });
});

describe('two processes', () => {
  test('never take the same thing, as long as both live', () => {
    const file = fileIn();
    const [one, two] = [opened(file), opened(file)];
    one.queue([queued('a'), queued('b')], nowMs);
    expect(one.claim([item('a')], me, alive).map(({alert}) => alert)).toEqual(['a']);
    expect(two.claim([item('a'), item('b')], other, alive).map(({alert}) => alert)).toEqual(['b']);
    one.sent([item('a')], nowMs);
    expect(two.items().map(({at}) => at)).toEqual(['sent', 'waiting']);
    expect(two.claim([item('a')], other, alive)).toEqual([]);
  });

  test('what one took that is gone now is taken over, and said to be a repetition', () => {
    const file = fileIn();
    const [one, two] = [opened(file), opened(file)];
    one.queue([queued('a')], nowMs);
    one.claim([item('a')], me, alive);
    expect(two.claim([item('a')], other, alive)).toEqual([]);
    const taken = two.claim([item('a')], other, name => name.pid !== me.pid);
    expect(taken).toMatchObject([{alert: 'a', repeated: true}]);
  });

  test('what one could not send, and said so, is no repetition', () => {
    const outbox = opened();
    outbox.queue([queued('a')], nowMs);
    outbox.claim([item('a')], me, alive);
    outbox.failed([item('a')], {nowMs, dueMs: nowMs, error: 'x', giveUp: false});
    expect(outbox.claim([item('a')], other, alive)).toMatchObject([{repeated: false, attempts: 1}]);
  });
});

describe('a file that cannot be used', () => {
  test('is moved aside with its bytes, and the queue begins again', () => {
    const dir = tempDir();
    writeFileSync(fileIn(dir), 'this is a letter, not a database. '.repeat(100));
    const outbox = opened(fileIn(dir));
    expect(outbox.problem).toContain('was moved to');
    outbox.queue([queued('a')], nowMs);
    expect(outbox.items()).toHaveLength(1);
    const aside = readdirSync(dir).find(name => name.includes('unusable'));
    expect(readFileSync(join(dir, aside ?? ''), 'utf8')).toContain('this is a letter');
  });

  test('where nothing can be written, notices wait in memory and it says so', () => {
    const outbox = opened(join(tempDir(), 'no-such-folder', 'alerts.db'));
    expect(outbox.problem).toContain('notices are not kept');
    outbox.queue([queued('a')], nowMs);
    expect(outbox.items()).toHaveLength(1);
  });
});
