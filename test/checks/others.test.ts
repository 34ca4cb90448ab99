import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Verdict} from '../../src/domain/verdict.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {tcpServer} from '../helpers/http-server.ts';
import {pauseArgv} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look, resultOf} from './looking.ts';

describe('tcp check', () => {
  test('an open port passes, a closed one fails, a refused address is unknown', async () => {
    const port = await tcpServer(() => undefined);
    expect(await look('tcp', {host: '127.0.0.1', port})).toMatchObject({verdict: 'pass', checked: 1});
    expect(await look('tcp', {host: '127.0.0.1', port: 1})).toMatchObject({verdict: 'fail', kind: 'connect'});
    expect(await look('tcp', {host: '169.254.169.254', port: 80})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });
});

describe('command check', () => {
  const sh = async (script: string, more: Record<string, unknown> = {}) =>
    look('command', {argv: ['sh', '-c', script], ...more});

  test('exit status, outputs, patterns and JSON are compared', async () => {
    expect((await sh('exit 3', {expect: {exit: [0, 3]}})).verdict).toBe('pass');
    expect(await sh('echo broken >&2; exit 2')).toMatchObject({verdict: 'fail', actual: 'exit 2 (broken)'});
    expect((await sh('echo "status: error"', {expect: {stdoutNotContains: 'status: error'}})).verdict).toBe(
      'fail',
    );
    expect((await sh('echo v1.22', {expect: {stdoutMatches: '^v1\\.\\d+'}})).verdict).toBe('pass');
    expect((await sh(`echo '{"ok":true,"n":1}'`, {expect: {json: {ok: true}}})).verdict).toBe('pass');
    expect((await sh('echo nonsense', {expect: {json: {ok: true}}})).verdict).toBe('fail');
  });

  test('a hang is a failure, what cannot be started is unknown', async () => {
    expect(await look('command', {argv: pauseArgv(60_000), mustFinishWithin: '200ms'})).toMatchObject({
      verdict: 'fail',
      kind: 'hang',
    });
    expect(await look('command', {argv: ['no-such-program']})).toMatchObject({
      verdict: 'unknown',
      kind: 'notInstalled',
    });
  });

  const printEnv = 'Object.entries(process.env).map(([name, value]) => `${name}=${value}`).join("\\n")';

  test('it gets PATH, LC_ALL and what is declared, and nothing else', async () => {
    const env = fakeEnv({
      PATH: '/usr/bin:/bin',
      SECRET: 'not for you',
      TOKEN: 'top-secret-token',
    });
    const seen = await look(
      'command',
      {
        argv: [process.execPath, '-p', printEnv],
        env: {MINE: 'env:TOKEN'},
        expect: {stdoutContains: 'nothing'},
      },
      {env},
    );
    expect(seen.message).toContain('MINE=[secret TOKEN]');
    expect(seen.message).toContain('LC_ALL=C');
    expect(seen.message).not.toContain('not for you');
    expect(seen.message).not.toContain('top-secret-token');
  });

  test('patterns that could take for ever, empty commands and odd directories are refused in the site file', () => {
    expect(accepts('command', {argv: ['a'], expect: {stdoutMatches: '(?=a)'}})).toBe(false);
    expect(accepts('command', {argv: []})).toBe(false);
    expect(accepts('command', {argv: ['']})).toBe(false);
    expect(accepts('command', {argv: ['a'], cwd: 'relative'})).toBe(false);
    expect(accepts('command', {argv: ['a'], on: '-oProxyCommand=x'})).toBe(false);
  });
});

test('a quotation that would cut a secret in two shows nothing of it', async () => {
  const env = fakeEnv({PATH: '/usr/bin:/bin', TOKEN: 'top-secret-token'});
  for (let before = 180; before < 200; before++) {
    const argv = ['sh', '-c', `echo "${'a'.repeat(before)}$MINE"`];
    const seen = await look(
      'command',
      {argv, env: {MINE: 'env:TOKEN'}, expect: {stdoutContains: 'nothing'}},
      {env},
    );
    expect(seen.message).not.toContain('top');
  }
});

describe('systemd check', () => {
  /** A `systemctl` of our own that prints what the real one would. */
  const systemctl = (script: string) => {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'systemctl'), 0o755);
    return {env: fakeEnv({PATH: `${bin}:/usr/bin:/bin`})};
  };
  const shows = (active: string, sub: string, load = 'loaded') =>
    systemctl(
      `printf 'LoadState=${load}\\nActiveState=${active}\\nSubState=${sub}\\nUnitFileState=enabled\\nMainPID=7\\nNRestarts=2\\n'`,
    );
  const unit = (expected: Record<string, unknown> = {}) => ({unit: 'okastr8-manager', expect: expected});

  test('active is a pass, inactive a failure that shows both', async () => {
    expect(await look('systemd', unit(), shows('active', 'running'))).toMatchObject({
      verdict: 'pass',
      checked: 1,
    });
    expect(await look('systemd', unit({activeState: 'active'}), shows('inactive', 'dead'))).toMatchObject({
      verdict: 'fail',
      expected: 'ActiveState active',
      actual: 'ActiveState inactive',
    });
    expect((await look('systemd', unit({nRestartsMax: 1}), shows('active', 'running'))).verdict).toBe('fail');
    expect(
      (await look('systemd', unit({unitFileState: ['enabled', 'static']}), shows('active', 'running')))
        .verdict,
    ).toBe('pass');
  });

  test('how long it has been active, and its main process', async () => {
    const since = (entered: string, active = 'active') =>
      systemctl(
        `printf 'LoadState=loaded\\nActiveState=${active}\\nSubState=running\\nMainPID=7\\nActiveEnterTimestamp=${entered}\\n'`,
      );
    // The clock of these tests stands at 2026-01-02T03:04:05Z.
    const tenMinutes = since('Fri 2026-01-02 02:54:05 UTC');
    expect((await look('systemd', unit({sinceMin: '10m'}), tenMinutes)).verdict).toBe('pass');
    expect(await look('systemd', unit({sinceMin: '11m'}), tenMinutes)).toMatchObject({
      verdict: 'fail',
      expected: 'active for at least 11m',
      actual: 'active for 600 s',
    });
    const never = await look('systemd', unit({sinceMin: '1s'}), since('', 'inactive'));
    expect(never).toMatchObject({verdict: 'fail', actual: 'active for not active'});
    expect((await look('systemd', unit({sinceMin: '1s'}), since('n/a'))).verdict).toBe('unknown');
    expect((await look('systemd', unit({mainPid: {gt: 0}}), tenMinutes)).verdict).toBe('pass');
    expect((await look('systemd', unit({mainPid: 0}), tenMinutes)).verdict).toBe('fail');
  });

  test('a unit that was stopped: how its last run ended', async () => {
    const ended = (result: string, status: number) =>
      systemctl(
        `printf 'LoadState=loaded\\nActiveState=inactive\\nSubState=dead\\nMainPID=0\\nResult=${result}\\nExecMainStatus=${status}\\n'`,
      );
    const clean = {activeState: 'inactive', result: 'success', mainStatus: 0};
    expect(await look('systemd', unit(clean), ended('success', 0))).toMatchObject({
      verdict: 'pass',
      checked: 3,
    });
    expect(await look('systemd', unit(clean), ended('timeout', 9))).toMatchObject({
      verdict: 'fail',
      expected: 'Result success; ExecMainStatus 0',
      actual: 'Result timeout; ExecMainStatus 9',
    });
    const silent = systemctl(`printf 'LoadState=loaded\\nActiveState=inactive\\nSubState=dead\\n'`);
    expect((await look('systemd', unit({result: 'success'}), silent)).verdict).toBe('unknown');
    expect((await look('systemd', unit({mainStatus: 0}), silent)).verdict).not.toBe('pass');
  });

  test('a unit that does not exist is a failure', async () => {
    expect(await look('systemd', unit(), shows('inactive', 'dead', 'not-found'))).toMatchObject({
      verdict: 'fail',
      kind: 'notInstalled',
    });
  });

  test('no bus, no permission and no systemctl are unknown, never inactive', async () => {
    const noBus = systemctl(
      'echo "System has not been booted with systemd as init system (PID 1)." >&2; exit 1',
    );
    expect(await look('systemd', unit(), noBus)).toMatchObject({verdict: 'unknown', kind: 'noData'});
    const denied = systemctl('echo "Access denied" >&2; exit 4');
    expect(await look('systemd', unit(), denied)).toMatchObject({verdict: 'unknown', kind: 'permission'});
    const none = {env: fakeEnv({PATH: tempDir()})};
    expect(await look('systemd', unit(), none)).toMatchObject({verdict: 'unknown', kind: 'notInstalled'});
    expect((await look('systemd', unit(), systemctl('echo hello'))).verdict).toBe('unknown');
  });

  test.each(['x;rm -rf', '-H', '', 'a b', '../x', 'x'.repeat(200)])('the unit name %j is refused', name => {
    expect(accepts('systemd', {unit: name})).toBe(false);
  });
});

