import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {AnyCheck} from '../../../src/define.ts';
import {createMonitor, createStation, followMonitor, runOnce} from '../../../src/engine/monitor/index.ts';
import type {MonitorRequest} from '../../../src/engine/monitor/index.ts';
import type {Look, Verdict} from '../../../src/domain/verdict.ts';
import {openTelemetry} from '../../../src/store/telemetry.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {answer, memoryLedger, portsOf, scripted, siteOf, spec} from './parts.ts';

const dayMs = 86_400_000;
const midnightMs = 1_767_312_000_000;

function bed(
  checks: readonly AnyCheck[],
  more: Partial<MonitorRequest> = {},
  file = join(tempDir(), 'telemetry.db'),
) {
  const clock = fakeClock(midnightMs);
  const telemetry = openTelemetry(file, midnightMs);
  onTestFinished(() => telemetry.close());
  const ledger = memoryLedger();
  const request = {
    site: siteOf([spec('live')]),
    checks,
    ports: portsOf(clock),
    ledger,
    telemetry,
    onChange: () => undefined,
    ...more,
  };
  return {clock, telemetry, ledger, request, file};
}

const says = (verdict: () => Verdict): AnyCheck => scripted(() => Promise.resolve(answer(verdict())));
const changes = (ledger: ReturnType<typeof memoryLedger>) =>
  ledger.entries.filter(({kind}) => kind === 'check.change').map(({body}) => body['verdict']);

