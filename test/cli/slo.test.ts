import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {evaluateSlos} from '../../src/engine/slo/index.ts';
import {realProcesses} from '../../src/adapters/processes.ts';
import {never} from '../engine/slo/parts.ts';
import {promisingSite, sloPlace} from './slo-place.ts';

const whole = 'p'.repeat(1_440);
/** 5 bad minutes and 20 that nobody saw, in a day of which 7.2 may be bad. */
const rough = `${'p'.repeat(700)}fffff${'p'.repeat(300)}${'.'.repeat(20)}${'p'.repeat(415)}`;

describe('slo', () => {
  test('says how much is available, how sure that is, what is left and how fast it goes', async () => {
    const {run} = await sloPlace(rough);
    const {status, lines} = await run(['slo']);
    expect(lines).toEqual([
      '✔ api  99.64 % (98.26–99.65, coverage 98.6 %) of 99.5 % over 1d  ok',
      '    budget  ▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁  30.5 % left: 5 of 7 bad minutes used',
      '    burn    0.7 ×, 69.4 % a day, where 100.0 % would last; at this pace gone in 10h 24m',
      '    seen    only 98.6 % of the time',
    ]);
    expect(status).toBe(0);
  });

  test('a budget that is used up is a no, and one that nobody knows anything of is not known', async () => {
    const gone = await sloPlace(`${'p'.repeat(1_400)}${'f'.repeat(40)}`);
    const used = await gone.run(['slo', 'api']);
    expect(used.status).toBe(1);
    expect(used.lines[0]).toContain('✖ api  97.22 %');
    expect(used.lines[1]).toContain('▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  -455.6 % left: 40 of 7');
    expect(used.lines[2]).toContain('nothing is left');
    const blind = await (await sloPlace('')).run(['slo']);
    expect(blind.status).toBe(2);
    expect(blind.lines).toEqual([
      '? api  no data of 99.5 % over 1d  unknown: too little was seen',
      '    budget  ····················  nobody knows what is left: 0 of 7 bad minutes used',
      '    window  0.0 % recorded so far',
    ]);
  });

  test('what fires stands below, as the newest evaluation left it', async () => {
    const {run, telemetry, site, nowMs} = await sloPlace(`${'p'.repeat(1_410)}${'f'.repeat(30)}`);
    await evaluateSlos({site, rollups: telemetry, nowMs, excluded: never});
    const {lines} = await run(['slo']);
    expect(lines.filter(line => line.startsWith('    alert'))).toEqual([
      '    alert   page: burns too fast over 1h/5m, since 2026-03-02 00:00 UTC',
      '    alert   page: burns too fast over 6h/30m, since 2026-03-02 00:00 UTC',
      '    alert   used up, since 2026-03-02 00:00 UTC',
      '    alert   ticket: burns too fast over 1d/2h, since 2026-03-02 00:00 UTC',
      '    alert   ticket: burns too fast over 3d/6h, since 2026-03-02 00:00 UTC',
      '    alert   more than 80 % used, since 2026-03-02 00:00 UTC',
    ]);
  });

  test('JSON has every figure', async () => {
    const {run} = await sloPlace(rough);
    expect((await run(['slo', 'api', '--json'])).json).toMatchObject({
      v: 1,
      site: 'acme',
      services: [
        {
          service: 'api',
          state: 'ok',
          target: 0.995,
          windowDays: 1,
          checks: ['live'],
          slots: {good: 1_415, bad: 5, excluded: 0, unknown: 20, retried: 0},
          availability: 1_415 / 1_420,
          strict: 1_415 / 1_440,
          generous: 1_435 / 1_440,
          coverage: 1_420 / 1_440,
          errorBudget: {allowed: 7.2, consumed: 5 / 7.2},
          sustainablePerDay: 1,
          burns: [
            {window: '1h/5m', tier: 'page', factor: 14.4, long: 0, short: 0},
            {window: '6h/30m'},
            {window: '1d/2h'},
            {window: '3d/6h'},
          ],
          alerts: [],
        },
      ],
    });
  });

  test('a service without a promise, and one that is not there, are told apart', async () => {
    const {run, site} = await sloPlace(whole);
    expect((await run(['slo', 'db'])).errors.join('\n')).toContain('The service db promises nothing.');
    expect((await run(['slo', 'apu'])).errors.join('\n')).toContain('Did you mean `api`?');
    const none = await sloPlace(whole, promisingSite.replace(/ {4}slo: .*\n/, ''));
    const {status, errors} = await none.run(['slo']);
    expect(status).toBe(64);
    expect(errors.join('\n')).toContain('promises anything');
    expect(site.services).toHaveLength(3);
  });
});

