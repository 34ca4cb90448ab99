import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import {budgetCells} from '../../../src/domain/slo-budget.ts';
import {
  artifactsOf,
  checkArtifacts,
  dayStep,
  hourStep,
  latencySeries,
  minuteStates,
  spanUpTo,
  uptimePeriods,
} from '../../../src/engine/uptime/index.ts';
import {tempDir} from '../../helpers/temp.ts';
import {dayMs, hourMs, minuteMs, write} from '../../store/rollup-reference.ts';
import {history, midnightMs, never, opened, serviceSite, sloOf} from '../slo/parts.ts';

const source = {service: 'api', checks: ['live'], slotMs: minuteMs};

describe('uptime by period', () => {
  test('each day has its share, its range and the worst of each of its hours', async () => {
    const telemetry = opened();
    // Half an hour before a day ends; an outage of five minutes over midnight, and ten minutes that nobody saw.
    history(telemetry, `${'p'.repeat(28)}fffff${'p'.repeat(57)}${'.'.repeat(10)}${'p'.repeat(20)}`, {
      fromMs: midnightMs - 30 * minuteMs,
    });
    const toMs = midnightMs + 90 * minuteMs;
    const span = {fromMs: midnightMs - dayMs, toMs};
    const days = await uptimePeriods({source, span, ...dayStep, rollups: telemetry, excluded: never});
    expect(days.map(({fromMs, slots}) => [fromMs, slots])).toEqual([
      [midnightMs - dayMs, {good: 28, bad: 2, excluded: 0, unknown: 0, retried: 0}],
      [midnightMs, {good: 77, bad: 3, excluded: 0, unknown: 10, retried: 0}],
    ]);
    expect(days[1]).toMatchObject({
      availability: 77 / 80,
      strict: 77 / 90,
      generous: 87 / 90,
      coverage: 80 / 90,
      toMs,
    });
    expect(days[0]?.strip.slice(22)).toEqual([undefined, 'bad']);
    expect(days[1]?.strip.slice(0, 3)).toEqual(['bad', 'unknown', undefined]);
    expect(days[1]?.looks).toMatchObject({pass: 77, fail: 3, answered: 80, leastMs: 10, mostMs: 10});
  });

  test('each hour has a strip of its minutes', async () => {
    const telemetry = opened();
    history(telemetry, 'ppf.u');
    const span = {fromMs: midnightMs, toMs: midnightMs + 5 * minuteMs};
    const [hour] = await uptimePeriods({source, span, ...hourStep, rollups: telemetry, excluded: never});
    expect(hour?.strip).toHaveLength(60);
    expect(hour?.strip.slice(0, 6)).toEqual(['good', 'good', 'bad', 'unknown', 'unknown', undefined]);
  });

  test('a span ends with the newest slot whose look is in', () => {
    expect(spanUpTo(midnightMs + 4_999, {slotMs: minuteMs, lengthMs: hourMs})).toEqual({
      fromMs: midnightMs - hourMs - minuteMs,
      toMs: midnightMs - minuteMs,
    });
    expect(spanUpTo(midnightMs + 5_000, {slotMs: minuteMs, lengthMs: 90_000})).toEqual({
      fromMs: midnightMs - 2 * minuteMs,
      toMs: midnightMs,
    });
  });
});