describe('consistency check', () => {
  const params = {
    when: {live: 'pass'},
    require: {unit: 'pass'},
    else: {verdict: 'warn', severity: 'sev3', message: 'running outside systemd'},
  };
  const given = async (live?: Verdict, unit?: Verdict) =>
    look('consistency', params, {
      input: name => {
        const verdict = name === 'live' ? live : unit;
        return verdict === undefined ? undefined : resultOf(name, verdict);
      },
    });

  test('holds, is broken with its severity, or does not apply', async () => {
    expect(await given('pass', 'pass')).toMatchObject({verdict: 'pass', checked: 2});
    expect(await given('pass', 'fail')).toMatchObject({
      verdict: 'warn',
      severity: 'sev3',
      message: 'running outside systemd (live pass, but unit fail)',
    });
    expect(await given('fail', 'fail')).toMatchObject({
      verdict: 'skipped',
      message: 'does not apply: live fail',
    });
  });

  test('a broken rule names who sees to it and what they should do', async () => {
    const broken = {...params, else: {...params.else, owner: 'platform', recommendation: 'start the unit'}};
    const found = await look('consistency', broken, {
      input: name => resultOf(name, name === 'live' ? 'pass' : 'fail'),
    });
    expect(found).toMatchObject({
      severity: 'sev3',
      message:
        'running outside systemd (live pass, but unit fail); owner: platform; recommended: start the unit',
    });
  });

  test('any input that is unknown or has no fresh result makes it unknown', async () => {
    expect(await given('pass', 'unknown')).toMatchObject({verdict: 'unknown', message: 'unit is unknown'});
    expect(await given('unknown', 'pass')).toMatchObject({verdict: 'unknown'});
    expect(await given('pass')).toMatchObject({verdict: 'unknown', message: 'unit has no fresh result'});
    expect(accepts('consistency', {...params, when: {live: 'unknown'}})).toBe(false);
    expect(accepts('consistency', {...params, when: {}})).toBe(false);
  });
});
