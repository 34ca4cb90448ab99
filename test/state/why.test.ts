import {expect, test} from 'vitest';
import {show} from '../../src/domain/show.ts';
import type {CheckView, ServiceView} from '../../src/state/model.ts';
import {whyOf} from '../../src/state/why.ts';
import type {Why} from '../../src/state/why.ts';
import {sample} from '../helpers/sample-state.ts';

const [plain] = sample().services;
const [like] = plain?.checks ?? [];

type Checks = Readonly<Record<string, Partial<CheckView> & {readonly on?: readonly string[]}>>;

/** Services by name, each with its checks; `on` names what a check depends on. */
function site(services: Readonly<Record<string, Checks>>): {readonly services: readonly ServiceView[]} {
  if (plain === undefined || like === undefined) throw new Error('the sample has no service');
  return {
    services: Object.entries(services).map(([id, checks]) => ({
      ...plain,
      id,
      runbooks: [{id: `about-${id}`, procedure: undefined, title: show(id), why: undefined}],
      checks: Object.entries(checks).map(([name, {on = [], ...patch}]) => ({
        ...like,
        id: show(name),
        dependsOn: on.map(one => {
          const [service = '', check] = one.split('/');
          return {service, ...(check === undefined ? {} : {check})};
        }),
        ...patch,
      })),
    })),
  };
}

const fail = {verdict: 'fail'} as const;
const causes = (why: Why): readonly string[] => why.causes.map(({key, stand}) => `${key} ${stand}`);
const chain = (why: Why): readonly string[] => why.chain.map(({key, depth}) => `${depth} ${key}`);

test('the root cause is what is down and stands on nothing that is, however far away', () => {
  const why = whyOf(
    site({
      web: {live: {...fail, on: ['api/ready']}},
      api: {ready: {...fail, on: ['db']}, other: fail},
      db: {port: {...fail, on: ['host/ping']}, heads: {}},
      host: {ping: {}},
    }),
    'web',
  );
  expect(causes(why)).toEqual(['db/port down']);
  expect(chain(why)).toEqual(['0 web/live', '1 api/ready', '2 db/port']);
  expect(why.runbooks.map(({id}) => id)).toEqual(['about-db', 'about-web']);
});

test('everything that hangs on a cause is counted, in other services too, what is not up first', () => {
  const why = whyOf(
    site({
      web: {live: {on: ['api']}},
      api: {ready: {...fail, on: ['db/port']}},
      worker: {beat: {verdict: 'unknown', on: ['db/port']}},
      db: {port: fail},
    }),
    'db/port',
  );
  expect(why.causes[0]?.dependents.map(({key, stand}) => `${key} ${stand}`)).toEqual([
    'api/ready down',
    'worker/beat unclear',
    'web/live up',
  ]);
});

test('what nobody can see is never taken for well, and never hides what is down above it', () => {
  const on = (patch: Partial<CheckView>): Why =>
    whyOf(site({api: {ready: {...fail, on: ['db/port']}}, db: {port: patch}}), 'api');
  for (const blind of [{verdict: 'unknown'}, {stale: true}, {verdict: 'unknown', stale: true}] as const)
    expect(causes(on(blind))).toEqual(['api/ready down', 'db/port unclear']);
  for (const well of [{verdict: 'pass'}, {verdict: 'warn'}, {verdict: 'skipped'}] as const)
    expect(causes(on(well))).toEqual(['api/ready down']);
  expect(causes(on({verdict: 'fail', stale: true}))).toEqual(['db/port down']);
  expect(causes(on({flapping: true}))).toEqual(['db/port down']);
});

test('several causes are all named, those that are down first', () => {
  const why = whyOf(
    site({
      api: {ready: {...fail, on: ['db/port', 'queue']}, blind: {verdict: 'unknown'}},
      db: {port: fail},
      queue: {port: fail, depth: {...fail, rollup: false}},
    }),
    'api',
  );
  expect(causes(why)).toEqual(['db/port down', 'queue/port down', 'api/blind unclear']);
});

test('a check that does not count for its service is asked about only where nothing else is wrong', () => {
  const checks = {live: {}, extra: {...fail, rollup: false}} as const;
  expect(causes(whyOf(site({api: checks}), 'api'))).toEqual(['api/extra down']);
  expect(causes(whyOf(site({api: {...checks, live: fail}}), 'api'))).toEqual(['api/live down']);
  expect(causes(whyOf(site({api: {...checks, live: fail}}), 'api/extra'))).toEqual(['api/extra down']);
});

test('names that nothing answers to are told, and only those on the way', () => {
  const why = whyOf(
    site({api: {ready: {...fail, on: ['gone', 'api/lost']}}, web: {live: {on: ['x']}}}),
    'api',
  );
  expect(why.missing).toEqual(['gone', 'api/lost']);
  expect(causes(why)).toEqual(['api/ready down']);
});

test('a circle, which a site file may not have, ends', () => {
  const why = whyOf(site({a: {x: {...fail, on: ['b/y']}}, b: {y: {...fail, on: ['a/x', 'b/y']}}}), 'a');
  expect(chain(why)).toEqual(['0 a/x', '1 b/y']);
  expect(whyOf(site({a: {x: {}}}), 'a')).toEqual({chain: [], causes: [], missing: [], runbooks: []});
});
