import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {CheckContext} from '../../src/define.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {programs} from './looking-programs.ts';
import {accepts, look} from './looking.ts';

interface Says {
  readonly out?: string;
  readonly err?: string;
  readonly status?: number;
  /** What it answers when it is asked what backups there are. */
  readonly list?: string;
}

/** A program that answers so, and writes down how it was called. */
function tool(name: string, {out = '', err = '', status = 0, list = '[{}]'}: Says) {
  const log = path.join(tempDir(), 'log');
  writeFileSync(log, '');
  const script = `
    const words = process.argv.slice(2);
    require('node:fs').appendFileSync(${JSON.stringify(log)}, words.join(' ') + '\\n');
    if (words.includes('snapshots') || words.includes('list')) process.stdout.write(${JSON.stringify(list)});
    else {
      process.stdout.write(${JSON.stringify(out)});
      process.stderr.write(${JSON.stringify(err)});
      process.exitCode = ${status};
    }`;
  const context: Partial<CheckContext> = programs({[name]: script});
  return {context, calls: () => readFileSync(log, 'utf8').trim().split('\n')};
}

const restic = {tool: 'restic', repository: '/srv/restic', password: 'env:WORD'};

async function asked(params: Record<string, unknown>, says: Says, name: string = String(params['tool'])) {
  const {context, calls} = tool(name, says);
  const env = {get: (one: string) => (one === 'WORD' ? 'correct-horse-battery' : context.env?.get(one))};
  const seen = await look('backupRepo', params, {...context, env, clock: fakeClock(), timeoutMs: 20_000});
  return {...seen, calls};
}

describe('backupRepo with restic', () => {
  test('what ends well and says so is a pass that counts the backups', async () => {
    const seen = await asked(restic, {out: 'no errors were found\n', list: '[{},{},{}]'});
    expect(seen).toMatchObject({
      verdict: 'pass',
      checked: 3,
      message: 'no errors were found (structure, 3 backups)',
    });
    expect(seen.calls()).toEqual(['--no-cache --no-lock snapshots --json', '--no-cache check']);
  });

  test('an empty repository never passes, whatever restic says of it', async () => {
    expect(await asked(restic, {out: 'no errors were found\n', list: '[]'})).toMatchObject({
      verdict: 'fail',
      message: 'no backup content: the repository is empty',
    });
  });

  test('ending well without saying so is unknown', async () => {
    expect(await asked(restic, {out: 'check snapshots, trees and blobs\n'})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
    });
  });

  test.each([
    [1, 'Fatal: repository contains errors', 'fail', 'assertion'],
    [1, 'Fatal: wrong password or no key found', 'fail', 'auth'],
    [1, 'Fatal: unable to open config file: stat /srv/restic/config: no such file', 'fail', 'noData'],
    [1, 'unable to create lock in backend: repository is already locked', 'unknown', 'noData'],
    [2, 'panic: runtime error', 'fail', 'assertion'],
    [3, 'something', 'fail', 'assertion'],
    [10, 'Fatal: repository does not exist', 'fail', 'noData'],
    [11, 'Fatal: repository is already locked', 'unknown', 'noData'],
    [12, 'Fatal: wrong password', 'fail', 'auth'],
    [130, 'signal interrupt received', 'unknown', 'noData'],
    [77, 'nobody knows this', 'fail', 'assertion'],
  ] as const)('status %i with %j is %s (%s)', async (status, err, verdict, kind) => {
    const seen = await asked(restic, {err, status});
    expect(seen).toMatchObject({verdict, kind, checked: verdict === 'fail' ? 1 : 0});
  });

  test('what is damaged is quoted', async () => {
    const err =
      'pack e2fd: unexpected file size: got 1001, expected 619\nFatal: repository contains errors\n';
    expect((await asked(restic, {err, status: 1})).message).toBe(
      'the repository is damaged: pack e2fd: unexpected file size: got 1001, expected 619; Fatal: repository contains errors',
    );
  });

  test('another part is read each day, and all of them in as many days', async () => {
    const parts = new Set<string>();
    for (let day = 0; day < 3; day += 1) {
      const {context, calls} = tool('restic', {out: 'no errors were found\n'});
      const env = {get: (one: string) => (one === 'WORD' ? 'correct-horse-battery' : context.env?.get(one))};
      const clock = fakeClock(1_767_323_045_000 + day * 86_400_000);
      await look('backupRepo', {...restic, mode: 'subset', subset: 3}, {...context, env, clock});
      parts.add(calls().at(-1) ?? '');
    }
    expect([...parts].sort()).toEqual([1, 2, 3].map(n => `--no-cache check --read-data-subset=${n}/3`));
    const full = await asked({...restic, mode: 'full', lock: false}, {out: 'no errors were found\n'});
    expect(full.calls().at(-1)).toBe('--no-cache --no-lock check --read-data');
  });

  test('the password is in the environment alone, and never said', async () => {
    const {context, calls} = tool('restic', {});
    const echo = programs({
      restic: 'console.error("I was given " + process.env.RESTIC_PASSWORD); process.exit(1)',
    });
    const env = {get: (one: string) => (one === 'WORD' ? 'correct-horse-battery' : echo.env?.get(one))};
    const seen = await look('backupRepo', restic, {...context, ...echo, env});
    expect(seen.message).toContain('I was given [secret WORD]');
    expect(calls().join(' ')).not.toContain('correct-horse');
    expect(await look('backupRepo', restic, context)).toMatchObject({verdict: 'unknown', kind: 'config'});
  });
});

