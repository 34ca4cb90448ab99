import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Sent} from '../../../src/define-channel.ts';
import type {Finding} from '../../../src/domain/alert.ts';
import {linesOf} from '../../../src/domain/notice.ts';
import {tempDir} from '../../helpers/temp.ts';
import {bed, channelOf, findingOf, refused, type Bed} from './parts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const clear = (check: string): Finding => findingOf(check, {at: 'clear'});
const sev = (check: string, severity: Finding['severity']): Finding => findingOf(check, {severity});
const hhmm = (time: string): number =>
  1_767_312_000_000 + Number(time.slice(0, 2)) * hourMs + Number(time.slice(3)) * minuteMs;

/** Advances to a time of the first day. */
const until = async ({clock}: Bed, time: string): Promise<void> => clock.advance(hhmm(time) - clock.nowMs());

describe('one outage', () => {
  test('is told once and its end is told once, however often it is looked at', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(10 * minuteMs);
    on.find(clear('live'));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing live', 'resolved live']);
    expect(on.told[0]?.atS).toBeGreaterThanOrEqual(30);
    expect(on.told[0]?.atS).toBeLessThan(33);
    expect(on.ledger.stored.map(({entry}) => entry.kind)).toEqual([
      'alert.open',
      'alert.sent',
      'alert.close',
      'alert.sent',
    ]);
    expect(on.ledger.bodies('alert.sent')).toMatchObject([
      {channel: 'hook', type: 'webhook', ok: true, attempts: 1, alerts: [{as: 'firing'}]},
      {channel: 'hook', ok: true, alerts: [{as: 'resolved'}]},
    ]);
  });

  test('that ends while its group still waits is told to nobody', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(20_000);
    on.find(clear('live'));
    await on.clock.advance(hourMs);
    expect(on.told).toEqual([]);
    expect(on.ledger.stored.map(({entry}) => entry.kind)).toEqual(['alert.open', 'alert.close']);
  });

  test('says what was seen, since when, and which runbook helps', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(minuteMs);
    const [first] = on.told;
    expect(first === undefined ? [] : linesOf(first.notice)).toEqual([
      '[sev2] FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
      '  refused',
      '  runbooks: restart',
    ]);
  });

  test('that nobody took is told again after four hours, and not once somebody took it', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(4 * hourMs + 2 * minuteMs);
    expect(on.words()).toEqual(['firing live', 'reminder live']);
    const [open] = on.alerts.book().alerts.keys();
    on.ledger.write('mara', {kind: 'alert.ack', body: {alert: open ?? ''}});
    await on.clock.advance(24 * hourMs);
    expect(on.words()).toEqual(['firing live', 'reminder live']);
    on.find(clear('live'));
    await on.clock.advance(minuteMs);
    expect(on.words().at(-1)).toBe('resolved live');
  });

  test('the next one has to be taken again', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(minuteMs);
    const [open] = on.alerts.book().alerts.keys();
    on.ledger.write('mara', {kind: 'alert.ack', body: {alert: open ?? ''}});
    on.find(clear('live'));
    await on.clock.advance(10 * minuteMs);
    on.find(findingOf('live'));
    await on.clock.advance(10 * minuteMs);
    const now = [...on.alerts.book().alerts.values()].filter(({closed}) => closed === undefined);
    expect(now).toMatchObject([{acked: undefined}]);
    expect(on.words()).toEqual(['firing live', 'resolved live', 'firing live']);
  });

  test('that becomes worse is told anew, without an end in between', async () => {
    const on = await bed();
    on.find(findingOf('live', {severity: 'sev3', title: 'api/live WARNING'}));
    await on.clock.advance(minuteMs);
    on.find(findingOf('live', {severity: 'sev1'}));
    await on.clock.advance(2 * minuteMs);
    expect(on.words()).toEqual(['firing live']);
    expect(on.ledger.bodies('alert.close')).toMatchObject([{why: 'worse'}]);
    on.find(clear('live'));
    await on.clock.advance(minuteMs);
    expect(on.words()).toEqual(['firing live', 'resolved live']);
  });

  test('of a check that is not on the site any more is closed and said to be over', async () => {
    const on = await bed();
    on.find(findingOf('live'), findingOf('other'));
    await on.clock.advance(minuteMs);
    on.find(findingOf('other'));
    await on.clock.advance(minuteMs);
    expect(on.ledger.bodies('alert.close')).toMatchObject([{key: 'check api/live', why: 'removed'}]);
    expect(on.words()).toEqual(['firing live, firing other', 'resolved live']);
  });

  test('what is undecided neither opens nor closes anything', async () => {
    const on = await bed();
    on.find(findingOf('live', {at: 'undecided'}));
    await on.clock.advance(minuteMs);
    expect(on.ledger.stored).toEqual([]);
    on.find(findingOf('live'));
    await on.clock.advance(minuteMs);
    on.find(findingOf('live', {at: 'undecided'}));
    await on.clock.advance(hourMs);
    expect(on.words()).toEqual(['firing live']);
  });
});

