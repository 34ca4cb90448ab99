import {describe, expect, test} from 'vitest';
import type {CheckSpec} from '../../../src/domain/site.ts';
import {noStrikes, phaseOf, strike, type Strikes} from '../../../src/domain/strikes.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import {findingsOf} from '../../../src/engine/alerts/index.ts';
import type {CheckState} from '../../../src/engine/monitor/index.ts';
import {spec} from '../monitor/parts.ts';

const nowMs = 1_767_323_045_000;
const minuteMs = 60_000;

interface Given {
  readonly looks?: readonly Verdict[];
  readonly spec?: Partial<CheckSpec>;
  readonly state?: Partial<CheckState>;
}

/** The state of a check after these looks, a minute apart, the last one now. */
function stateOf(id: string, {looks = ['pass'], spec: more = {}, state = {}}: Given = {}): CheckState {
  const one = spec(id, more);
  const strikes = looks.reduce<Strikes>(
    (before, verdict, i) =>
      strike(before, {verdict, atMs: nowMs - (looks.length - 1 - i) * minuteMs, limits: one.strikes}),
    noStrikes,
  );
  const verdict = looks.at(-1) ?? 'unknown';
  return {
    spec: one,
    last: {
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
    },
    seenMs: nowMs,
    stale: false,
    hard: strikes.hard,
    sinceMs: strikes.sinceMs,
    phase: phaseOf(strikes),
    strikes,
    running: false,
    overruns: 0,
    missed: 0,
    ...state,
  };
}

const services = [{id: 'api', title: 'API', labels: ['edge'], runbooks: [], checks: []}];
const find = (...states: CheckState[]) => findingsOf(states, services, nowMs);
const down: readonly Verdict[] = ['pass', 'fail', 'fail'];

describe('what a check comes to', () => {
  test('a failure fires after its strikes, in the words of the uptime monitor', () => {
    expect(find(stateOf('live', {looks: down}))).toMatchObject([
      {
        key: 'check api/live',
        at: 'firing',
        severity: 'sev2',
        labels: ['edge'],
        title: 'api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
        message: 'said fail',
        sinceMs: nowMs,
      },
    ]);
  });

  test('a first failure, a recovery that is not sure yet, and what is too old are undecided', () => {
    const all = find(
      stateOf('pending', {looks: ['pass', 'fail']}),
      stateOf('recovering', {looks: [...down, 'pass']}),
      stateOf('stale', {looks: down, state: {stale: true}}),
      stateOf('staleAndWell', {state: {stale: true}}),
      stateOf('never', {looks: [], state: {last: undefined, seenMs: undefined}}),
    );
    expect(all.map(({at}) => at)).toEqual(['undecided', 'undecided', 'undecided', 'undecided', 'undecided']);
    expect(find(stateOf('well'))[0]?.at).toBe('clear');
  });

  test('so many of so many, flapping, warnings and looks that saw nothing have words of their own', () => {
    const within = {fail: 3, recover: 2, within: {bad: 3, of: 5}};
    const turns: Verdict[] = Array.from({length: 21}, (_, i) => (i % 2 === 0 ? 'pass' : 'fail'));
    const titles = find(
      stateOf('often', {looks: ['pass', 'fail', 'pass', 'fail', 'pass', 'fail'], spec: {strikes: within}}),
      stateOf('flaps', {looks: turns}),
      stateOf('warns', {looks: ['pass', 'warn', 'warn']}),
      stateOf('blind', {looks: ['pass', 'unknown', 'unknown', 'unknown']}),
    ).map(({title}) => title.replace(/ @.*/, ''));
    expect(titles).toEqual([
      'api/often UPTIME: 3 of 5 failures',
      'api/flaps FLAPPING: its state changes too often',
      'api/warns WARNING: 2 consecutive looks',
      'api/blind UNKNOWN: 3 consecutive looks could not tell',
    ]);
  });

  test('a warning is at most sev3, a look that cannot tell is as grave as a failure, and a look may say itself', () => {
    const [failure, warning, blind, low] = find(
      stateOf('a', {looks: down, spec: {severity: 'sev1'}}),
      stateOf('b', {looks: ['pass', 'warn', 'warn'], spec: {severity: 'sev1'}}),
      stateOf('c', {looks: ['unknown', 'unknown'], spec: {severity: 'sev1'}}),
      stateOf('d', {looks: ['pass', 'warn', 'warn'], spec: {severity: 'sev4'}}),
    ).map(({severity}) => severity);
    expect([failure, warning, blind, low]).toEqual(['sev1', 'sev3', 'sev1', 'sev4']);
    const said = stateOf('e', {looks: down});
    const own = {
      ...said,
      last: said.last === undefined ? undefined : {...said.last, severity: 'sev4' as const},
    };
    expect(find(own)[0]?.severity).toBe('sev4');
  });
});

describe('what it depends on', () => {
  const on = (check?: string) => ({dependsOn: [{service: 'db', ...(check === undefined ? {} : {check})}]});
  const database = (id: string, given: Given = {}) =>
    stateOf(id, {...given, spec: {service: 'db', ...given.spec}});

  test('names what is down, a check or one of a service that rolls up', () => {
    const child = (depends: object) => stateOf('live', {looks: down, spec: depends});
    expect(find(child(on('port')), database('port', {looks: down}))[0]?.because).toBe('db/port');
    expect(find(child(on()), database('port', {looks: down}))[0]?.because).toBe('db/port');
    expect(
      find(child(on()), database('port', {looks: down, spec: {rollup: false}}))[0]?.because,
    ).toBeUndefined();
    expect(find(child(on('port')), database('port'))[0]).toMatchObject({at: 'firing'});
  });

  test('one hop is enough: what stands on something that stands on it is down too', () => {
    const middle = stateOf('ready', {looks: down, spec: on('port')});
    const top = stateOf('page', {looks: down, spec: {dependsOn: [{service: 'api', check: 'ready'}]}});
    const all = find(top, middle, database('port', {looks: down}));
    expect(all.map(({because}) => because)).toEqual(['api/ready', 'db/port', undefined]);
  });

  test('while it may be going down nothing is decided; it does not wait for ever', () => {
    const parent = database('port', {looks: ['pass', 'fail']});
    const fresh = stateOf('live', {looks: down, spec: on('port')});
    expect(find(fresh, parent)[0]?.at).toBe('undecided');
    const old = stateOf('live', {looks: down, spec: on('port'), state: {sinceMs: nowMs - 6 * minuteMs}});
    expect(find(old, parent)[0]?.at).toBe('firing');
  });

  test('once it is well again, the next look decides', () => {
    const parent = database('port', {looks: [...down, 'pass', 'pass']});
    const before = stateOf('live', {looks: down, spec: on('port'), state: {seenMs: nowMs - 1}});
    expect(find(before, parent)[0]?.at).toBe('undecided');
    const after = stateOf('live', {looks: down, spec: on('port'), state: {seenMs: nowMs + 1}});
    expect(find(after, parent)[0]?.at).toBe('firing');
  });

  test('what cannot be looked at is not taken for down', () => {
    const parent = database('port', {looks: ['unknown', 'unknown']});
    expect(find(stateOf('live', {looks: down, spec: on('port')}), parent)[0]).toMatchObject({at: 'firing'});
  });

  test('an end is never held back', () => {
    const well = stateOf('live', {spec: on('port')});
    expect(find(well, database('port', {looks: down}))[0]).toMatchObject({at: 'clear'});
  });
});