describe('slo report', () => {
  test('a day as Markdown: what was kept, and each outage', async () => {
    const {run} = await sloPlace(rough);
    const {status, lines} = await run(['slo', 'report', '--from', '2026-03-01', '--to', '2026-03-02']);
    expect(status).toBe(0);
    expect(lines.join('\n')).toBe(
      readFileSync(join(import.meta.dirname, 'fixtures/slo-report.md'), 'utf8').trimEnd(),
    );
  });

  test('a target that was missed is a no; one that unknown slots could change is kept as far as was seen', async () => {
    const missed = await sloPlace(`${'p'.repeat(1_400)}${'f'.repeat(40)}`);
    const page = await missed.run(['slo', 'report', '--from', '2026-03-01', '--to', '2026-03-02']);
    expect(page.status).toBe(1);
    expect(page.lines.join('\n')).toContain('| missed |');
    const unsure = await sloPlace(rough);
    const {json} = await unsure.run(['slo', 'report', '--from', '1d', '--json']);
    expect(json).toMatchObject({
      services: [{kept: true, sure: false, breaches: [{slots: 5, durationMs: 300_000}]}],
    });
  });

  test('it goes into a file of its own, as the options of the report say and not those of `slo`', async () => {
    const {run, home} = await sloPlace(whole);
    const argv = ['slo', 'report', '--from', '2h', '--format', 'json', '--output', 'report.json'];
    const {status, lines} = await run(argv);
    expect([status, lines]).toEqual([0, ['report.json: 1 kept']]);
    const written: unknown = JSON.parse(readFileSync(join(home, 'report.json'), 'utf8'));
    expect(written).toMatchObject({services: [{slots: {good: 119, bad: 0}, kept: true, sure: true}]});
    expect((await run(argv)).status).toBe(3);
  });

  test.each([
    [['--from', 'soon'], '--from "soon" is no time.'],
    [['--from', '2027-01-01'], 'There is no time between --from and --to.'],
    [['--from', '500d'], '--from is longer ago than figures are kept.'],
  ])('%j is refused', async (argv, message) => {
    const {run} = await sloPlace(whole);
    const {status, errors} = await run(['slo', 'report', ...argv]);
    expect(status).toBe(64);
    expect(errors.join('\n')).toContain(message);
  });
});

describe('status --strict', () => {
  const processes = realProcesses('b');

  const statusOf = async (letters: string, {evaluateAgoMs}: {evaluateAgoMs: number | undefined}) => {
    const {run, telemetry, site, nowMs} = await sloPlace(letters, promisingSite.replace(/ {2}db:[^]*$/, ''));
    for (const check of ['live', 'other'])
      telemetry.remember({
        result: {
          service: 'api',
          check,
          type: 'tcp',
          panel: 'health',
          at: '2026-03-02T00:00:00.000Z',
          durationMs: 1,
          verdict: 'pass',
          kind: 'assertion',
          checked: 1,
          message: 'connected',
        },
        seenMs: nowMs,
        slotMs: undefined,
        strikes: {hard: 'pass', sinceMs: 0, counters: {pass: 1, warn: 0, fail: 0, unknown: 0, skipped: 0}},
      });
    if (evaluateAgoMs !== undefined)
      await evaluateSlos({site, rollups: telemetry, nowMs: nowMs - evaluateAgoMs, excluded: never});
    return {
      strict: await run(['status', '--strict'], {processes}),
      json: await run(['status', '--strict', '--json'], {processes}),
      plain: await run(['status'], {processes}),
    };
  };

  test('is green while every check is and every budget has more than a fifth left', async () => {
    const {strict, json} = await statusOf(whole, {evaluateAgoMs: 1_000});
    expect(strict.status).toBe(0);
    expect(strict.lines).toContain('error budget of api: green (0.0 % used)');
    expect(json.json).toMatchObject({slo: {colour: 'green', services: [{service: 'api', consumed: 0}]}});
  });

  test('is a no over 80 %, whatever the checks say now; without --strict budgets are not asked', async () => {
    const {strict, plain} = await statusOf(`${'p'.repeat(1_434)}ffffff`, {evaluateAgoMs: 1_000});
    expect(strict.status).toBe(1);
    expect(strict.lines).toContain(
      'error budget of api: red, more than 80 % of the error budget is used (83.3 % used)',
    );
    expect(plain.status).toBe(0);
    expect(plain.lines.join('\n')).not.toContain('error budget');
  });

  test('does not know without data, and when the newest evaluation is older than two', async () => {
    const blind = await statusOf('', {evaluateAgoMs: 1_000});
    expect(blind.strict.status).toBe(2);
    expect(blind.strict.lines).toContain('error budget of api: grey, no data');
    expect((await statusOf(whole, {evaluateAgoMs: undefined})).strict.status).toBe(2);
    const old = await statusOf(whole, {evaluateAgoMs: 31 * 60_000});
    expect(old.strict.status).toBe(2);
    expect(old.strict.lines.join('\n')).toContain('older than two');
  });
});
