import {expect, onTestFinished, test} from 'vitest';
import type {Service} from '../../../src/domain/site.ts';
import {noStrikes, phaseOf, strike, type Strikes} from '../../../src/domain/strikes.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import type {CheckState, Station} from '../../../src/engine/monitor/index.ts';
import {feedServices} from '../../../src/main/feed/feed-services.ts';
import {loadSite} from '../../../src/site/load.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {whyOf} from '../../../src/state/why.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {sample} from '../../helpers/sample-state.ts';
import {siteOnDisk, smallSite} from '../../helpers/site.ts';
import {opened} from '../../engine/slo/parts.ts';
import {spec} from '../../engine/monitor/parts.ts';

const clock = fakeClock();

/** A check after these looks, a minute apart, the last one now. */
function stateOf(id: string, looks: readonly Verdict[], more: Parameters<typeof spec>[1] = {}): CheckState {
  const one = spec(id, more);
  const strikes = looks.reduce<Strikes>(
    (before, verdict, i) =>
      strike(before, {
        verdict,
        atMs: clock.nowMs() - (looks.length - i) * 60_000,
        limits: one.strikes,
      }),
    noStrikes,
  );
  const verdict = looks.at(-1) ?? 'unknown';
  const last = {
    service: one.service,
    check: id,
    type: one.type,
    panel: 'health',
    at: '2026-01-02T03:04:05.000Z',
    durationMs: 1,
    verdict,
    kind: 'assertion',
    checked: 1,
    message: `said ${verdict}`,
  } as const;
  const seen = {seenMs: clock.nowMs() - 1_000, stale: false, hard: strikes.hard, sinceMs: strikes.sinceMs};
  return {spec: one, last, ...seen, phase: phaseOf(strikes), strikes, running: false, overruns: 0, missed: 0};
}

test('a check says what it stands on, whether its state is confirmed, and why no alert is opened for it', async () => {
  const on = [{service: 'api', check: 'port'}];
  const states = [
    stateOf('port', ['pass', 'fail', 'fail', 'fail', 'fail']),
    stateOf('ready', ['pass', 'fail', 'fail', 'fail', 'fail'], {dependsOn: on}),
    stateOf('slow', ['pass', 'pass', 'pass', 'fail'], {strikes: {fail: 3, recover: 2}, dependsOn: on}),
  ];
  const station: Station = {
    mode: () => ({at: 'here'}),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    checkNow: () => Promise.resolve(),
    snapshot: () => states,
    problem: undefined,
  };
  const loaded = await loadSite(siteOnDisk({'quarterdeck.yaml': smallSite}).request());
  const api: Service = {
    id: 'api',
    title: 'API',
    labels: [],
    runbooks: [],
    checks: states.map(one => one.spec),
  };
  const store = createConsoleStore(sample({services: []}));
  const site = {...loaded, services: [api]};
  const feed = feedServices({
    store,
    site,
    station,
    telemetry: opened(),
    runbooks: [],
    clock,
    taken: () => new Map([['api', 'mara']]),
  });
  onTestFinished(() => feed.close());
  feed.changed();
  await clock.advance(1_000);
  const {app} = store.api.getState();
  expect(app.services[0]?.attended).toBe('mara');
  const checks = app.services[0]?.checks ?? [];
  expect(checks.map(({id, phase, heldBy}) => [id, phase, heldBy])).toEqual([
    ['port', 'firing', undefined],
    ['ready', 'firing', 'api/port'],
    ['slow', 'pending', undefined],
  ]);
  expect(checks.map(({dependsOn}) => dependsOn)).toEqual([[], on, on]);
  expect(whyOf(app, 'api').causes.map(({key}) => key)).toEqual(['api/port']);
});
