import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {realRandom} from '../../src/adapters/random.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {maskedEntry} from '../../src/main/masked-ledger.ts';
import {openSecrets, secretsIn} from '../../src/main/secrets.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {spoolOutcome} from '../../src/store/spool.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';

const secret = 'hunter2-hunter2';
const mask = createMasker({values: [{name: 'PW', value: secret}]});

test('strings of the body and disclosed values are masked, pinned texts and values hashed on the way are not', () => {
  const entry = maskedEntry(
    {
      kind: 'run.start',
      body: {title: `Restart with ${secret}`},
      disclosed: [
        {ptr: '/body/source', value: secret},
        {ptr: '/body/reason', value: `because ${secret}`},
        {ptr: '/body/output', value: Buffer.from(`x${secret}`)},
        {ptr: '/body/output', value: secret, whole: {full: 'ab', size: 1}},
      ],
    },
    mask,
  );
  expect(entry.body).toEqual({title: 'Restart with [secret PW]'});
  expect(entry.disclosed?.map(({value}) => Buffer.from(value).toString())).toEqual([
    secret,
    'because [secret PW]',
    'x[secret PW]',
    secret,
  ]);
});

test('a secret that is a word of the format leaves the format whole', () => {
  const runbook = `${'1234'.repeat(15)}5678`;
  const body = {
    attempt: 1,
    confirm: 1,
    target: 'staging 1234',
    effect: 'write',
    vars: ['A'],
    runbook,
    runner: {pid: 1, start: '1', boot: 'b'},
    timeoutMs: 1,
    graceMs: 1,
    atLimit: 'kill',
  };
  const words = createMasker({values: ['1234', 'write', 'kill'].map(value => ({name: 'W', value}))});
  expect(maskedEntry({kind: 'step.intent', body}, words).body).toEqual({
    ...body,
    target: 'staging [secret W]',
  });
});

test('an outcome that is spooled holds no secret', () => {
  const dir = tempDir();
  const actor = {operator: 'mara', uid: 1, user: 'mara', via: 'local'} as const;
  const scene = {dir, actor, session: 's', clock: realClock(), random: realRandom};
  const said = {
    kind: 'step.outcome',
    run: '20260102T030405Z-00000000',
    step: 'a',
    of: 1,
    body: {attempt: 1, verdict: 'fail', message: `no ${secret}`, by: 'machine', durationMs: 1},
    disclosed: [{ptr: '/body/output', value: `saw ${secret}`}],
  } as const;
  spoolOutcome(scene, {outcome: maskedEntry(said, mask)});
  const files = readdirSync(dir, {recursive: true, withFileTypes: true}).filter(one => one.isFile());
  expect(files).toHaveLength(1);
  for (const {parentPath, name} of files) {
    const text = readFileSync(join(parentPath, name), 'utf8');
    expect(text).toContain('[secret PW]');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(2, -4));
  }
});

test('variables that are named like secrets are masked by value; paths, short values and names of the site are not', () => {
  const variables = {
    PGPASSWORD: 'postgres-main',
    STRIPE_KEY: 'abcdefgh1234',
    DATABASE_URL: 'postgres://a:bcdefg@h/i',
    SSH_KEY_PATH: '/home/me/.ssh/id',
    API_TOKEN: 'short',
    PWD: '/home/me/project',
    XDG_SESSION_TYPE: 'wayland-session',
  };
  expect(secretsIn(variables).map(({name}) => name)).toEqual(['PGPASSWORD', 'STRIPE_KEY', 'DATABASE_URL']);
  const secrets = openSecrets({env: fakeEnv(), variables, files: realFiles, uid: 0});
  expect(secrets.text('on postgres-main: abcdefgh1234')).toBe('on [secret PGPASSWORD]: [secret STRIPE_KEY]');
  secrets.addNames(['postgres-main']);
  expect(secrets.text('on postgres-main: abcdefgh1234')).toBe('on postgres-main: [secret STRIPE_KEY]');
});
