import {basename, join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import type {AnyCheck} from '../../../src/define.ts';
import type {CheckSpec, Site} from '../../../src/domain/site.ts';
import type {Slo} from '../../../src/domain/slo-spec.ts';
import {excludedBy} from '../../../src/domain/slo-maintenance.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import {createNdjsonLog} from '../../../src/engine/logs/index.ts';
import {createMonitor} from '../../../src/engine/monitor/index.ts';
import type {MonitorRequest} from '../../../src/engine/monitor/index.ts';
import {measureSlos, promisedIn} from '../../../src/engine/slo/index.ts';
import {checkArtifacts, artifactsOf, createUptimeLog} from '../../../src/engine/uptime/index.ts';
import type {Files} from '../../../src/ports.ts';
import type {Excluded} from '../../../src/rollup-ports.ts';
import {openTelemetry} from '../../../src/store/telemetry.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {dayMs, hourMs, minuteMs} from '../../store/rollup-reference.ts';
import {answer, memoryLedger, portsOf, scripted, siteOf, spec} from '../monitor/parts.ts';
import {never, sloOf} from '../slo/parts.ts';

const midnightMs = Date.UTC(2026, 0, 2);

const promising = (checks: readonly CheckSpec[], slo: Slo): Site => {
  const site = siteOf(checks);
  return {...site, services: site.services.map(service => ({...service, slo}))};
};

/** Files in memory, as far as a log needs them: a day of lines, each on a real disk, would take minutes. */
function memoryFiles(): Files {
  const kept = new Map<string, Buffer>();
  const at = (path: string): Buffer => kept.get(path) ?? Buffer.alloc(0);
  return {
    ...realFiles,
    makeDir: () => Promise.resolve({at: 'made'}),
    stat: path => Promise.resolve({kind: 'file', sizeBytes: at(path).length, mode: 0o600, uid: 0}),
    readAt: (path, from, length) => Promise.resolve(at(path).subarray(from, from + length)),
    append: (path, bytes) => {
      kept.set(path, Buffer.concat([at(path), bytes]));
      return Promise.resolve({at: 'appended', sizeBytes: at(path).length});
    },
    list: () => Promise.resolve({at: 'listed', names: [...kept.keys()].map(name => basename(name))}),
    async *stream(path) {
      yield await Promise.resolve(at(path));
    },
  };
}

function bed(
  site: Site,
  checks: (clock: ReturnType<typeof fakeClock>) => readonly AnyCheck[],
  more: Partial<MonitorRequest> = {},
) {
  const dir = tempDir();
  const files = memoryFiles();
  const clock = fakeClock(midnightMs);
  const telemetry = openTelemetry(':memory:', midnightMs);
  onTestFinished(() => telemetry.close());
  const logs = join(dir, 'logs');
  const uptime = createUptimeLog(site, createNdjsonLog({files, dir: logs, name: 'uptime'}));
  const monitor = createMonitor({
    site,
    checks: checks(clock),
    ports: portsOf(clock),
    ledger: memoryLedger(),
    telemetry,
    onChange: () => undefined,
    onSample: uptime.sample,
    ...more,
  });
  const measure = async (excluded: Excluded = never) => {
    const [status] = await measureSlos({
      promised: promisedIn(site),
      rollups: telemetry,
      nowMs: clock.nowMs(),
      excluded,
    });
    if (status === undefined) throw new Error('no status');
    return status;
  };
  const lines = async (): Promise<readonly string[]> => {
    await uptime.close();
    const bytes = await files.readAt(join(logs, 'uptime.ndjson'), 0, Number.MAX_SAFE_INTEGER);
    return Buffer.from(bytes).toString().trimEnd().split('\n');
  };
  return {logs, files, clock, telemetry, monitor, lines, measure};
}

/** A check that takes two seconds by the clock of the test. */
const twoSeconds =
  (verdict: () => Verdict) =>
  (clock: ReturnType<typeof fakeClock>): readonly AnyCheck[] => [
    scripted(async () => {
      await new Promise<void>(resolve => clock.after(2_000, resolve));
      return {...answer(verdict()), code: 200};
    }),
  ];

describe('a monitored day', () => {
  test('with checks that take two seconds has exactly 1,440 slots for each, and as many lines', async () => {
    const site = promising(
      [spec('live'), spec('ready')],
      sloOf({windowMs: dayMs, checks: ['live', 'ready']}),
    );
    const {clock, files, logs, monitor, lines, telemetry, measure} = bed(
      site,
      twoSeconds(() => 'pass'),
    );
    await monitor.start();
    await clock.advance(dayMs + 30_000);
    for (const check of ['live', 'ready']) {
      const [day, ...rest] = await telemetry.days(
        {service: 'api', check},
        {fromMs: midnightMs, toMs: midnightMs + dayMs},
      );
      expect(rest).toEqual([]);
      expect(day?.counts).toMatchObject({
        pass: 1_440,
        fail: 0,
        unknown: 0,
        answered: 1_440,
        leastMs: 2_000,
        mostMs: 2_000,
      });
    }
    const {window, figures} = await measure();
    expect(window.slots).toEqual({good: 1_440, bad: 0, excluded: 0, unknown: 0, retried: 0});
    expect(figures).toMatchObject({availability: 1, coverage: 1, windowFilled: 1, consumed: 0});
    await monitor.stop();
    const written = await lines();
    expect(written[0]).toMatch(/^\{"ts":"2026-01-02T00:00:0\dZ","latency_ms":2000,"ok":true,"code":200\}$/);
    const [artifact] = await checkArtifacts(files, {
      dir: logs,
      artifacts: artifactsOf(site),
      nowMs: midnightMs + dayMs,
    });
    expect(artifact).toMatchObject({file: 'uptime.ndjson', least: 2_880, found: 2_880, state: 'ok', torn: 0});
  });

  test('three hours of suspend are 180 slots of which nothing is known: neither up nor down', async () => {
    const site = promising([spec('live')], sloOf({windowMs: dayMs}));
    const {clock, monitor, telemetry, measure} = bed(
      site,
      twoSeconds(() => 'pass'),
    );
    await monitor.start();
    // A moment before the look of a slot is due, so that the slots of three hours are missed.
    await clock.advance(hourMs + 100);
    expect((await telemetry.recent('api', 'live', 1))[0]?.slotMs).toBe(midnightMs + 59 * minuteMs);
    clock.jump(3 * hourMs);
    await clock.advance(hourMs + 30_000);
    await monitor.stop();
    const {window, figures} = await measure();
    expect(window.slots).toEqual({good: 120, bad: 0, excluded: 0, unknown: 180, retried: 0});
    expect(figures).toMatchObject({availability: 1, strict: 0.4, generous: 1, coverage: 0.4});
  });

  test('an outage is down minute for minute, also in the log, where nobody who could not look writes a line', async () => {
    let verdict: Verdict = 'pass';
    const site = promising([spec('live')], sloOf({windowMs: dayMs}));
    const {clock, monitor, lines, measure} = bed(
      site,
      twoSeconds(() => verdict),
    );
    await monitor.start();
    await clock.advance(30 * minuteMs);
    verdict = 'fail';
    await clock.advance(5 * minuteMs);
    verdict = 'unknown';
    await clock.advance(5 * minuteMs);
    verdict = 'warn';
    await clock.advance(20 * minuteMs + 30_000);
    await monitor.stop();
    expect((await measure()).window.slots).toMatchObject({good: 50, bad: 5, unknown: 5});
    const written = await lines();
    expect(written.filter(line => line.includes('"ok":false'))).toHaveLength(5);
    expect(written).toHaveLength(56);
  });

  test('checks that promise nothing leave no lines', async () => {
    const site = siteOf([spec('live')]);
    const {clock, monitor, lines} = bed(
      site,
      twoSeconds(() => 'pass'),
    );
    await monitor.start();
    await clock.advance(5 * minuteMs);
    await monitor.stop();
    expect(await lines()).toEqual(['']);
  });
});

describe('maintenance', () => {
  const window = (recordedMs: number) => ({
    fromMs: midnightMs + 10 * minuteMs,
    untilMs: midnightMs + 20 * minuteMs,
    recordedMs,
    covers: ({service}: {readonly service: string}) => service === 'api',
  });

  test.each([
    [
      'that was recorded before it began is left out, and its failures too',
      midnightMs + 10 * minuteMs,
      {good: 20, bad: 0, excluded: 10},
    ],
    [
      'that was recorded once it had begun is an annotation',
      midnightMs + 10 * minuteMs + 1,
      {good: 20, bad: 10, excluded: 0},
    ],
  ])('%s', async (_what, recordedMs, wanted) => {
    const excluded = excludedBy([window(recordedMs)]);
    const site = promising([spec('live')], sloOf({windowMs: dayMs}));
    const clockOf = {nowMs: (): number => midnightMs};
    const world = bed(
      site,
      clock => {
        clockOf.nowMs = () => clock.nowMs();
        return twoSeconds(() => {
          const minute = Math.floor((clockOf.nowMs() - midnightMs) / minuteMs);
          return minute >= 10 && minute < 20 ? 'fail' : 'pass';
        })(clock);
      },
      {excluded},
    );
    await world.monitor.start();
    await world.clock.advance(30 * minuteMs + 30_000);
    await world.monitor.stop();
    expect((await world.measure(excluded)).window.slots).toMatchObject(wanted);
    const [hour] = await world.telemetry.hours(
      {service: 'api', check: 'live'},
      {fromMs: midnightMs, toMs: midnightMs + hourMs},
    );
    expect(hour?.counts).toMatchObject({fail: wanted.bad, excluded: wanted.excluded});
  });

  test('of another service changes nothing', () => {
    const excluded = excludedBy([window(0)]);
    expect(excluded({service: 'api', check: 'live'}, midnightMs + 10 * minuteMs)).toBe(true);
    expect(excluded({service: 'api', check: 'live'}, midnightMs + 20 * minuteMs)).toBe(false);
    expect(excluded({service: 'db', check: 'port'}, midnightMs + 10 * minuteMs)).toBe(false);
  });
});
