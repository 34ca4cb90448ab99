import {createServer} from 'node:http';
import {expect, onTestFinished, test} from 'vitest';
import {noStrikes} from '../../src/domain/strikes.ts';
import {resultOf} from '../checks/looking.ts';
import {spec} from '../engine/monitor/parts.ts';
import {matching} from '../helpers/like.ts';

import {minuteMs, hourMs, said, hook, place, textIn, holder} from './alert-place.ts';

/** A receiver that answers with this status. */
async function receiver(status: number): Promise<{readonly url: string; readonly bodies: string[]}> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`, bodies};
}

test('taking an alert records who and why, and is refused where nothing is open', async () => {
  const {typed, openAlert, bodies} = await place();
  const none = await typed('ack', 'api');
  expect([none.status, said(none)]).toEqual([1, 'No alert of api is open: there is nothing to take.']);
  await openAlert('a1');
  await openAlert('a2', 'port');
  const one = await typed('ack', 'api/live', '--note', 'looking', '--json');
  expect(one.talk.values).toEqual([
    {v: 1, acked: [{alert: 'a1', key: 'check api/live', severity: 'sev2'}], already: []},
  ]);
  const both = await typed('ack', 'api');
  expect(said(both)).toBe(
    'taken: api/port UPTIME: 2 consecutive failures\ntaken before by ada: api/live UPTIME: 2 consecutive failures',
  );
  expect((await bodies('alert.ack')).map(({alert}) => alert)).toEqual(['a1', 'a2']);
});

test('a name that is not there is refused with the nearest, by every command that takes one', async () => {
  const {typed} = await place();
  for (const argv of [
    ['ack', 'api/liev'],
    ['silence', 'api/liev', '--for', '1h', '--reason', 'r'],
    ['maintenance', 'set', 'api/liev', '--for', '1h', '--reason', 'r'],
    ['alerts', 'why', 'api/liev'],
  ]) {
    const ran = await typed(...argv);
    expect(ran.status).toBe(64);
    expect(said(ran)).toContain('There is no service, check or label api/liev. Did you mean `api/live`?');
  }
});

test('a silence is set with its end and reason, listed, and lifted', async () => {
  const {typed, clock, bodies} = await place();
  const set = await typed('silence', 'api', '--for', '2h', '--reason', 'deploy 4711');
  expect(set.status).toBe(0);
  const until = new Date(clock.nowMs() + 2 * hourMs).toISOString();
  const [body] = await bodies('alert.silence');
  expect(body).toMatchObject({how: 'set', on: ['api'], until, silence: matching(/^silence-[0-9a-f]{8}$/)});
  // The reason can be erased later.
  expect(JSON.stringify(body)).not.toContain('deploy');
  const id = textIn(body, 'silence');
  expect(said(await typed('silence', 'list'))).toBe(`${id}  api  until ${until}\n  by ada: deploy 4711`);
  const unknown = await typed('silence', 'lift', 'silence-x');
  expect([unknown.status, said(unknown)]).toEqual([64, matching(new RegExp(`Silenced: ${id}`))]);
  expect(said(await typed('silence', 'lift', id))).toBe(`${id}: lifted`);
  expect(said(await typed('silence', 'list'))).toBe('Nothing is silenced.');
  await typed('silence', '*', '--for', '1m', '--reason', 'r', '--until-resolved');
  clock.jump(61_000);
  expect((await typed('silence', 'list', '--json')).talk.values).toEqual([{v: 1, silences: []}]);
});

test('a silence without an end, for too long, or without a reason is refused', async () => {
  const {typed} = await place();
  expect(said(await typed('silence', 'api', '--reason', 'r'))).toContain('--for is needed');
  expect(said(await typed('silence', 'api', '--for', '31d', '--reason', 'r'))).toContain(
    'between 1m and 30d',
  );
  expect(said(await typed('silence', 'api', '--for', '1h'))).toContain('--reason is needed');
  expect(said(await typed('silence', 'api', '--for', '1h', '--reason', '  '))).toContain('is empty');
});

test('maintenance is announced beforehand, listed with what repeats, and ended or taken back', async () => {
  const {typed, clock, bodies} = await place();
  const now = await typed('maintenance', 'set', 'api', '--for', '1h', '--reason', 'new disk', '--json');
  const later = await typed(
    ...[
      'maintenance',
      'set',
      'api/live',
      '--from',
      '2026-01-03T22:00:00+01:00',
      '--for',
      '2h',
      '--reason',
      'upgrade',
    ],
  );
  expect([now.status, later.status]).toEqual([0, 0]);
  const [first, second] = await bodies('maintenance.set');
  expect(second).toMatchObject({from: '2026-01-03T21:00:00.000Z', until: '2026-01-03T23:00:00.000Z'});
  const [one, two] = [textIn(first, 'window'), textIn(second, 'window')];
  const listed = said(await typed('maintenance', 'list'));
  expect(listed).toContain(`${one}  now  api`);
  expect(listed).toContain(`${two}  to come  api/live`);
  expect(listed).toContain('nightly  repeats  api  2026-01-03T02:00:00.000Z to 2026-01-03T02:30:00.000Z');
  expect(said(await typed('maintenance', 'end', one, two))).toBe(`${one}: ended\n${two}: cancelled`);
  clock.jump(minuteMs);
  expect(said(await typed('maintenance', 'end', one))).toContain('None is open or to come');
  expect((await bodies('maintenance.end')).map(({why}) => why)).toEqual(['ended', 'cancelled']);
});

test('what is over is not declared maintenance afterwards; what has begun counts from now on', async () => {
  const {typed} = await place();
  const over = await typed(
    ...['maintenance', 'set', 'api', '--from', '2026-01-01T00:00:00Z', '--for', '1h', '--reason', 'r'],
  );
  expect([over.status, said(over)]).toEqual([64, matching(/announced, and not declared afterwards/)]);
  const begun = await typed(
    ...['maintenance', 'set', 'api', '--from', '2026-01-02T03:00:00Z', '--for', '1h', '--reason', 'r'],
  );
  expect(said(begun)).toContain('It counts from now on only');
});

test('what is open is listed with who was told, and that alerting is off where it is', async () => {
  const {typed, openAlert, outbox, clock} = await place({plan: {channels: [hook('https://h/')]}});
  expect(said(await typed('alerts'))).toBe('No alert is open.');
  await openAlert('a1');
  const untold = said(await typed('alerts'));
  expect(untold).toContain('sev2  api/live UPTIME: 2 consecutive failures  for 0s');
  expect(untold).toContain('refused');
  expect(untold).toContain('nobody was told yet');
  const item = {channel: 'hook', alert: 'a1', as: 'firing'} as const;
  outbox.queue([{...item, group: 'g', digest: false}], clock.nowMs());
  outbox.sent([item], clock.nowMs());
  await typed('silence', 'api', '--for', '1h', '--reason', 'r');
  const told = said(await typed('alerts'));
  expect(told).toContain('told: hook sent');
  expect(told).toContain('silenced until');
  expect((await typed('alerts', '--json')).talk.values).toMatchObject([
    {alerts: [{alert: 'a1', message: 'refused', told: [{channel: 'hook', at: 'sent'}]}]},
  ]);
  expect(said(await (await place()).typed('alerts'))).toContain('alerting off: the site names no channel');
});

test('a test notice goes out now, and what came of it is said, recorded, and decides the exit status', async () => {
  const [good, bad] = [await receiver(200), await receiver(500)];
  const plan = {channels: [hook(good.url), {...hook(bad.url), name: 'broken'}]};
  const {typed, bodies} = await place({plan});
  const ok = await typed('alerts', 'test', 'hook');
  expect([ok.status, said(ok)]).toEqual([0, 'hook took it: HTTP 200']);
  expect(JSON.parse(good.bodies[0] ?? '')).toMatchObject({about: 'test', alerts: []});
  const no = await typed('alerts', 'test', 'broken', '--json');
  expect([no.status, no.talk.values]).toEqual([
    1,
    [{v: 1, channel: 'broken', type: 'webhook', ok: false, message: 'HTTP 500'}],
  ]);
  expect(await bodies('alert.sent')).toMatchObject([
    {channel: 'hook', ok: true, test: true},
    {channel: 'broken', ok: false, test: true},
  ]);
  expect(said(await typed('alerts', 'test', 'hok'))).toContain(
    'There is no channel hok. Did you mean `hook`?',
  );
  const untrusted = await place({plan, trust: {at: 'new', why: 'never seen'}});
  expect((await untrusted.typed('alerts', 'test', 'hook')).status).toBe(3);
  expect(good.bodies).toHaveLength(1);
});

test('why nothing arrives is said link by link: no channel, no monitor, no token', async () => {
  const none = await (await place()).typed('alerts', 'why');
  expect(none.status).toBe(1);
  expect(said(none)).toContain('NO     channels: the site names none');
  expect(said(none)).toContain('NO     monitor: nothing looks and nobody tells');
  const {typed} = await place({
    plan: {channels: [hook('https://h/', {secret: 'env:KEY'})], problems: ['half a Telegram']},
  });
  const why = said(await typed('alerts', 'why'));
  expect(why).toContain('NO     environment: half a Telegram');
  expect(why).toContain(
    'NO     channel hook: as this command sees it: The secret hook.secret needs the environment variable KEY, which is not set.',
  );
  const untrusted = await place({
    trust: {at: 'new', why: 'never seen'},
    plan: {channels: [hook('https://h/')]},
  });
  expect(said(await untrusted.typed('alerts', 'why'))).toContain('NO     site: not trusted');
});

test('why nothing arrives: the last answer of a channel, a silence, a route that leads nowhere, strikes that are missing', async () => {
  const at = await place({
    plan: {
      channels: [hook('https://h/')],
      routes: [{severities: ['sev2'], on: ['api/live'], to: ['hook'], digest: undefined}],
    },
  });
  const {typed, telemetry, outbox, clock, openAlert} = at;
  await telemetry.takeMonitor(holder, () => true);
  const well = await typed('alerts', 'why');
  expect([well.status, said(well)]).toEqual([0, matching(/ok {5}monitor: run by daemon \(ada\), pid 77/)]);
  outbox.channel({
    channel: 'hook',
    notBeforeMs: clock.nowMs() + minuteMs,
    failures: 2,
    error: 'HTTP 401: Unauthorized',
    errorMs: clock.nowMs(),
    sentMs: undefined,
    digestMs: undefined,
  });
  expect(said(await typed('alerts', 'why'))).toContain('it said: HTTP 401: Unauthorized; tried again at');
  telemetry.register([spec('live'), spec('port')]);
  const pending = {
    ...noStrikes,
    hard: 'pass' as const,
    sinceMs: 1,
    counters: {...noStrikes.counters, fail: 1},
  };
  telemetry.remember({
    result: {...resultOf('live', 'fail'), type: 'scripted'},
    seenMs: clock.nowMs(),
    slotMs: undefined,
    strikes: pending,
  });
  expect(said(await typed('alerts', 'why', 'api/live'))).toContain(
    'waits  api/live: fail, 1 in a row; it fires after 2: fail',
  );
  await openAlert('a1');
  await openAlert('a2', 'port');
  expect(said(await typed('alerts', 'why'))).toContain('NO     a2: no route takes sev2 of api anywhere');
  await typed('silence', 'api', '--for', '1h', '--reason', 'r');
  expect(said(await typed('alerts', 'why', 'api/live'))).toMatch(
    /waits {2}a1 to hook: silenced by ada \(silence-\w+\) until/,
  );
});
