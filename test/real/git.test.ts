// What was ever committed, in a real git repository.
import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {look} from '../checks/looking.ts';
import {tempDir} from '../helpers/temp.ts';
import {program} from './needs.ts';

const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0'].join('_');

test('a token that was committed and removed again is found in the history, on any branch', async () => {
  const git = program('git', 'git');
  const repo = path.join(tempDir(), 'répo with "odd" name');
  mkdirSync(repo);
  const home = tempDir();
  const env = {HOME: home, PATH: '/usr/bin:/bin', GIT_CONFIG_NOSYSTEM: '1'};
  const run = (...words: string[]) => execFileSync(git, words, {cwd: repo, env, stdio: 'pipe'}).toString();
  const commit = (message: string) => {
    run('add', '-A');
    run('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '-m', message);
    return run('rev-parse', '--short=10', 'HEAD').trim();
  };
  const scan = async (more: Record<string, unknown> = {}) => {
    const seen = await look(
      'secretScan',
      {repo, ...more},
      {
        env: {get: name => (name === 'HOME' ? home : name === 'PATH' ? '/usr/bin:/bin' : undefined)},
        timeoutMs: 60_000,
      },
    );
    expect(JSON.stringify(seen)).not.toContain(token);
    return seen;
  };
  run('init', '-q', '-b', 'main');
  expect(await scan()).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});

  writeFileSync(path.join(repo, 'ü file.txt'), 'hello\n');
  commit('first');
  expect(await scan()).toMatchObject({verdict: 'pass', message: 'no secret in 1 files, 1 commits'});

  run('checkout', '-q', '-b', 'side');
  writeFileSync(path.join(repo, 'config.env'), `A=1\nTOKEN is ${token}\n`);
  const bad = commit('oops');
  expect((await scan({history: false})).verdict).toBe('fail');
  rmSync(path.join(repo, 'config.env'));
  commit('removed again');
  run('checkout', '-q', 'main');
  expect((await scan({history: false})).verdict).toBe('pass');
  const seen = await scan();
  expect(seen).toMatchObject({verdict: 'fail', checked: 4});
  expect(seen.message).toContain(`github-token in ${bad} config.env line 2`);

  const allow = [
    {path: 'config.env', what: 'github-token', reason: 'revoked on the same day, see incident 7'},
  ];
  expect((await scan({allow})).verdict).toBe('pass');
  run('branch', '-q', '-D', 'side');
  expect((await scan()).verdict).toBe('pass');

  // What the repository's own configuration names is not run.
  const witness = path.join(home, 'was-run');
  for (const name of ['core.fsmonitor', 'diff.external', 'core.pager', 'diff.x.textconv'])
    run('config', name, `touch ${witness}; cat`);
  writeFileSync(path.join(repo, '.gitattributes'), '* diff=x\n');
  commit('attributes');
  rmSync(witness, {force: true});
  await scan();
  expect(() => execFileSync('ls', [witness], {stdio: 'pipe'})).toThrow();
});
