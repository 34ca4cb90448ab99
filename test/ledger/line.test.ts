import {createHash} from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {matching} from '../store/helpers.ts';
import type {Json} from '../../src/domain/entry.ts';
import {commit, commitmentHasher, commitmentsOf, commitmentTo} from '../../src/ledger/commitment.ts';
import {formProblem} from '../../src/ledger/form.ts';
import {draftOf, lineOf, type Said, type Stamp} from '../../src/ledger/line.ts';
import {originOf} from '../../src/ledger/origin.ts';
import {afterEntry, noLeases, type LeaseEvent} from '../../src/ledger/lease.ts';

const log = originOf('acme', 'bastion', new Uint8Array(8));
const stamp: Stamp = {
  ts: '2026-01-02T03:04:05.000Z',
  mono: 5,
  boot: 'boot',
  session: 's',
  actor: {operator: 'ada', uid: 1000, user: 'ops', via: 'ssh-key', from: '10.0.0.1'},
};
const prev = 'ab'.repeat(32);

const lineFor = (said: Said, seq = 7): string => {
  const draft = draftOf(log, stamp, said);
  if ('problem' in draft) throw new Error(draft.problem);
  return lineOf(draft, prev, seq);
};

const json = fc.letrec<{value: Json}>(tie => ({
  value: fc.oneof(
    {depthSize: 'small'},
    fc.string({unit: 'grapheme'}),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), {maxLength: 4}),
    fc.dictionary(fc.string({unit: 'grapheme-ascii', maxLength: 6}), tie('value'), {maxKeys: 4}),
  ),
}));

test('every line is the canonical form of what it says, whatever the body', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({unit: 'grapheme-ascii', maxLength: 8}), json.value),
      fc.nat(),
      (body, seq) => {
        const line = lineFor({kind: 'note', body, run: 'r1', step: 'a/1', of: 3, fence: 2}, seq);
        const parsed: unknown = JSON.parse(line);
        expect(canonicalize(parsed)).toBe(line);
        expect(parsed).toMatchObject({
          v: 1,
          log,
          seq,
          prev,
          kind: 'note',
          run: 'r1',
          step: 'a/1',
          of: 3,
          fence: 2,
        });
        expect(formProblem(Buffer.from(line), log)).toBeUndefined();
      },
    ),
  );
});

test('what is no value of an entry is refused with its place', () => {
  const isBody = (body: unknown): body is Said['body'] => typeof body === 'object';
  const problem = (body: unknown): unknown =>
    isBody(body) ? draftOf(log, stamp, {kind: 'note', body}) : undefined;
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [{a: 1.5}, /^\/body\/a is 1\.5/],
    [{a: 2 ** 53}, /safe integer/],
    [{a: ['x', '\udc00']}, /^\/body\/a\/1 .*surrogate/],
    [{ä: 1}, /not printable ASCII/],
    [{a: undefined}, /absent/],
    [{a: new Map()}, /plain object/],
    [{'x/y': {a: NaN}}, /^\/body\/x~1y\/a/],
    [{a: 'x'.repeat(65_536)}, /longest line is 65535/],
  ];
  // The type system already refuses these; what comes from elsewhere is refused here.
  for (const [body, reason] of bad) expect(problem(body)).toEqual({problem: matching(reason)});
  let deep: unknown = 1;
  for (let i = 0; i < 60; i++) deep = [deep];
  expect(problem({deep})).toEqual({problem: matching(/deeper/)});
});

test('an entry whose form is wrong is told apart, although its hash may hold', () => {
  const line = lineFor({kind: 'note', body: {a: 1}});
  const cases: readonly (readonly [string, RegExp])[] = [
    [line.replace('"a":1', '"a":1,"a":1'), /canonical/],
    [line.replace('"a":1', '"a": 1'), /canonical/],
    [line.replace('"a":1', '"a":1.5'), /safe integer/],
    [line.replace('"v":1', '"v":2'), /version/],
    [line.replace(',"session":"s"', ''), /session is missing/],
    [line.replace('"v":1', '"v":1,"w":1'), /unknown field/],
    [line.replace('"a":1', '"a":"\\ud800"'), /surrogate/],
    [line.replace('acme', 'other'), /another log/],
    ['[]', /JSON object/],
    [`${line} `, /canonical/],
  ];
  for (const [text, reason] of cases) expect(formProblem(Buffer.from(text), log)).toMatch(reason);
  expect(formProblem(Buffer.from([0x7b, 0xff]), log)).toMatch(/UTF-8/);
});

test('a commitment is the salted hash that the format says, in one piece or streamed', () => {
  const salt = new Uint8Array(16).fill(5);
  const value = Buffer.from('restarted by hand');
  const ptr = '/body/reason';
  const expected = createHash('sha256')
    .update('quarterdeck-sd-v1\0')
    .update(salt)
    .update(`${ptr}\0restarted by hand`)
    .digest('hex');
  expect(commitmentTo({salt, ptr}, value)).toBe(expected);
  const hasher = commitmentHasher({salt, ptr});
  hasher.update(value.subarray(0, 4));
  hasher.update(value.subarray(4));
  expect(hasher.digest()).toBe(expected);
});

test('a body gets a commitment where the value was, with sizes for what was cut, and keeps its other fields', () => {
  const salt = new Uint8Array(16);
  const made = commit(
    {a: 1, list: [{}]},
    [
      {ptr: '/body/output', value: new Uint8Array([1, 2, 3]), whole: {full: 'f'.repeat(64), size: 900}},
      {ptr: '/body/list/0/text', value: 'x'},
    ],
    () => salt,
  );
  if ('problem' in made) throw new Error(made.problem);
  expect(made.body).toMatchObject({a: 1, output: {full: 'f'.repeat(64), size: 900, kept: 3}});
  expect([...commitmentsOf(made.body).keys()].toSorted()).toEqual(['/body/list/0/text', '/body/output']);
  expect(commit({a: 1}, [{ptr: '/body/a', value: 'x'}], () => salt)).toHaveProperty('problem');
  expect(commit({}, [{ptr: '/kind', value: 'x'}], () => salt)).toHaveProperty('problem');
});

test('leases follow from the entries alone', () => {
  const event = (seq: number, kind: string, run: string, more: Partial<LeaseEvent> = {}): LeaseEvent => {
    return {seq, kind, run, session: 's', operator: 'ada', ts: 't', ...more};
  };
  const lease = {service: 'api', how: 'take'};
  const started = afterEntry(noLeases, event(1, 'run.start', 'a', {lease}));
  expect(started.holders.get('api')).toMatchObject({run: 'a', fence: 1});
  const resumed = afterEntry(started, event(5, 'run.resume', 'a'));
  expect(resumed.holders.get('api')?.fence).toBe(5);
  const stolen = afterEntry(resumed, event(6, 'run.handover', 'b', {lease}));
  expect([...stolen.fences]).toEqual([['b', 6]]);
  expect(afterEntry(stolen, event(7, 'run.finish', 'a')).holders.get('api')?.run).toBe('b');
  const released = afterEntry(stolen, event(8, 'run.pause', 'b', {lease: {service: 'api', how: 'release'}}));
  expect([released.holders.size, released.fences.size]).toEqual([0, 0]);
  expect(afterEntry(stolen, event(9, 'step.intent', 'b'))).toBe(stolen);
});