describe('figures for screens', () => {
  test('latency comes piece by piece, from minutes, hours or days, and nothing where nothing answered', async () => {
    const telemetry = opened();
    const look = {
      check: 'live',
      verdict: 'pass',
      kind: 'assertion',
      excluded: false,
      retried: false,
    } as const;
    for (let i = 0; i < 120; i++)
      write(telemetry, {...look, slotMs: midnightMs + i * minuteMs, durationMs: i < 60 ? 10 : 1_000});
    const name = {service: 'api', check: 'live'};
    const hours = await latencySeries(telemetry, name, {
      nowMs: midnightMs + 119 * minuteMs,
      stepMs: hourMs,
      count: 3,
    });
    expect(hours.map(({fromMs, p50, p95}) => [fromMs, p50, p95])).toEqual([
      [midnightMs - hourMs, undefined, undefined],
      [midnightMs, 10, 10],
      [midnightMs + hourMs, 1_000, 1_000],
    ]);
    const minutes = await latencySeries(telemetry, name, {
      nowMs: midnightMs + 61 * minuteMs,
      stepMs: 2 * minuteMs,
      count: 2,
    });
    expect(minutes.map(({p50, counts}) => [p50, counts.answered])).toEqual([
      [10, 2],
      [1_000, 2],
    ]);
    const [day] = await latencySeries(telemetry, name, {nowMs: midnightMs, stepMs: dayMs, count: 1});
    expect(day?.counts.answered).toBe(120);
    expect(day?.p50).toBeLessThanOrEqual(12);
    expect(day?.p95).toBe(1_000);
  });

  test('every minute up to now has its state, a long slot fills all of its minutes', async () => {
    const telemetry = opened();
    history(telemetry, 'pf.p');
    const of = async (slotMs: number, minutes: number) =>
      minuteStates(
        {source: {...source, slotMs}, rollups: telemetry, excluded: never},
        {nowMs: midnightMs + 3 * minuteMs + 30_000, minutes},
      );
    expect(await of(minuteMs, 6)).toEqual([undefined, undefined, 'good', 'bad', 'unknown', 'good']);
    expect(await of(2 * minuteMs, 4)).toEqual(['bad', 'bad', 'good', 'good']);
  });

  test('a budget bar is empty only when nothing is left, and full only when nothing was used', () => {
    expect([1, 0.999, 0.5, 0.001, 0, -3].map(left => budgetCells(left, 10))).toEqual([10, 9, 5, 1, 0, 0]);
    expect(budgetCells(null, 10)).toBeUndefined();
  });
});

describe('artifacts', () => {
  const site = {
    services: serviceSite(sloOf()).services.map(service => ({
      ...service,
      checks: [
        {
          service: 'api',
          id: 'live',
          type: 'tcp',
          panel: 'health' as const,
          everyMs: 60_000,
          timeoutMs: 1_000,
          rollup: true,
          severity: 'sev2' as const,
          strikes: {fail: 2, recover: 2},
          params: {},
          line: 1,
        },
      ],
    })),
  };

  test('a site that promises something writes a line a minute and one each quarter of an hour', () => {
    expect(artifactsOf(site).map(({file, days, least}) => [file, days, least])).toEqual([
      ['uptime.ndjson', 1, 1_440],
      ['slo_guard.ndjson', 1, 96],
      ['backup_verify.ndjson', 1, 1],
      ['secret_rotations.ndjson', 31, 1],
      ['dr_report_*.json', 7, 1],
    ]);
    expect(artifactsOf(serviceSite(undefined)).map(({file}) => file)).toEqual([
      'backup_verify.ndjson',
      'secret_rotations.ndjson',
      'dr_report_*.json',
    ]);
  });

  test('what lies in the logs is counted by its time, over rotated files, and a hole shows', async () => {
    const dir = join(tempDir(), 'logs');
    mkdirSync(dir);
    const nowMs = midnightMs + 30_000;
    const line = (atMs: number): string => `{"ts":"${new Date(atMs).toISOString().slice(0, 19)}Z"}\n`;
    const minutes = (from: number, to: number): string =>
      Array.from({length: to - from}, (_, i) => line(midnightMs + (from + i) * minuteMs + 3_000)).join('');
    writeFileSync(join(dir, 'uptime.000001.ndjson'), minutes(-2_000, -1_000));
    writeFileSync(join(dir, 'uptime.ndjson'), `${minutes(-1_000, 0)}{"ts":"2026-`);
    writeFileSync(join(dir, 'slo_guard.ndjson'), minutes(-95, 0));
    writeFileSync(join(dir, 'dr_report_1772000000.json'), '{}');
    writeFileSync(join(dir, 'dr_report_1772000000000.json'), '{}');
    writeFileSync(join(dir, 'dr_report_1000000000.json'), '{}');
    const found = await checkArtifacts(realFiles, {dir, artifacts: artifactsOf(site), nowMs});
    expect(found.map(({file, found: count, state, torn}) => [file, count, state, torn])).toEqual([
      ['uptime.ndjson', 1_440, 'ok', 1],
      ['slo_guard.ndjson', 95, 'late', 0],
      ['backup_verify.ndjson', 0, 'missing', 0],
      ['secret_rotations.ndjson', 0, 'missing', 0],
      ['dr_report_*.json', 2, 'ok', 0],
    ]);
  });
});
