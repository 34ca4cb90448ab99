import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {burnWindows, isBurning, noDataAfterMs, slotsIn} from '../../../src/domain/slo-burn.ts';
import type {Slo} from '../../../src/domain/slo-spec.ts';
import {budgetPartsOf} from '../../../src/domain/slo-spec.ts';
import {measureSlos} from '../../../src/engine/slo/index.ts';
import type {SloStatus} from '../../../src/engine/slo/index.ts';
import type {Telemetry} from '../../../src/ports.ts';
import type {Excluded} from '../../../src/rollup-ports.ts';
import {openTelemetry} from '../../../src/store/telemetry.ts';
import {asNumber, fires, isMore, reference} from '../../domain/slo-reference.ts';
import {checkOf, dayMs, lettersOf, minuteMs, write} from '../../store/rollup-reference.ts';
import type {Written} from '../../store/rollup-reference.ts';
import {history, midnightMs, never, opened, sloOf} from './parts.ts';

/** A moment at which the slot before `at` is the newest whole one. */
const after = (at: number): number => at + 20_000;

async function measured(
  telemetry: Telemetry,
  slo: Slo,
  nowMs: number,
  excluded: Excluded = never,
): Promise<SloStatus> {
  const [status] = await measureSlos({
    promised: [{service: 'api', slo}],
    rollups: telemetry,
    nowMs,
    excluded,
  });
  if (status === undefined) throw new Error('no status');
  return status;
}

