import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {timestamp} from '../../src/domain/time.ts';
import type {Attestation} from '../../src/look/attestations.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const nowMs = 1_767_323_045_000;
const dayMs = 86_400_000;

const said = (
  more: Partial<Attestation> & {readonly daysAgo?: number; readonly forDays?: number} = {},
): Attestation => {
  const {daysAgo = 1, forDays = 30, ...rest} = more;
  const atMs = nowMs - daysAgo * dayMs;
  return {
    seq: 7,
    at: timestamp(atMs),
    operator: 'ada',
    via: 'local',
    role: undefined,
    untilMs: atMs + forDays * dayMs,
    evidence: undefined,
    ...rest,
  };
};

async function asked(
  attested: readonly Attestation[] | {readonly problem: string},
  more: Record<string, unknown> = {},
) {
  return look(
    'attest',
    {question: 'Was the drill watched?', ...more},
    {clock: fakeClock(nowMs), attestations: async () => Promise.resolve(attested)},
  );
}

test('nobody has said it: unknown, and the question is asked', async () => {
  expect(await asked([])).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
    checked: 0,
    message: 'nobody attested: Was the drill watched?',
  });
  expect((await asked({problem: 'there is no ledger here'})).message).toContain('there is no ledger here');
});

test('an answer in force is a pass that names who gave it and how long it holds', async () => {
  expect(await asked([said()])).toMatchObject({
    verdict: 'pass',
    checked: 1,
    message: 'attested by ada, for 29d',
    parts: [{name: 'entry 7', verdict: 'pass', message: 'ada (local): holds for 29d'}],
  });
});

test('an answer that ended, or is older than the check lets it be, does not count', async () => {
  expect(await asked([said({daysAgo: 31})])).toMatchObject({
    verdict: 'unknown',
    message: containing('the newest answer, of ada, ended 1d ago'),
  });
  expect((await asked([said({daysAgo: 8, forDays: 90})], {expires: '7d'})).verdict).toBe('unknown');
  expect((await asked([said({daysAgo: -1})])).message).toContain('is of a time to come');
  expect((await asked([said({daysAgo: 40}), said({daysAgo: 2, seq: 9})])).verdict).toBe('pass');
});

test('it is a warning before it ends', async () => {
  const more = {warnBefore: '7d'};
  expect((await asked([said({daysAgo: 20})], more)).verdict).toBe('pass');
  expect((await asked([said({daysAgo: 24})], more)).verdict).toBe('warn');
});

test('the role must be the one that is asked for', async () => {
  const more = {role: 'data-owner'};
  expect((await asked([said({role: 'data-owner'})], more)).verdict).toBe('pass');
  expect((await asked([said()], more)).message).toContain('was not given as data-owner');
});

test('two people are two, and one of them twice is one', async () => {
  const more = {twoPerson: true};
  expect(await asked([said(), said({seq: 9, daysAgo: 2})], more)).toMatchObject({
    verdict: 'unknown',
    message: containing('1 of 2 people attested'),
  });
  const both = [
    said({seq: 9}),
    said({operator: 'grace', daysAgo: 5}),
    said({operator: 'grace', daysAgo: 20}),
  ];
  expect(await asked(both, more)).toMatchObject({
    verdict: 'pass',
    checked: 2,
    message: 'attested by grace and ada, for 25d',
  });
});

test('an answer about another state of the evidence does not count', async () => {
  const evidenceFile = path.join(tempDir(), 'drill.pdf');
  writeFileSync(evidenceFile, 'the report');
  const sha256 = createHash('sha256').update('the report').digest('hex');
  const evidence = {file: 'drill.pdf', sha256, sizeBytes: 10};
  const more = {evidenceFile};
  expect((await asked([said({evidence})], more)).verdict).toBe('pass');
  expect((await asked([said()], more)).message).toContain('names no evidence');
  writeFileSync(evidenceFile, 'another report');
  expect(await asked([said({evidence})], more)).toMatchObject({
    verdict: 'unknown',
    message: containing('is about another state of the evidence'),
  });
  expect((await asked([said({evidence})], {evidenceFile: `${tempDir()}/gone`})).verdict).toBe('unknown');
});

test('a question there must be', () => {
  expect(accepts('attest', {})).toBe(false);
  expect(accepts('attest', {question: ''})).toBe(false);
  expect(accepts('attest', {question: 'Q?', expires: 'never'})).toBe(false);
});
