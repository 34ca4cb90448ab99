import {expect, test} from 'vitest';
import {fakeClock} from '../../helpers/fakes.ts';
import {containing} from '../../helpers/like.ts';
import {nextTurn} from '../../helpers/wait.ts';
import {lookStep} from '../../../src/engine/run/looking.ts';
import type {StepPlan} from '../../../src/define.ts';
import type {CheckResult, Verdict} from '../../../src/domain/verdict.ts';

const plan = (act: StepPlan['act'], timeoutMs = 5000): StepPlan => ({
  act,
  lines: [],
  timeoutMs,
  graceMs: 0,
  atLimit: 'kill',
});

function scene(verdicts: readonly Verdict[], service = 'api') {
  const clock = fakeClock();
  const asked: string[] = [];
  const stop = new AbortController();
  const rest = [...verdicts];
  const result = (verdict: Verdict): CheckResult => ({
    service: 'api',
    check: 'ready',
    type: 'http',
    panel: 'readiness',
    at: '',
    durationMs: 1,
    verdict,
    kind: 'assertion',
    checked: 1,
    message: verdict,
  });
  const look = async (want: {service: string; check?: string; panel?: string}): Promise<CheckResult[]> => {
    asked.push([want.service, want.check ?? want.panel].join('/'));
    const next = rest.length > 1 ? rest.shift() : rest[0];
    return Promise.resolve(next === undefined ? [] : [result(next)]);
  };
  return {clock, asked, stop, scene: {world: {clock, look}, service, signal: stop.signal}};
}

test('a wait looks again until the check passes', async () => {
  const {clock, asked, scene: given} = scene(['fail', 'unknown', 'pass']);
  const looking = lookStep(plan({at: 'look', check: 'db/port', until: true}), given);
  await clock.advance(2000);
  expect(await looking).toMatchObject({verdict: 'pass', durationMs: 2000});
  expect(asked).toEqual(['db/port', 'db/port', 'db/port']);
});

test('a wait ends at its limit with what it saw last', async () => {
  const {clock, scene: given} = scene(['fail']);
  const looking = lookStep(plan({at: 'look', check: 'ready', until: true}, 3000), given);
  await clock.advance(3000);
  expect(await looking).toMatchObject({verdict: 'fail', message: 'not within 3 s: ready: fail'});
});

test('a wait that is stopped records nothing and leaves no timer behind', async () => {
  const {clock, stop, scene: given} = scene(['fail']);
  const looking = lookStep(plan({at: 'look', check: 'ready', until: true}), given);
  await nextTurn();
  stop.abort();
  expect(await looking).toBeUndefined();
  expect(clock.pending()).toBe(0);
});

test('a check that the site does not have is unknown, never green', async () => {
  const {scene: given} = scene([]);
  expect(await lookStep(plan({at: 'look', check: 'nothing', until: false}), given)).toMatchObject({
    verdict: 'unknown',
    message: 'api has no check nothing',
  });
  const {scene: nowhere} = scene(['pass'], '');
  expect(await lookStep(plan({at: 'look', panel: 'readiness', until: false}), nowhere)).toMatchObject({
    verdict: 'unknown',
  });
});

test('a pause takes as long as it says', async () => {
  const {clock, scene: given} = scene([]);
  const pausing = lookStep(plan({at: 'pause', forMs: 1500}), given);
  await clock.advance(1500);
  expect(await pausing).toMatchObject({verdict: 'pass', message: 'waited 1.5 s'});
});

test('a gate passes only when every check of it does; a warning holds it, and nothing looked at is unknown', async () => {
  const gate = plan({at: 'gate', gate: 'deploy', checks: ['ready', 'db/port']});
  const through = async (...verdicts: Verdict[]) => lookStep(gate, scene(verdicts).scene);
  expect(await through('pass', 'pass')).toMatchObject({verdict: 'pass'});
  expect(await through('pass', 'warn')).toMatchObject({verdict: 'fail', message: containing('db/')});
  expect(await through('unknown', 'fail')).toMatchObject({verdict: 'fail'});
  expect(await through('pass', 'unknown')).toMatchObject({verdict: 'unknown'});
  expect(await through('pass', 'skipped')).toMatchObject({verdict: 'unknown'});
  expect(await through()).toMatchObject({verdict: 'unknown'});
  const none = plan({at: 'gate', gate: 'empty', checks: []});
  expect(await lookStep(none, scene(['pass']).scene)).toMatchObject({verdict: 'unknown'});
});

test('a look is done again as often as it says before it counts as failed', async () => {
  const {clock, asked, scene: given} = scene(['fail', 'fail', 'pass']);
  const looking = lookStep({...plan({at: 'look', check: 'ready', until: false}), retries: 2}, given);
  await clock.advance(2000);
  expect(await looking).toMatchObject({verdict: 'pass'});
  expect(asked).toHaveLength(3);
  const once = scene(['fail', 'pass']);
  expect(await lookStep(plan({at: 'look', check: 'ready', until: false}), once.scene)).toMatchObject({
    verdict: 'fail',
  });
});

test('checks that were all passed over say nothing, so a verification by them is unknown', async () => {
  const {scene: given} = scene(['skipped']);
  expect(await lookStep(plan({at: 'look', panel: 'readiness', until: false}), given)).toMatchObject({
    verdict: 'unknown',
  });
});