describe('backupRepo with other tools', () => {
  const borg = {tool: 'borg', repository: '/srv/borg', password: 'env:WORD'};
  const list = '{"archives": [{}, {}]}';

  test.each([
    [0, '', 'pass', 'assertion'],
    [1, 'File changed while we backed it up', 'warn', 'assertion'],
    [1, 'Data integrity error: Segment entry checksum mismatch', 'fail', 'assertion'],
    [1, 'Finished full repository check, errors found.', 'fail', 'assertion'],
    [2, 'Data integrity error: Segment entry checksum mismatch', 'fail', 'assertion'],
    [2, 'Failed to create/acquire the lock /srv/borg/lock.exclusive (timeout).', 'unknown', 'noData'],
    [2, 'passphrase supplied in BORG_PASSPHRASE is incorrect.', 'fail', 'auth'],
    [2, 'Repository /srv/borg does not exist.', 'fail', 'noData'],
    [77, 'nobody knows this', 'fail', 'assertion'],
  ] as const)('borg: status %i with %j is %s', async (status, err, verdict, kind) => {
    expect(await asked(borg, {status, err, list})).toMatchObject({verdict, kind});
  });

  test('borg: an empty repository never passes', async () => {
    expect((await asked(borg, {list: '{"archives": []}'})).message).toContain('the repository is empty');
  });

  const pgbackrest = {tool: 'pgbackrest', stanza: 'demo'};
  const verify = (status: string, counts = 'missing: 0, checksum invalid: 0, size invalid: 0, other: 0') =>
    `stanza: demo\nstatus: ${status}\n  archiveId: 15-1, total WAL checked: 4, total valid WAL: 4\n    missing: 0, checksum invalid: 0, size invalid: 0, other: 0\n  backup: 20260101-020000F, status: valid, total files checked: 956, total valid files: 956\n    ${counts}\n`;

  test('pgbackrest: its words count, for its status is 0 also when they say error', async () => {
    expect(await asked(pgbackrest, {out: verify('ok')})).toMatchObject({
      verdict: 'pass',
      checked: 960,
      message: 'status ok, 960 files checked (full)',
    });
    expect(await asked(pgbackrest, {out: verify('error'), status: 0})).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
      message: containing('status: error'),
    });
    const invalid = 'missing: 0, checksum invalid: 1, size invalid: 0, other: 0';
    expect((await asked(pgbackrest, {out: verify('ok', invalid)})).verdict).toBe('fail');
    const missing = 'missing: 2, checksum invalid: 0, size invalid: 0, other: 0';
    expect((await asked(pgbackrest, {out: verify('ok', missing)})).verdict).toBe('warn');
    expect(await asked(pgbackrest, {out: 'hello\n'})).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect((await asked(pgbackrest, {out: 'stanza: demo\nstatus: ok\n'})).checked).toBe(0);
    expect(await asked(pgbackrest, {status: 50, err: 'ERROR: [050]: unable to acquire lock'})).toMatchObject({
      verdict: 'unknown',
    });
    expect((await asked(pgbackrest, {status: 55, err: 'ERROR: [055]: missing'})).verdict).toBe('fail');
  });

  const walg = {tool: 'walg'};
  const integrity = (status: string, details: unknown[] = [{segments_count: 12, status: 'FOUND'}]) =>
    JSON.stringify({integrity: {status, details}, timeline: {status: 'OK', details: {}}});

  test('wal-g: a warning is one, a failure too, and no segment is no proof', async () => {
    const say = async (out: string, status = 0) => asked(walg, {out, status}, 'wal-g');
    expect(await say(integrity('OK'))).toMatchObject({verdict: 'pass', checked: 12});
    expect((await say(integrity('OK'))).message).toContain('what is in the backups was not read');
    expect((await say(integrity('WARNING'))).verdict).toBe('warn');
    const lost = [{segments_count: 3, status: 'MISSING_LOST'}];
    expect(await say(integrity('FAILURE', lost))).toMatchObject({
      verdict: 'fail',
      message: containing('3 MISSING_LOST'),
    });
    expect((await say(integrity('OK', []))).checked).toBe(0);
    expect((await say(integrity('SOMETHING'))).verdict).toBe('unknown');
    expect((await say('not JSON')).verdict).toBe('unknown');
    expect((await say('', 1)).verdict).toBe('fail');
  });

  test('a tool that is not installed, and one that hangs, are told apart', async () => {
    expect(await look('backupRepo', walg, {env: {get: () => tempDir()}})).toMatchObject({
      verdict: 'unknown',
      kind: 'notInstalled',
    });
    const hanging = programs({'wal-g': 'setTimeout(() => {}, 60000)'});
    expect(await look('backupRepo', walg, {...hanging, timeoutMs: 300})).toMatchObject({
      verdict: 'fail',
      kind: 'hang',
    });
  });
});

test('what a tool needs and what it cannot do are told in the site file', () => {
  expect(accepts('backupRepo', {tool: 'restic'})).toBe(false);
  expect(accepts('backupRepo', {tool: 'pgbackrest'})).toBe(false);
  expect(accepts('backupRepo', {tool: 'pgbackrest', stanza: 'demo', mode: 'subset'})).toBe(false);
  expect(accepts('backupRepo', {tool: 'borg', repository: '/a', mode: 'subset'})).toBe(false);
  expect(accepts('backupRepo', {tool: 'restic', repository: '/a', password: 'plain'})).toBe(false);
});
