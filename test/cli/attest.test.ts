import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import type {CheckSpec, Site} from '../../src/domain/site.ts';
import {lookOnce} from '../../src/engine/monitor/look.ts';
import {portsOf, siteOf, spec} from '../engine/monitor/parts.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {open} from '../store/helpers.ts';

async function place(params: Record<string, unknown> = {}) {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock: {...fakeClock(), nowMs: () => clock.nowMs()}});
  const type = checks.find(one => one.type === 'attest');
  const watched: CheckSpec = spec('watched', {
    type: 'attest',
    params: type?.params.parse({question: 'Was the drill watched?', ...params}),
  });
  const days = checks.find(one => one.type === 'streak');
  const daily: CheckSpec = spec('daily', {
    type: 'streak',
    params: days?.params.parse({source: {attested: 'watched'}, length: 3}),
  });
  const site: Site = siteOf([watched, daily, spec('port', {type: 'tcp'})]);
  const typed = async (...argv: string[]) => {
    const talk = fakeTalk();
    const status = await runCommand(['attest', ...argv], {
      commands,
      groups,
      version: '0',
      talk,
      signal: new AbortController().signal,
      console: async () => Promise.resolve(9),
      context: () =>
        contextWith({
          talk,
          clock,
          cwd: dir,
          files: realFiles,
          actor: {operator: 'ada', uid: 1, user: 'ada', via: 'local'},
          site: async () => Promise.resolve(site),
          ledger: async () => Promise.resolve(ledger),
        }),
    });
    return {status, out: [...talk.lines, ...talk.errors, JSON.stringify(talk.values)].join('\n')};
  };
  const looked = async (one = watched) =>
    lookOnce({
      spec: one,
      checks,
      ports: {...portsOf(clock), records: {open: async () => Promise.resolve(ledger)}},
      trusted: true,
      signal: new AbortController().signal,
      input: () => undefined,
    });
  return {dir, clock, ledger, typed, looked, daily};
}

const says = ['--says', 'I watched the whole drill'];

test('an answer is recorded, makes the check pass, and ends', async () => {
  const {clock, ledger, typed, looked} = await place();
  expect(await looked()).toMatchObject({verdict: 'unknown', message: containing('nobody attested')});
  const done = await typed('api/watched', ...says, '--expires', '7d');
  expect(done.status).toBe(0);
  expect(done.out).toContain('entry 1 says so');
  const [row] = await ledger.read({kinds: ['check.attest']});
  expect(row?.entry.body).toMatchObject({service: 'api', check: 'watched'});
  expect(row?.line).not.toContain('whole drill');
  expect(Buffer.from((await ledger.disclosure(1, '/body/says')) ?? []).toString()).toBe(
    'I watched the whole drill',
  );
  expect(await looked()).toMatchObject({verdict: 'pass', message: containing('for 7d')});
  clock.jump(7 * 86_400_000);
  expect(await looked()).toMatchObject({verdict: 'unknown', message: containing('ended')});
});

test('a streak counts the days on which the question of another check was answered', async () => {
  const {clock, typed, looked, daily} = await place();
  expect((await looked(daily)).verdict).toBe('unknown');
  for (const answered of [1, 2, 3]) {
    expect((await typed('api/watched', ...says)).status).toBe(0);
    clock.jump(86_400_000);
    expect((await looked(daily)).message).toContain(answered < 3 ? `got ${answered} day` : '3 days in a row');
  }
  clock.jump(86_400_000);
  expect((await looked(daily)).message).toContain('is missing');
});

test('evidence is recorded by its hash, and only the file that the check is about is taken', async () => {
  const {dir} = await place();
  const evidenceFile = path.join(dir, 'drill.pdf');
  writeFileSync(evidenceFile, 'the report');
  const here = await place({evidenceFile});
  expect((await here.typed('api/watched', ...says)).out).toContain('This check wants evidence');
  const other = path.join(dir, 'other.pdf');
  writeFileSync(other, 'another');
  expect((await here.typed('api/watched', ...says, '--evidence', other)).status).toBe(64);
  expect((await here.typed('api/watched', ...says, '--evidence', evidenceFile)).status).toBe(0);
  const [row] = await here.ledger.read({kinds: ['check.attest']});
  expect(row?.entry.body['evidence']).toEqual({
    file: 'drill.pdf',
    sha256: createHash('sha256').update('the report').digest('hex'),
    size: 10,
  });
  expect((await here.looked()).verdict).toBe('pass');
  writeFileSync(evidenceFile, 'changed');
  expect((await here.looked()).verdict).toBe('unknown');
});

test('what cannot be attested is refused and recorded nowhere', async () => {
  const {ledger, typed} = await place({role: 'data-owner', expires: '30d'});
  for (const [argv, why] of [
    [['api', ...says], 'SERVICE/CHECK'],
    [['api/port', ...says], 'nothing can be attested about it'],
    [['api/nothing', ...says], 'no check of api called'],
    [['api/watched', '--as', 'data-owner'], '--says'],
    [['api/watched', ...says], 'you named no role'],
    [['api/watched', ...says, '--as', 'intern'], 'you say you are intern'],
    [['api/watched', ...says, '--as', 'data-owner', '--expires', '31d'], 'at most 30d'],
    [['api/watched', ...says, '--as', 'data-owner', '--expires', 'soon'], 'expected a time'],
    [['api/watched', ...says, '--as', 'data-owner', '--evidence', 'gone.pdf'], 'cannot be read'],
  ] as const) {
    const done = await typed(...argv);
    expect(done.status, argv.join(' ')).not.toBe(0);
    expect(done.out).toContain(why);
  }
  expect(await ledger.read({kinds: ['check.attest']})).toEqual([]);
  expect((await typed('api/watched', ...says, '--as', 'data-owner', '--json')).out).toContain('"until":');
});

test('an answer to one check is none to another of that name', async () => {
  const {ledger, typed, looked} = await place();
  const append = async (service: string, check: string) =>
    ledger.append({
      entries: [
        {
          kind: 'check.attest',
          body: {service, check, until: '2027-01-01T00:00:00.000Z', untilMs: 1_798_761_600_000},
          disclosed: [{ptr: '/body/says', value: `"service":"api","check":"watched"`}],
        },
      ],
    });
  await append('other', 'watched');
  await append('api', 'watched-too');
  expect((await looked()).verdict).toBe('unknown');
  await typed('api/watched', ...says);
  expect((await looked()).verdict).toBe('pass');
});