/** A promise that the test resolves. */
function gate(): {readonly opened: Promise<void>; open: () => void} {
  let open = (): void => undefined;
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

describe('the monitor', () => {
  test('24 hours give exactly 1,440 samples for each check that is due every minute', async () => {
    const {clock, telemetry, request} = bed([says(() => 'pass')], {
      site: siteOf([spec('live'), spec('ready')]),
    });
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(dayMs - 1);
    await monitor.stop();
    for (const check of ['live', 'ready']) {
      const rows = await telemetry.recent('api', check, 5_000);
      expect(rows).toHaveLength(1_440);
      expect(new Set(rows.map(row => row.slotMs)).size).toBe(1_440);
      expect(rows.every(row => row.slotMs % 60_000 === 0)).toBe(true);
    }
  });

  test('a hard change is recorded once, after its strikes, and so is the recovery', async () => {
    let verdict: Verdict = 'pass';
    const {clock, ledger, request} = bed([says(() => verdict)]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(70_000);
    expect(changes(ledger)).toEqual(['pass']);
    verdict = 'fail';
    await clock.advance(60_000);
    expect(monitor.snapshot()[0]?.phase).toBe('pending');
    expect(changes(ledger)).toEqual(['pass']);
    await clock.advance(240_000);
    expect(monitor.snapshot()[0]?.phase).toBe('firing');
    verdict = 'pass';
    await clock.advance(180_000);
    expect(changes(ledger)).toEqual(['pass', 'fail', 'pass']);
    await monitor.stop();
    expect(ledger.entries.map(({kind}) => kind)).toEqual([
      'monitor.start',
      'check.change',
      'check.change',
      'check.change',
      'monitor.stop',
    ]);
  });

  test('flapping is recorded when it starts and when it stops, and not in between', async () => {
    let looks = 0;
    let isSteady = false;
    const {clock, ledger, request} = bed([
      says(() => {
        looks += 1;
        return isSteady || looks % 2 === 1 ? 'pass' : 'fail';
      }),
    ]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(21 * 60_000);
    const flaps = () =>
      ledger.entries
        .filter(({kind}) => kind === 'check.change')
        .map(({body}) => [body['state'], body['from'], body['flapping']]);
    const started = [
      ['ok', undefined, undefined],
      ['firing', 'ok', true],
    ];
    expect(flaps()).toEqual(started);
    expect(monitor.snapshot()[0]?.phase).toBe('firing');
    isSteady = true;
    await clock.advance(30 * 60_000);
    expect(flaps()).toEqual([...started, ['ok', 'firing', false]]);
    expect(monitor.snapshot()[0]?.phase).toBe('ok');
    await monitor.stop();
  });

  test('a check that flaps goes on flapping after a restart, and is not recorded again', async () => {
    let looks = 0;
    const check = says(() => ((looks += 1) % 2 === 1 ? 'pass' : 'fail'));
    const {clock, ledger, request} = bed([check]);
    const first = createMonitor(request);
    await first.start();
    await clock.advance(21 * 60_000);
    await first.stop();
    const before = ledger.entries.length;
    const second = createMonitor(request);
    await second.start();
    await clock.advance(5 * 60_000);
    expect(second.snapshot()[0]?.strikes.flapping).toEqual(first.snapshot()[0]?.strikes.flapping);
    expect(ledger.entries.slice(before).map(({kind}) => kind)).toEqual(['monitor.start']);
    await second.stop();
  });

  test('strikes and slots go on after a restart where they were', async () => {
    const {clock, ledger, request, telemetry} = bed([says(() => 'fail')]);
    const first = createMonitor(request);
    await first.start();
    await clock.advance(1_000);
    await first.stop();
    expect(changes(ledger)).toEqual([]);
    const second = createMonitor(request);
    await second.start();
    await clock.advance(1_000);
    expect(await telemetry.recent('api', 'live', 10)).toHaveLength(1);
    await clock.advance(66_000);
    expect(changes(ledger)).toEqual(['fail']);
    await second.stop();
  });

  test('looks of one check never overlap; what came due meanwhile is counted', async () => {
    let running = 0;
    let most = 0;
    const slow = gate();
    const check = scripted(async () => {
      running += 1;
      most = Math.max(most, running);
      await slow.opened;
      running -= 1;
      return answer('pass');
    });
    const {clock, request} = bed([check], {site: siteOf([spec('live', {timeoutMs: 600_000})])});
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(200_000);
    expect(most).toBe(1);
    expect(monitor.snapshot()[0]?.overruns).toBe(3);
    slow.open();
    await clock.advance(60_000);
    expect(monitor.snapshot()[0]?.last?.verdict).toBe('pass');
    await monitor.stop();
  });

  test('a late result does not overwrite a newer one', async () => {
    const late = gate();
    let looks = 0;
    const check = scripted(async (): Promise<Look> => {
      looks += 1;
      if (looks > 1) return answer('pass', 'second');
      await late.opened;
      return answer('fail', 'first');
    });
    const {clock, request} = bed([check]);
    const monitor = createMonitor(request);
    await monitor.start();
    // The first look is given up after its limit and clean-up time, and the second one answers.
    await clock.advance(21_000);
    expect(monitor.snapshot()[0]?.last?.kind).toBe('hang');
    await clock.advance(60_000);
    expect(monitor.snapshot()[0]?.last?.message).toBe('second');
    late.open();
    await clock.advance(1_000);
    expect(monitor.snapshot()[0]?.last?.message).toBe('second');
    await monitor.stop();
  });

  test('checking now answers at once and moves neither slots nor strikes', async () => {
    let looks = 0;
    const {clock, ledger, telemetry, request} = bed([
      scripted(() => {
        looks += 1;
        return Promise.resolve(answer('fail'));
      }),
    ]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(1_000);
    for (let i = 0; i < 5; i++) await monitor.checkNow('api');
    expect(looks).toBe(6);
    expect(monitor.snapshot()[0]?.phase).toBe('pending');
    expect(await telemetry.recent('api', 'live', 10)).toHaveLength(1);
    await clock.advance(66_000);
    expect(changes(ledger)).toEqual(['fail']);
    expect(await telemetry.recent('api', 'live', 10)).toHaveLength(2);
    await monitor.stop();
  });

  test('at most sixteen looks that answer quickly run at a time', async () => {
    let running = 0;
    let most = 0;
    const slow = gate();
    const check = scripted(async () => {
      running += 1;
      most = Math.max(most, running);
      await slow.opened;
      running -= 1;
      return answer('pass');
    });
    const specs = Array.from({length: 30}, (_, i) => spec(`c${i}`));
    const {clock, request} = bed([check], {site: siteOf(specs)});
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(5_000);
    expect(most).toBe(16);
    slow.open();
    await clock.advance(2_000);
    expect(monitor.snapshot().every(state => state.last?.verdict === 'pass')).toBe(true);
    expect(most).toBe(16);
    await monitor.stop();
  });

  test('a check that compares sees the results of the same slot', async () => {
    let verdict: Verdict = 'pass';
    const inputs = scripted(() => Promise.resolve(answer(verdict)));
    const compare = scripted(
      (_params, {input}) => Promise.resolve(answer('pass', input('live')?.verdict ?? 'none')),
      {
        type: 'compare',
        inputs: ['live'],
      },
    );
    const site = siteOf([spec('both', {type: 'compare'}), spec('live')]);
    const {clock, request} = bed([inputs, compare], {site});
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(1_000);
    expect(monitor.snapshot()[0]?.last?.message).toBe('pass');
    verdict = 'fail';
    await clock.advance(66_000);
    expect(monitor.snapshot()[0]?.last?.message).toBe('fail');
    await monitor.stop();
  });

  test('a suspended machine leaves a gap in the ledger, no invented samples, and stale states', async () => {
    const {clock, ledger, telemetry, request} = bed([says(() => 'pass')]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(61_000);
    clock.jump(3 * 3_600_000);
    expect(monitor.snapshot()[0]?.stale).toBe(true);
    await clock.advance(70_000);
    const gap = ledger.entries.find(({kind}) => kind === 'monitor.gap');
    expect(gap?.body['why']).toContain('suspended');
    const rows = await telemetry.recent('api', 'live', 1_000);
    expect(rows.length).toBeLessThan(6);
    expect(monitor.snapshot()[0]?.missed).toBeGreaterThan(170);
    expect(monitor.snapshot()[0]?.stale).toBe(false);
    await monitor.stop();
  });

  test('a clock that was set back does not stop the looking', async () => {
    let looks = 0;
    const {clock, ledger, request} = bed([
      scripted(() => {
        looks += 1;
        return Promise.resolve(answer('pass'));
      }),
    ]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(300_000);
    clock.jump(-3_600_000);
    const before = looks;
    await clock.advance(600_000);
    expect(looks - before).toBeGreaterThanOrEqual(9);
    const gap = ledger.entries.find(({kind}) => kind === 'monitor.gap');
    expect(gap?.body['why']).toBe('the clock was set back by 3600 s');
    await monitor.stop();
  });

  test('on a site that is not trusted commands are not run, and it says so', async () => {
    const never = scripted(() => Promise.reject(new Error('must not run')), {needsTrust: true});
    const {clock, request} = bed([never], {site: siteOf([spec('live')], {at: 'new', why: 'never seen'})});
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(1_000);
    expect(monitor.snapshot()[0]?.last).toMatchObject({verdict: 'unknown', kind: 'permission', checked: 0});
    await monitor.stop();
  });

  test('a check is given what it said last', async () => {
    const seen: (string | undefined)[] = [];
    const counting = scripted((_, {previous}) => {
      seen.push(previous?.message);
      return Promise.resolve(answer('pass', `look ${seen.length}`));
    });
    const {clock, request} = bed([counting], {site: siteOf([spec('live')])});
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(180_000);
    await monitor.stop();
    expect(seen.slice(0, 3)).toEqual([undefined, 'look 1', 'look 2']);
  });

  test('on a site that is not trusted no other host is contacted, whatever the type of the check', async () => {
    const quiet = scripted(() => Promise.resolve(answer('pass')));
    const there = spec('there', {host: {name: 'db1', ssh: 'db1'}});
    const {clock, request} = bed([quiet], {
      site: siteOf([spec('here'), there], {at: 'new', why: 'never seen'}),
    });
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(1_000);
    expect(monitor.snapshot().map(({last}) => [last?.verdict, last?.kind])).toEqual([
      ['pass', 'assertion'],
      ['unknown', 'permission'],
    ]);
    await monitor.stop();
  });

  test('a pass that checked nothing and a check that throws are unknown', async () => {
    const {clock, request} = bed(
      [
        scripted(({name}) => {
          if (name === 'throws') throw new Error('broken');
          return Promise.resolve({...answer('pass'), checked: 0});
        }),
      ],
      {site: siteOf([spec('empty'), spec('throws')])},
    );
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(1_000);
    expect(monitor.snapshot().map(({last}) => [last?.verdict, last?.kind])).toEqual([
      ['unknown', 'vacuous'],
      ['unknown', 'config'],
    ]);
    await monitor.stop();
  });

  test('while the ledger is full hard states wait, and are written in order once it is not', async () => {
    const {clock, ledger, request} = bed([says(() => 'pass')]);
    ledger.refuse = 'no room';
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(61_000);
    expect(monitor.problem).toContain('no room');
    expect(ledger.entries).toEqual([]);
    ledger.refuse = undefined;
    await clock.advance(70_000);
    expect(ledger.entries.map(({kind}) => kind)).toEqual(['monitor.start', 'check.change']);
    expect(monitor.problem).toBeUndefined();
    await monitor.stop();
  });

  test('stopping tells a running look and does not wait for one that does not listen', async () => {
    let told = false;
    const check = scripted(async (_params, {signal}) => {
      signal.addEventListener('abort', () => {
        told = true;
      });
      return new Promise<Look>(() => undefined);
    });
    const {clock, ledger, request} = bed([check]);
    const monitor = createMonitor(request);
    await monitor.start();
    await clock.advance(100);
    const stopped = monitor.stop('test over');
    await clock.advance(3_100);
    await stopped;
    expect(told).toBe(true);
    expect(ledger.entries.at(-1)).toEqual({kind: 'monitor.stop', body: {why: 'test over'}});
  });
});

describe('the monitor lease', () => {
  test('one process looks, another follows with the same view and takes over when the first is dead', async () => {
    let alive = true;
    const file = join(tempDir(), 'telemetry.db');
    const one = bed([says(() => 'fail')], {}, file);
    const two = bed([says(() => 'fail')], {}, file);
    const ports = portsOf(two.clock, {pid: 200, start: '2', boot: 'b'});
    const awake = portsOf(one.clock);
    const first = createStation({
      ...one.request,
      ports: {...awake, processes: {...awake.processes, alive: () => true}},
      who: 'mara',
    });
    const second = createStation({
      ...two.request,
      ports: {...ports, processes: {...ports.processes, alive: () => alive}},
      who: 'tom',
    });
    await first.start();
    await one.clock.advance(70_000);
    await second.start();
    expect(first.mode()).toEqual({at: 'here'});
    expect(second.mode()).toMatchObject({at: 'elsewhere', holder: {who: 'mara', pid: 100}});
    expect(second.snapshot()[0]?.last).toEqual(first.snapshot()[0]?.last);
    expect(second.snapshot()[0]?.hard).toBe('fail');
    alive = false;
    await two.clock.advance(6_000);
    expect(second.mode()).toEqual({at: 'here'});
    // The first one was only asleep: it finds the lease gone and steps back.
    await one.clock.advance(6_000);
    expect(first.mode()).toMatchObject({at: 'elsewhere', holder: {who: 'tom', pid: 200}});
    expect(one.ledger.entries.at(-1)?.kind).toBe('monitor.stop');
    await second.stop();
    expect(await two.telemetry.monitorHolder()).toBeUndefined();
    await first.stop();
  });

  test('a follower that checks now shows what it saw, and writes nothing', async () => {
    const {clock, telemetry, request} = bed([says(() => 'warn')]);
    const follower = followMonitor({...request, telemetry});
    await follower.start();
    expect(follower.snapshot()[0]?.last).toBeUndefined();
    await follower.checkNow('api');
    expect(follower.snapshot()[0]?.last?.verdict).toBe('warn');
    expect(await telemetry.lastLooks()).toEqual([]);
    await follower.stop();
    expect(clock.pending()).toBe(0);
  });
});

describe('looking once', () => {
  test('gives one result per check, in order, with inputs looked at first', async () => {
    const inputs = scripted(() => Promise.resolve(answer('fail')));
    const compare = scripted(
      (_params, {input}) => Promise.resolve(answer('pass', input('live')?.verdict ?? 'none')),
      {
        type: 'compare',
        inputs: ['live'],
      },
    );
    const all = [spec('both', {type: 'compare'}), spec('live')];
    const request = {checks: [inputs, compare], ports: portsOf(fakeClock()), trusted: true};
    const both = await runOnce({...request, specs: all});
    expect(both.map(({check, message}) => [check, message])).toEqual([
      ['both', 'fail'],
      ['live', 'fail'],
    ]);
    const one = await runOnce({...request, specs: all.slice(0, 1), all});
    expect(one.map(({message}) => message)).toEqual(['fail']);
  });
});