describe('several at once', () => {
  test('those of one service are told in one notice, of two services in two', async () => {
    const on = await bed();
    on.find(findingOf('a'), findingOf('b'), findingOf('c', {key: 'check db/c', service: 'db'}));
    await on.clock.advance(minuteMs);
    expect(on.words()).toEqual(['firing a, firing b', 'firing c']);
  });

  test('what comes a moment later waits until the group may be told again; sev1 does not', async () => {
    const on = await bed();
    on.find(findingOf('a'));
    await on.clock.advance(minuteMs);
    on.find(findingOf('a'), findingOf('b'));
    await on.clock.advance(3 * minuteMs);
    expect(on.words()).toEqual(['firing a']);
    on.find(findingOf('a'), findingOf('b'), sev('c', 'sev1'));
    await on.clock.advance(45_000);
    expect(on.words()).toEqual(['firing a', 'firing c']);
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing a', 'firing c', 'firing b']);
  });

  test('a storm over many services is one notice, in pieces of a hundred', async () => {
    const on = await bed();
    const many = Array.from({length: 130}, (_, i) =>
      findingOf(`c${i}`, {key: `check s${i}/c`, service: `s${i}`}),
    );
    on.find(...many);
    await on.clock.advance(2 * minuteMs);
    expect(on.told.map(({notice}) => notice.alerts.length)).toEqual([100, 30]);
    expect(on.ledger.bodies('alert.open')).toHaveLength(130);
  });

  test('a channel that is told of each alone is told of each alone', async () => {
    const on = await bed({channels: [channelOf('pager', {each: true})]});
    on.find(findingOf('a'), findingOf('b'));
    await on.clock.advance(minuteMs);
    expect(on.words()).toEqual(['firing a', 'firing b']);
  });

  test('a channel that gathers by itself is told at once, and again while it lasts', async () => {
    const on = await bed({channels: [channelOf('am', {each: true, refreshMs: minuteMs})]});
    on.find(findingOf('a'));
    await on.clock.advance(3 * minuteMs + 10_000);
    expect(on.words()).toEqual(['firing a', 'reminder a', 'reminder a', 'reminder a']);
    expect(on.ledger.bodies('alert.sent')).toHaveLength(1);
    on.find(clear('a'));
    await on.clock.advance(3_000);
    expect(on.words().at(-1)).toBe('resolved a');
  });

  test('a channel that wants to know is told who took an alert', async () => {
    const on = await bed({channels: [channelOf('pager', {each: true, tellsAck: true}), channelOf('chat')]});
    on.find(findingOf('a'));
    await on.clock.advance(minuteMs);
    const [open = ''] = on.alerts.book().alerts.keys();
    on.ledger.write('mara', {kind: 'alert.ack', body: {alert: open}});
    await on.clock.advance(minuteMs);
    expect(on.words('pager')).toEqual(['firing a', 'acknowledged a']);
    expect(on.told.find(({words}) => words === 'acknowledged a')?.notice.alerts).toMatchObject([
      {acked: 'mara'},
    ]);
    expect(on.words('chat')).toEqual(['firing a']);
  });
});