describe('what is measured from roll-ups', () => {
  test('every figure and every alert is what the raw slots give', async () => {
    const anyRuns = fc.array(
      fc.record({
        verdict: fc.constantFrom('pass', 'pass', 'fail', 'unknown', 'none' as const),
        minutes: fc.integer({min: 1, max: 200}),
      }),
      {minLength: 1, maxLength: 14},
    );
    await fc.assert(
      fc.asyncProperty(
        anyRuns,
        anyRuns,
        fc.constantFrom('99%', '99.5%', '99.9%'),
        fc.integer({min: 0, max: 59}),
        fc.option(fc.tuple(fc.nat(1_500), fc.nat(120)), {nil: undefined}),
        async (live, other, target, minute, maintenance) => {
          const slo = sloOf({
            budgetParts: budgetPartsOf(target) ?? 0,
            windowMs: dayMs,
            checks: ['live', 'other'],
          });
          const fromMs = midnightMs + minute * minuteMs;
          const excluded: Excluded = (_check, atMs) => {
            const [begin, length] = maintenance ?? [0, 0];
            return atMs >= fromMs + begin * minuteMs && atMs < fromMs + (begin + length) * minuteMs;
          };
          const written: Written[] = [];
          for (const [check, runs] of [
            ['live', live],
            ['other', other],
          ] as const) {
            let slotMs = fromMs;
            for (const {verdict, minutes} of runs) {
              for (let i = 0; i < minutes; i++, slotMs += minuteMs)
                if (verdict !== 'none')
                  written.push({
                    check,
                    slotMs,
                    verdict,
                    durationMs: 3,
                    kind: 'assertion',
                    excluded: false,
                    retried: false,
                  });
            }
          }
          const telemetry = openTelemetry(':memory:', midnightMs);
          telemetry.register(['live', 'other'].map(name => checkOf(name, minuteMs)));
          for (const one of written) write(telemetry, one);
          const toMs = fromMs + 1_600 * minuteMs;
          const status = await measured(telemetry, slo, after(toMs), excluded);
          await telemetry.close();

          expect(status.toMs).toBe(toMs);
          const letters = lettersOf(written, {
            checks: slo.checks,
            slotMs: minuteMs,
            fromMs: toMs - 3 * dayMs,
            toMs,
            excluded,
          });
          const slow = reference(letters.slice(-1_440), slo.budgetParts);
          for (const name of ['availability', 'strict', 'generous', 'coverage', 'consumed'] as const) {
            const wanted = asNumber(slow[name]);
            if (wanted === null) expect(status.figures[name]).toBeNull();
            else expect(status.figures[name]).toBeCloseTo(wanted, 10);
          }
          expect(status.isOver).toBe(isMore(slow.consumed, 4, 5));
          for (const window of burnWindows) {
            const counts = status.burns.get(window.name);
            if (counts === undefined) throw new Error(window.name);
            const [long, short] = [slotsIn(window.longMs, minuteMs), slotsIn(window.shortMs, minuteMs)];
            expect(isBurning(counts, window, slo)).toBe(
              fires(letters, {long, short, factorTenths: window.factorTenths}, slo),
            );
          }
          const silent = letters.slice(-noDataAfterMs(slo) / minuteMs);
          expect(status.isSilent).toBe(
            silent.includes('.') ? undefined : silent.every(letter => letter === 'U'),
          );
        },
      ),
      {numRuns: 15},
    );
  });

  test('a window begins and ends with whole slots, the newest one only when its looks are in', async () => {
    const telemetry = opened();
    history(telemetry, 'p'.repeat(10));
    expect((await measured(telemetry, sloOf(), midnightMs + 10 * minuteMs + 4_999)).window.slots.good).toBe(
      9,
    );
    expect((await measured(telemetry, sloOf(), midnightMs + 10 * minuteMs + 5_000)).window.slots.good).toBe(
      10,
    );
    expect(
      (await measured(telemetry, sloOf(), midnightMs + 10 * minuteMs + 64_999)).window.slots,
    ).toMatchObject({
      good: 10,
      unknown: 0,
    });
  });

  test('at 99.9 % one bad minute of an hour is no page; at 99.5 % five are, one of them just now', async () => {
    const page = burnWindows[0];
    if (page === undefined) throw new Error('no window');
    const one = opened();
    history(one, `${'p'.repeat(59)}f`);
    const strict = sloOf({budgetParts: 10_000});
    const first = await measured(one, strict, after(midnightMs + 60 * minuteMs));
    const counts = first.burns.get('1h/5m');
    if (counts === undefined) throw new Error('no counts');
    expect(counts).toEqual({
      long: {good: 59, bad: 1, excluded: 0, unknown: 0, retried: 0},
      short: {good: 4, bad: 1, excluded: 0, unknown: 0, retried: 0},
      shortSeen: 5,
      shortSlots: 5,
    });
    expect(isBurning(counts, page, strict)).toBe(false);
    expect(isBurning(counts, page, {...strict, minBad: 1})).toBe(true);
    const five = opened();
    history(five, `${'p'.repeat(20)}ffff${'p'.repeat(35)}f`);
    const second = await measured(five, sloOf(), after(midnightMs + 60 * minuteMs));
    const again = second.burns.get('1h/5m');
    expect(again !== undefined && isBurning(again, page, sloOf())).toBe(true);
  });

  test('nobody ever looked: nothing is known, and no figure is invented', async () => {
    const status = await measured(opened(), sloOf(), after(midnightMs));
    expect(status).toMatchObject({
      state: 'unknown',
      sinceMs: undefined,
      isSilent: undefined,
      burnRate: null,
      burnPerDay: null,
      exhaustedInMs: null,
      figures: {
        availability: null,
        strict: null,
        generous: null,
        coverage: null,
        consumed: null,
        windowFilled: 0,
      },
    });
  });

  test('too little seen is unknown; what is used up is used up however little was seen', async () => {
    const half = opened();
    history(half, 'p.'.repeat(300));
    expect((await measured(half, sloOf(), after(midnightMs + 600 * minuteMs))).state).toBe('unknown');
    const broken = opened();
    history(broken, 'f.'.repeat(300));
    expect((await measured(broken, sloOf(), after(midnightMs + 600 * minuteMs))).state).toBe('exhausted');
    const nine = opened();
    history(nine, 'ppppppppp.'.repeat(60));
    const status = await measured(nine, sloOf(), after(midnightMs + 600 * minuteMs));
    expect([status.state, status.isThin]).toEqual(['ok', true]);
  });

  test('slots without a result count as the promise says', async () => {
    const telemetry = opened();
    history(telemetry, 'pppppppp..');
    const of = async (missing: Slo['missing']) =>
      (await measured(telemetry, sloOf({missing}), after(midnightMs + 10 * minuteMs))).window.slots;
    expect(await of('unknown')).toMatchObject({good: 8, bad: 0, excluded: 0, unknown: 2});
    expect(await of('bad')).toMatchObject({good: 8, bad: 2, excluded: 0, unknown: 0});
    expect(await of('exclude')).toMatchObject({good: 8, bad: 0, excluded: 2, unknown: 0});
  });

  test('a promise of events is measured by their sums', async () => {
    const telemetry = opened();
    const look = {
      check: 'live',
      verdict: 'pass',
      durationMs: 3,
      kind: 'assertion',
      excluded: false,
      retried: false,
    } as const;
    for (let i = 0; i < 90; i++) {
      const events = i === 0 ? {good: 0, total: 1} : {good: 1_000, total: 1_001};
      write(telemetry, {...look, slotMs: midnightMs + i * minuteMs, events});
    }
    const slo = sloOf({method: 'occurrences'});
    const {figures, window, burns} = await measured(telemetry, slo, after(midnightMs + 90 * minuteMs));
    expect(window.events).toEqual({good: 89_000, bad: 90});
    expect(figures.availability).toBe(89_000 / 89_090);
    expect(figures.coverage).toBe(1);
    expect(burns.get('1h/5m')?.long).toEqual({good: 60_000, bad: 60});
  });
});
