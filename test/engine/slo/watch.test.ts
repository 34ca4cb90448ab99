import {describe, expect, test} from 'vitest';
import {promisesSource} from '../../../src/cli/alerting.ts';
import type {Finding} from '../../../src/domain/alert.ts';
import {createSloWatch, type SloWatch} from '../../../src/engine/slo/index.ts';
import type {Excluded} from '../../../src/rollup-ports.ts';
import {fakeClock, type FakeClock} from '../../helpers/fakes.ts';
import {matching} from '../../helpers/like.ts';
import {waitFor} from '../../helpers/wait.ts';
import {minuteMs} from '../../store/rollup-reference.ts';
import {bed, channelOf} from '../alerts/parts.ts';
import {history, midnightMs, never, opened, serviceSite, sloOf} from './parts.ts';

/** A look of the minute before is written by then. */
const tenSecondsMs = 10_000;

interface World {
  readonly clock: FakeClock;
  readonly watch: SloWatch;
  isMine: boolean;
  /** Minutes go by: a letter each, as `history` has them; evaluated after each. */
  readonly live: (letters: string) => Promise<void>;
}

function world({
  slo = sloOf(),
  excluded = never,
}: {slo?: ReturnType<typeof sloOf>; excluded?: Excluded} = {}): World {
  const clock = fakeClock(midnightMs + tenSecondsMs);
  const telemetry = opened();
  const state = {isMine: true};
  const watch = createSloWatch({
    site: serviceSite(slo),
    rollups: telemetry,
    clock,
    excluded,
    isMine: () => state.isMine,
    onChange: () => undefined,
  });
  return {
    clock,
    watch,
    get isMine() {
      return state.isMine;
    },
    set isMine(isMine) {
      state.isMine = isMine;
    },
    live: async letters => {
      for (const letter of letters) {
        history(telemetry, letter, {fromMs: Math.floor(clock.nowMs() / minuteMs) * minuteMs});
        await clock.advance(minuteMs);
        await watch.evaluate();
      }
    },
  };
}

const found = (watch: SloWatch, name: string): Finding | undefined =>
  watch.findings()?.find(({key}) => key === `slo api ${name}`);

/** Five bad minutes of sixty burn 99.5 % faster than 14.4 times; of six hours they are no six times too many. */
const burning = 'p'.repeat(355) + 'fffff';
const calm = 'p'.repeat(8);

describe('what burns too fast', () => {
  test('is told once and its end is told once, however often it is evaluated', async () => {
    const {clock, watch, live} = world();
    const alerts = await bed({clock, sources: [promisesSource(watch)]});
    await live(burning);
    expect(alerts.words()).toEqual([]);
    await live('ff');
    await clock.advance(minuteMs);
    expect(alerts.words()).toEqual(['firing ']);
    const [told] = alerts.told[0]?.notice.alerts ?? [];
    expect(told).toMatchObject({
      service: 'api',
      slo: 'burn',
      severity: 'sev2',
      title: 'api BURN: the error budget goes too fast (1h/5m) @ 2026-03-01T06:00:10Z',
      message: '98.61 % of 99.5 % over 30d, 2.3 % of the budget used',
    });
    await live(calm);
    await clock.advance(minuteMs);
    expect(alerts.words()).toEqual(['firing ', 'resolved ']);
    await live('pp');
    await clock.advance(10 * minuteMs);
    expect(alerts.words()).toEqual(['firing ', 'resolved ']);
    const entries = await alerts.ledger.read({kinds: ['alert.open', 'alert.close']});
    // A slow burn is recorded, too, and waits for the digest.
    const paged = entries.filter(({entry}) => entry.body['key'] === 'slo api page');
    expect(paged.map(({entry}) => entry.kind)).toEqual(['alert.open', 'alert.close']);
  });

  test('in both windows of a tier is one alert', async () => {
    const {watch, live} = world();
    // Six hours, of which the last forty minutes are bad.
    await live('p'.repeat(320) + 'f'.repeat(40));
    expect(
      watch
        .findings()
        ?.filter(({at}) => at === 'firing')
        .map(({key}) => key),
    ).toContain('slo api page');
    expect(found(watch, 'page')?.title).toContain('(1h/5m)');
    expect(watch.findings()?.map(({key}) => key)).toEqual([
      'slo api page',
      'slo api ticket',
      'slo api budget',
      'slo api noData',
    ]);
  });
});

test('a budget that is used up is graver than one that nearly is, and the same alert', async () => {
  const {watch, live, clock} = world({slo: sloOf({windowMs: 86_400_000, budgetParts: 100_000})});
  // A day at 99 %: 14.4 bad minutes are all of it.
  const alerts = await bed({clock, sources: [promisesSource(watch)], channels: [channelOf('hook')]});
  await live('p'.repeat(20) + 'f'.repeat(12));
  expect(found(watch, 'budget')).toMatchObject({at: 'firing', severity: 'sev3'});
  await live('ffff');
  expect(found(watch, 'budget')).toMatchObject({at: 'firing', severity: 'sev2', title: matching(/used up/)});
  await clock.advance(minuteMs);
  const open = [...alerts.alerts.book().alerts.values()].filter(
    ({key, closed}) => key === 'slo api budget' && closed === undefined,
  );
  expect(open).toMatchObject([{severity: 'sev2'}]);
});

describe('silence', () => {
  test('right after a start is nobody’s fault; later it is', async () => {
    const {watch, live} = world();
    await live('pppppp');
    await live('......');
    expect(found(watch, 'noData')).toMatchObject({at: 'firing', severity: 'sev2'});
    const {watch: fresh, live: goOn, clock} = world();
    await goOn('p');
    // The night, in which nothing ran.
    await clock.advance(8 * 60 * minuteMs);
    await goOn('p');
    expect(found(fresh, 'noData')?.at).not.toBe('firing');
  });
});

test('what another process watches is not said here', async () => {
  const one = world();
  await one.live('ppp');
  expect(one.watch.findings()).toHaveLength(4);
  one.isMine = false;
  expect(one.watch.findings()).toBeUndefined();
});

test('where nothing is promised there is nothing to find, and no timer', () => {
  const clock = fakeClock(midnightMs);
  const watch = createSloWatch({
    site: serviceSite(undefined),
    rollups: opened(),
    clock,
    excluded: never,
    isMine: () => true,
    onChange: () => undefined,
  });
  watch.start();
  expect([watch.findings(), clock.pending()]).toEqual([[], 0]);
});

test('it evaluates soon after the start and every minute by itself, says what keeps it from that, and ends', async () => {
  const clock = fakeClock(midnightMs);
  const telemetry = opened();
  let changes = 0;
  let isBroken = true;
  const watch = createSloWatch({
    site: serviceSite(sloOf()),
    rollups: {
      slots: async (...given) => {
        if (isBroken) throw new Error('disk on fire');
        return telemetry.slots(...given);
      },
      keptSlos: async () => telemetry.keptSlos(),
      keepSlos: async records => telemetry.keepSlos(records),
    },
    clock,
    excluded: never,
    isMine: () => true,
    onChange: () => (changes += 1),
  });
  watch.start();
  await clock.advance(5_000);
  await waitFor(() => watch.problem !== undefined, {what: 'the problem'});
  expect(watch.problem).toContain('disk on fire');
  isBroken = false;
  await clock.advance(minuteMs);
  await waitFor(() => changes === 1, {what: 'an evaluation'});
  await waitFor(() => watch.problem === undefined, {what: 'no problem'});
  await watch.stop();
  expect(clock.pending()).toBe(0);
});