describe('routes', () => {
  test('every route that matches counts, by severity, service and label', async () => {
    const route = {severities: [], on: ['*'], digest: false as boolean | undefined};
    const on = await bed({
      channels: [
        channelOf('all'),
        channelOf('grave'),
        channelOf('live'),
        channelOf('edge'),
        channelOf('none'),
      ],
      plan: {
        routes: [
          {...route, to: ['all']},
          {...route, severities: ['sev1'], to: ['grave', 'all']},
          {...route, on: ['api/live'], to: ['live']},
          {...route, on: ['label:edge'], to: ['edge']},
          {...route, on: ['db', 'label:core'], to: ['none']},
        ],
      },
    });
    on.find(findingOf('live'), sev('other', 'sev1'));
    await on.clock.advance(2 * minuteMs);
    expect(on.words('all')).toEqual(['firing live, firing other']);
    expect(on.words('grave')).toEqual(['firing other']);
    expect(on.words('live')).toEqual(['firing live']);
    expect(on.words('edge')).toEqual(['firing live, firing other']);
    expect(on.words('none')).toEqual([]);
  });
});

describe('what holds notices back', () => {
  const silence = (body: Record<string, string | number | boolean | string[]>) => ({
    kind: 'alert.silence',
    body: {silence: 's1', how: 'set', on: ['api'], ...body},
    disclosed: [{ptr: '/body/reason', value: 'deploy'}],
  });

  test('a silence keeps an alert quiet until it runs out; what is over by then is never told', async () => {
    const on = await bed();
    const untilMs = on.clock.nowMs() + hourMs;
    on.ledger.write('mara', silence({untilMs, until: ''}));
    on.find(findingOf('a'), findingOf('b'));
    await on.clock.advance(30 * minuteMs);
    on.find(findingOf('a'), clear('b'));
    await on.clock.advance(29 * minuteMs);
    expect(on.told).toEqual([]);
    expect(on.ledger.bodies('alert.open')).toHaveLength(2);
    await on.clock.advance(3 * minuteMs);
    expect(on.words()).toEqual(['firing a']);
  });

  test('a silence that begins later keeps the end from nobody', async () => {
    const on = await bed();
    on.find(findingOf('a'));
    await on.clock.advance(minuteMs);
    on.ledger.write('mara', silence({untilMs: on.clock.nowMs() + 10 * hourMs, until: ''}));
    await on.clock.advance(5 * hourMs);
    on.find(clear('a'));
    await on.clock.advance(minuteMs);
    expect(on.words()).toEqual(['firing a', 'resolved a']);
  });

  test('a silence until it is resolved is gone with the outage', async () => {
    const on = await bed();
    on.ledger.write(
      'mara',
      silence({untilMs: on.clock.nowMs() + 10 * hourMs, until: '', untilResolved: true}),
    );
    on.find(findingOf('a'));
    await on.clock.advance(10 * minuteMs);
    on.find(clear('a'));
    await on.clock.advance(10 * minuteMs);
    expect(on.told).toEqual([]);
    on.find(findingOf('a'));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing a']);
  });

  test('a silence that was lifted holds nothing back', async () => {
    const on = await bed();
    on.ledger.write('mara', silence({untilMs: on.clock.nowMs() + 10 * hourMs, until: ''}));
    on.find(findingOf('a'));
    await on.clock.advance(10 * minuteMs);
    on.ledger.write('mara', {kind: 'alert.silence', body: {silence: 's1', how: 'lift'}});
    await on.clock.advance(minuteMs);
    expect(on.words()).toEqual(['firing a']);
  });

  test('in a maintenance no alert is opened; its end is recorded, and what still fires is told', async () => {
    const on = await bed();
    const nowMs = on.clock.nowMs();
    on.ledger.write('mara', {
      kind: 'maintenance.set',
      body: {window: 'w1', on: ['api/a'], fromMs: nowMs, from: '', untilMs: nowMs + hourMs, until: ''},
      disclosed: [{ptr: '/body/reason', value: 'new disk'}],
    });
    on.find(findingOf('a'), findingOf('b'));
    await on.clock.advance(59 * minuteMs);
    expect(on.words()).toEqual(['firing b']);
    await on.clock.advance(3 * minuteMs);
    expect(on.words()).toEqual(['firing b', 'firing a']);
    expect(on.ledger.bodies('maintenance.end')).toEqual([{window: 'w1', why: 'over'}]);
  });

  test('a maintenance that repeats is held to in its time zone', async () => {
    const on = await bed({
      recurring: [
        {
          name: 'nightly',
          on: ['api'],
          reason: 'backup',
          // The clock begins at 03:04:05 UTC, which is 04:04:05 in Berlin in winter.
          when: {days: [], at: '04:00', zone: 'Europe/Berlin', ends: {afterMs: 30 * minuteMs}},
        },
      ],
    });
    on.find(findingOf('a'));
    await on.clock.advance(25 * minuteMs);
    expect(on.ledger.stored).toEqual([]);
    await on.clock.advance(2 * minuteMs);
    expect(on.words()).toEqual(['firing a']);
  });

  test('what depends on something that is down is not told, and is once that is well', async () => {
    const on = await bed();
    const because = 'api/db';
    on.find(findingOf('db'), findingOf('live', {because}));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing db']);
    on.find(clear('db'), findingOf('live'));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing db', 'firing live, resolved db']);
  });

  test('what was told before its dependency went down is said to be over while that is down', async () => {
    const on = await bed();
    on.find(findingOf('live'));
    await on.clock.advance(minuteMs);
    on.find(findingOf('db'), findingOf('live', {because: 'api/db'}));
    await on.clock.advance(10 * minuteMs);
    on.find(findingOf('db'), clear('live'));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing live', 'firing db', 'resolved live']);
  });

  test('in quiet hours only sev1 and sev2 are told; the others when those are over', async () => {
    const on = await bed({
      plan: {
        routes: [{severities: [], on: ['*'], to: ['hook'], digest: false}],
        quiet: {days: [], at: '22:00', zone: 'UTC', ends: {at: '07:00'}},
      },
    });
    on.find(findingOf('a', {service: 'x', key: 'check x/a'}), sev('b', 'sev3'), sev('c', 'sev4'));
    await until(on, '06:59');
    expect(on.words()).toEqual(['firing a']);
    await until(on, '07:02');
    expect(on.words()).toEqual(['firing a', 'firing b, firing c']);
  });
});

