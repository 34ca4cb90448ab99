import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {findScopes} from '../../src/adapters/scopes.ts';
import {socketDir} from '../../src/adapters/socket-dir.ts';
import {asAccount, inScope} from '../../src/engine/runner/words.ts';

test('scopes are made where systemd runs and this account has a manager, and nowhere else', () => {
  const root = tempDir();
  const runtime = join(root, 'runtime');
  const env = {XDG_RUNTIME_DIR: runtime};
  expect(findScopes(env, {uid: 0, root})).toBeUndefined();
  mkdirSync(join(root, 'run/systemd/system'), {recursive: true});
  expect(findScopes(env, {uid: 0, root})).toMatchObject({user: false});
  expect(findScopes(env, {uid: 1000, root})).toBeUndefined();
  mkdirSync(join(runtime, 'systemd'), {recursive: true});
  writeFileSync(join(runtime, 'systemd/private'), '');
  expect(findScopes(env, {uid: 1000, root})).toMatchObject({user: true});
});

test('what is in a scope is read from its control group, and ended through it', () => {
  const root = tempDir();
  mkdirSync(join(root, 'run/systemd/system'), {recursive: true});
  const group = join(root, 'sys/fs/cgroup/system.slice/qd-1.scope');
  mkdirSync(group, {recursive: true});
  writeFileSync(join(group, 'cgroup.procs'), '41\n42\n');
  const scopes = findScopes({}, {uid: 0, root});
  expect(scopes?.processes('qd-1')).toEqual([41, 42]);
  expect(scopes?.kill('qd-1')).toBe(false);
  writeFileSync(join(group, 'cgroup.kill'), '');
  expect(scopes?.kill('qd-1')).toBe(true);
  expect(readFileSync(join(group, 'cgroup.kill'), 'utf8')).toBe('1');
  expect(scopes?.processes('gone')).toEqual([]);
});

test('sudo asks nothing and keeps the run’s variables; an inline command without any names none', () => {
  expect(asAccount(['systemctl', 'restart', 'x'], 'app', {names: []})).toEqual([
    'sudo',
    '-n',
    '-u',
    'app',
    '--',
    'systemctl',
    'restart',
    'x',
  ]);
  expect(asAccount(['ls', '-l'], 'app', {names: ['A']})).toEqual([
    'sudo',
    '-n',
    '-u',
    'app',
    '--preserve-env=A,QD_RUN,QD_FENCE,QD_STEP',
    '--',
    'ls',
    '-l',
  ]);
  expect(inScope(['sudo', 'x'], {user: true}, 'qd-1').slice(0, 4)).toEqual([
    'systemd-run',
    '--user',
    '--scope',
    '--quiet',
  ]);
});

test('sockets of ssh lie where only this account can reach them, on a short path', () => {
  const uid = process.getuid?.() ?? 0;
  const runtime = tempDir();
  const own = join(runtime, 'quarterdeck-ssh');
  const found = socketDir({XDG_RUNTIME_DIR: runtime}, uid);
  // Where the temporary folder has a long name another one is taken.
  expect(found === own || (found ?? '').length < own.length).toBe(true);
  if (found === own) {
    chmodSync(own, 0o755);
    expect(socketDir({XDG_RUNTIME_DIR: runtime}, uid)).not.toBe(own);
  }
});
