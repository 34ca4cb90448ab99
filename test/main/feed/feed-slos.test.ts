import {expect, onTestFinished, test} from 'vitest';
import type {Site} from '../../../src/domain/site.ts';
import {evaluateSlos} from '../../../src/engine/slo/index.ts';
import {feedSlos} from '../../../src/main/feed/feed-slos.ts';
import type {Telemetry} from '../../../src/ports.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {sample} from '../../helpers/sample-state.ts';
import {history, midnightMs, never, opened, serviceSite, sloOf} from '../../engine/slo/parts.ts';

const minuteMs = 60_000;

function feeding(telemetry: Telemetry, site: Pick<Site, 'services'>, minutes: number) {
  const clock = fakeClock(midnightMs + minutes * minuteMs + 10_000);
  const store = createConsoleStore(sample({slos: undefined}));
  const feed = feedSlos({store, site, rollups: telemetry, clock, excluded: never});
  onTestFinished(() => feed.close());
  return {clock, feed, shown: () => store.api.getState().app.slos};
}

test('what is promised is measured after the first looks, and again every minute', async () => {
  const telemetry = opened();
  history(telemetry, `${'p'.repeat(95)}fffff`);
  const {clock, shown} = feeding(telemetry, serviceSite(sloOf()), 100);
  expect(shown()).toBeUndefined();
  await clock.advance(1_100);
  expect(shown()).toMatchObject([
    {
      service: 'api',
      target: '99.5 %',
      window: '30d',
      availability: '95.00 %',
      used: '5 of 216 bad minutes used',
    },
  ]);
  history(telemetry, 'ffff', {fromMs: midnightMs + 100 * minuteMs});
  await clock.advance(5 * minuteMs);
  expect(shown()?.[0]?.used).toBe('9 of 216 bad minutes used');
});

test('nothing that was seen is no figure: no share, no rest of a budget, no pace', async () => {
  const {clock, shown} = feeding(opened(), serviceSite(sloOf()), 100);
  await clock.advance(1_100);
  expect(shown()?.[0]).toMatchObject({
    state: 'unknown',
    availability: undefined,
    remaining: undefined,
    burn: undefined,
  });
  expect(shown()?.[0]?.burns.map(({long, short}) => [long, short])).toEqual(
    Array.from({length: 4}, () => [undefined, undefined]),
  );
});

test('conditions that the last evaluation found are told in the words of the command', async () => {
  const telemetry = opened();
  history(telemetry, `${'p'.repeat(1_000)}${'f'.repeat(30)}`);
  const site = serviceSite(sloOf());
  const nowMs = midnightMs + 1_030 * minuteMs + 10_000;
  await evaluateSlos({site, rollups: telemetry, nowMs, excluded: never});
  const {clock, shown} = feeding(telemetry, site, 1_030);
  await clock.advance(1_100);
  const [slo] = shown() ?? [];
  expect(slo?.alerts[0]).toEqual({
    severity: 'sev2',
    text: 'page: burns too fast over 1h/5m, since 2026-03-01 17:10 UTC',
  });
  expect(slo?.burns.find(({window}) => window === '1h/5m')).toMatchObject({firing: true, limit: '14.4 ×'});
});

test('a promise of which an alert fires is never plainly ok, and what is above a limit with too few looks is no tick', async () => {
  const telemetry = opened();
  history(telemetry, `${'p'.repeat(1_000)}${'f'.repeat(30)}`);
  const site = serviceSite(sloOf());
  await evaluateSlos({
    site,
    rollups: telemetry,
    nowMs: midnightMs + 1_030 * minuteMs + 10_000,
    excluded: never,
  });
  const {clock, shown} = feeding(telemetry, site, 1_030);
  await clock.advance(1_100);
  const [slo] = shown() ?? [];
  expect(slo?.state).toBe('burning');

  const few = opened();
  history(few, 'ffff');
  const thin = feeding(few, site, 4);
  await thin.clock.advance(1_100);
  expect(thin.shown()?.[0]?.burns.map(({above, firing}) => [above, firing])).toEqual(
    Array.from({length: 4}, () => [true, false]),
  );
});

test('a site that promises nothing is known to promise nothing, and many promises are measured some at a time', async () => {
  expect(feeding(opened(), serviceSite(undefined), 0).shown()).toEqual([]);
  const [one] = serviceSite(sloOf()).services;
  if (one === undefined) throw new Error('no service');
  const services = Array.from({length: 23}, (_, i) => ({...one, id: `s${i}`}));
  const {clock, shown} = feeding(opened(), {services}, 10);
  await clock.advance(1_100);
  await clock.advance(100);
  expect(shown()?.map(({service}) => service)).toEqual(services.map(({id}) => id));
});