describe('the digest', () => {
  test('tells sev3 and sev4 once a day: what began, what is over, and what is still there', async () => {
    const on = await bed();
    on.find(sev('a', 'sev3'), sev('b', 'sev4'), sev('c', 'sev3'));
    await on.clock.advance(hourMs);
    on.find(sev('a', 'sev3'), sev('c', 'sev3'), {...clear('b'), severity: 'sev4'});
    await until(on, '08:59');
    expect(on.told).toEqual([]);
    await until(on, '09:02');
    expect(on.words()).toEqual(['digest: firing a, firing c, resolved b']);
    on.find(sev('a', 'sev3'), clear('c'));
    await on.clock.advance(24 * hourMs);
    expect(on.words().slice(1)).toEqual(['digest: reminder a, resolved c']);
    on.find(clear('a'));
    await on.clock.advance(24 * hourMs);
    await on.clock.advance(24 * hourMs);
    expect(on.words().slice(2)).toEqual(['digest: resolved a']);
  });

  test('that was due while nothing ran is told once, at the next start', async () => {
    const [file, first] = [join(tempDir(), 'alerts.db'), await bed()];
    const {clock, ledger} = first;
    first.isMine = false;
    const on = await bed({clock, ledger, file});
    on.find(sev('a', 'sev3'));
    await on.clock.advance(minuteMs);
    on.isMine = false;
    await until(on, '12:00');
    const next = await bed({clock, ledger, file, pid: 200});
    next.find(sev('a', 'sev3'));
    await next.clock.advance(minuteMs);
    expect(next.words()).toEqual(['digest: firing a']);
    await next.clock.advance(5 * hourMs);
    expect(next.words()).toHaveLength(1);
  });
});

describe('a channel that fails', () => {
  test('is tried again with growing pauses until it takes the notice, once', async () => {
    const on = await bed();
    let tries = 0;
    on.answer = () => {
      tries += 1;
      return tries < 5 ? refused : {at: 'sent', message: 'HTTP 200'};
    };
    on.find(findingOf('a'));
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['firing a']);
    expect(tries).toBe(5);
    // 5, 10, 20 and 40 seconds after the first try.
    expect(on.told[0]?.atS).toBeGreaterThanOrEqual(30 + 75);
    expect(on.told[0]?.atS).toBeLessThan(30 + 75 + 15);
    expect(on.ledger.bodies('alert.sent')).toMatchObject([
      {ok: false, message: 'HTTP 500', attempts: 1},
      {ok: true, attempts: 5},
    ]);
  });

  test('is left alone as long as it asks for', async () => {
    const on = await bed();
    const tries: number[] = [];
    on.answer = (): Sent => {
      tries.push(on.clock.nowMs());
      return tries.length > 1
        ? {at: 'sent', message: 'HTTP 200'}
        : {at: 'failed', about: 'channel', message: 'HTTP 429', retryAfterMs: 90_000};
    };
    on.find(findingOf('a'));
    await on.clock.advance(10 * minuteMs);
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(90_000);
    expect(tries).toHaveLength(2);
  });

  test('does not hold up another channel, nor a notice that it refuses another notice', async () => {
    const on = await bed({channels: [channelOf('bad'), channelOf('good')]});
    on.answer = (notice, channel): Sent =>
      channel === 'bad' && notice.alerts[0]?.service === 'api'
        ? {at: 'failed', about: 'notice', message: 'HTTP 400'}
        : {at: 'sent', message: 'HTTP 200'};
    on.find(findingOf('a'), findingOf('b', {key: 'check db/b', service: 'db'}));
    await on.clock.advance(minuteMs);
    expect(on.words('good')).toEqual(['firing a', 'firing b']);
    expect(on.words('bad')).toEqual(['firing b']);
  });

  test('tells an outage that came and went meanwhile in one notice, with its times', async () => {
    const on = await bed();
    on.answer = () => refused;
    on.find(findingOf('a', {sinceMs: on.clock.nowMs()}));
    await on.clock.advance(10 * minuteMs);
    on.find(clear('a'));
    await on.clock.advance(minuteMs);
    on.answer = undefined;
    await on.clock.advance(10 * minuteMs);
    expect(on.words()).toEqual(['resolved a']);
    const lines = on.told.flatMap(({notice}) => linesOf(notice));
    expect(lines).toEqual([
      '[sev2] RESOLVED api/a after 10m (2026-01-02T03:04:05Z to 2026-01-02T03:14:05Z; nobody could be told before)',
    ]);
  });

  test('a notice that nobody takes for a day is given up, and that is recorded', async () => {
    const on = await bed();
    on.answer = () => refused;
    on.find(findingOf('a'));
    await on.clock.advance(25 * hourMs);
    expect(on.ledger.bodies('alert.sent').at(-1)).toMatchObject({ok: false, givenUp: true});
    const [item] = on.outbox.items();
    expect(item).toMatchObject({at: 'given up', error: 'HTTP 500'});
  });

  test('no more than twenty notices a minute go to one channel', async () => {
    const on = await bed({channels: [channelOf('pager', {each: true})]});
    on.find(...Array.from({length: 50}, (_, i) => findingOf(`c${i}`)));
    await on.clock.advance(80_000);
    expect(on.told).toHaveLength(20);
    await on.clock.advance(3 * minuteMs);
    expect(on.told).toHaveLength(50);
  });
});

describe('a restart', () => {
  test('in the middle tells nothing twice and forgets nothing', async () => {
    const [file, first] = [join(tempDir(), 'alerts.db'), await bed()];
    const {clock, ledger} = first;
    first.isMine = false;
    const one = await bed({clock, ledger, file});
    one.find(findingOf('a'));
    await clock.advance(minuteMs);
    await one.alerts.stop();
    const two = await bed({clock, ledger, file, pid: 200});
    two.find(findingOf('a'));
    await clock.advance(10 * minuteMs);
    expect([...one.words(), ...two.words()]).toEqual(['firing a']);
    two.find(clear('a'));
    await clock.advance(minuteMs);
    expect(two.words()).toEqual(['resolved a']);
    expect(ledger.bodies('alert.open')).toHaveLength(1);
  });

  test('after which all is well again tells the end, although nobody saw it', async () => {
    const file = join(tempDir(), 'alerts.db');
    const one = await bed({file});
    const {clock, ledger} = one;
    one.find(findingOf('a'));
    await clock.advance(minuteMs);
    await one.alerts.stop();
    await clock.advance(3 * hourMs);
    const two = await bed({clock, ledger, file, pid: 200});
    two.find(clear('a'));
    await clock.advance(minuteMs);
    expect(two.words()).toEqual(['resolved a']);
  });

  test('of a process that ended while it was sending sends again, and says that it may be a repetition', async () => {
    const file = join(tempDir(), 'alerts.db');
    const dead = new Set<number>();
    const one = await bed({file});
    const {clock, ledger} = one;
    one.answer = async () => new Promise<Sent>(() => undefined);
    one.find(findingOf('a'));
    await clock.advance(minuteMs);
    one.isMine = false;
    // Another process that is not sure whether the first one lives leaves what that one took alone.
    const two = await bed({clock, ledger, file, pid: 200, dead});
    two.find(findingOf('a'));
    await clock.advance(10 * minuteMs);
    expect(two.words()).toEqual([]);
    dead.add(100);
    await clock.advance(minuteMs);
    expect(two.words()).toEqual(['firing a']);
    expect(two.told[0]?.notice.repeated).toBe(true);
    expect(two.told[0]?.notice.alerts[0]?.message).toBe('refused');
    expect(ledger.bodies('alert.sent')).toMatchObject([{ok: true, repeated: true}]);
  });

  test('a process that has not the monitor tells nobody anything', async () => {
    const on = await bed();
    on.isMine = false;
    on.find(findingOf('a'));
    await on.clock.advance(hourMs);
    expect(on.told).toEqual([]);
    expect(on.ledger.stored).toEqual([]);
  });
});

test('while the ledger takes no entries notices go out all the same, and are recorded later', async () => {
  const on = await bed();
  on.ledger.refuse = 'no room';
  on.find(findingOf('a'));
  await on.clock.advance(minuteMs);
  expect(on.words()).toEqual(['firing a']);
  expect(on.alerts.problem).toContain('no room');
  on.ledger.refuse = undefined;
  await on.clock.advance(minuteMs);
  expect(on.ledger.stored.map(({entry}) => entry.kind)).toEqual(['alert.open', 'alert.sent']);
  expect(on.words()).toEqual(['firing a']);
});
