// What is said of another host that cannot be reached, does not answer, or answers nonsense; `ssh` is a script here.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createExec} from '../../src/adapters/exec.ts';
import {createHosts} from '../../src/adapters/host/index.ts';
import {reachKind} from '../../src/adapters/host/reach.ts';
import type {Host, Hosts} from '../../src/host-ports.ts';
import {fakeClock, fakeEnv, fakeRandom} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';

/** Hosts behind an ssh of our own: `connect` when the connection is made, `look` with the script on its input. */
function hostsBehind({connect = 'exit 0', look = 'exec sh'}: Ssh, sockets = true): Hosts {
  const dir = tempDir();
  const ssh = [
    '#!/bin/sh',
    `case "$*" in *"-O check"*) exit 255 ;; *"exec true") ${connect} ;; esac`,
    look,
    '',
  ].join('\n');
  writeFileSync(join(dir, 'ssh'), ssh, {mode: 0o755});
  return createHosts({
    exec: createExec(),
    env: fakeEnv({PATH: `${dir}:${process.env['PATH'] ?? ''}`}),
    clock: fakeClock(),
    random: fakeRandom(),
    sockets: () => (sockets ? dir : undefined),
  });
}

interface Ssh {
  readonly connect?: string;
  readonly look?: string;
}

const db1 = {name: 'db1', ssh: 'db1.example'};

const behind = async (
  ssh: Ssh,
  {signal = new AbortController().signal, sockets = true} = {},
): Promise<Host> => hostsBehind(ssh, sockets).open(db1, {signal, timeoutMs: 5_000});

const everything = async (host: Host) => [
  await host.stat('/', {follow: true}),
  await host.read('/etc/hosts', {maxBytes: 10}),
  await host.hash('/etc/hosts', {maxBytes: 10}),
  await host.list('/'),
  await host.space('/'),
  await host.processes(),
  await host.listeners(),
  await host.environ(1),
  await host.now(),
  await host.run({argv: ['true'], graceMs: 100, maxOutputBytes: 10}),
];

describe('a host that cannot be reached', () => {
  test.each([
    ['connect', 'ssh: connect to host db1.example port 22: Connection refused'],
    ['connect', 'kex_exchange_identification: Connection closed by remote host'],
    ['dns', 'ssh: Could not resolve hostname db1.example: Name or service not known'],
    ['auth', 'ops@db1.example: Permission denied (publickey).'],
    ['auth', 'Host key verification failed.'],
    ['timeout', 'ssh: connect to host db1.example port 22: Connection timed out'],
    ['config', '/root/.ssh/config: line 3: Bad configuration option: hsot'],
  ])('is %s, whatever was to be looked at: %s', async (kind, words) => {
    const host = await behind({connect: `echo '${words}' >&2; exit 255`});
    for (const answer of await everything(host)) {
      expect(answer).toMatchObject({kind, message: `db1 cannot be reached: ${words}`});
      expect(['failed', 'spawn']).toContain(answer.at);
    }
  });

  test('is so too where every look connects anew', async () => {
    const host = await behind({look: `echo 'Host key verification failed.' >&2; exit 255`}, {sockets: false});
    for (const answer of await everything(host)) expect(answer).toMatchObject({kind: 'auth'});
  });

  test('that accepts and says nothing is given up at the limit of the look', async () => {
    const limit = new AbortController();
    const host = await behind({connect: 'read -r line; read -r line <&2'}, {signal: limit.signal});
    const asked = host.stat('/', {follow: true});
    const error = new Error('time limit');
    error.name = 'TimeoutError';
    limit.abort(error);
    expect(await asked).toMatchObject({at: 'failed', kind: 'timeout'});
  });

  test('without ssh on this machine', async () => {
    const host = await createHosts({
      exec: createExec(),
      env: fakeEnv({PATH: tempDir()}),
      clock: fakeClock(),
      random: fakeRandom(),
      sockets: () => undefined,
    }).open({name: 'db1', ssh: 'db1'}, {signal: new AbortController().signal, timeoutMs: 1_000});
    for (const answer of await everything(host)) expect(answer).toMatchObject({kind: 'notInstalled'});
  });
});

describe('a host that answers', () => {
  test('something else than a shell does', async () => {
    const host = await behind({look: 'echo This account is for mail only.; exit 1'});
    expect(await host.now()).toMatchObject({at: 'failed', kind: 'config', message: containing('runs no sh')});
    expect(await host.run({argv: ['true'], graceMs: 100, maxOutputBytes: 10})).toMatchObject({
      at: 'spawn',
      kind: 'connect',
    });
  });

  test('half of it has not answered', async () => {
    const host = await behind({
      look: 'while read -r line; do case $line in printf*) eval "$line"; exit 255;; esac; done',
    });
    expect(await host.now()).toMatchObject({at: 'failed', kind: 'connect'});
  });

  test('behind the greeting of a login is understood', async () => {
    const host = await behind({look: 'echo Welcome; echo; echo to db1 >&2; exec sh'});
    const answer = await host.run({
      argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      graceMs: 100,
      maxOutputBytes: 100,
    });
    expect(answer).toMatchObject({at: 'exited', status: 3});
    expect(answer.at === 'exited' && new TextDecoder().decode(answer.stdout)).toBe('out\n');
  });

  test('with more than is wanted is cut, and how the program ended is known all the same', async () => {
    const host = await behind({});
    const loud =
      'i=0; while [ $i -lt 2000 ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done; exit 7';
    expect(await host.run({argv: ['sh', '-c', loud], graceMs: 100, maxOutputBytes: 100})).toMatchObject({
      at: 'exited',
      status: 7,
      cut: true,
    });
  });

  test('a program that is not there, and a folder that is not there', async () => {
    const host = await behind({});
    const run = async (program: string, cwd?: string) =>
      host.run({argv: [program], graceMs: 100, maxOutputBytes: 100, ...(cwd === undefined ? {} : {cwd})});
    expect(await run('no-such-program')).toEqual({
      at: 'spawn',
      kind: 'notInstalled',
      message: 'no-such-program is not on db1',
    });
    expect(await run('sh', '/no/such')).toMatchObject({at: 'spawn', kind: 'config'});
    expect(await run('sh')).toMatchObject({at: 'exited', status: 0});
  });

  test('variables arrive as they are, and words are never read by a shell', async () => {
    const host = await behind({});
    const answer = await host.run({
      argv: ['sh', '-c', 'printf "%s|%s|%s" "$VALUE" "$LC_ALL" "$1"', 'sh', '$(id) `id`'],
      env: {VALUE: `it's "$HOME"\n;`},
      graceMs: 100,
      maxOutputBytes: 1000,
    });
    expect(answer.at === 'exited' && new TextDecoder().decode(answer.stdout)).toBe(
      `it's "$HOME"\n;|C|$(id) \`id\``,
    );
  });
});

test('looks that begin at once make one connection', async () => {
  const log = join(tempDir(), 'log');
  const hosts = hostsBehind({
    connect: `echo made >>'${log}'; while [ ! -e '${log}.go' ]; do :; done; exit 255`,
  });
  const limits = {signal: new AbortController().signal, timeoutMs: 5_000};
  const asked = [1, 2, 3].map(async () => (await hosts.open(db1, limits)).now());
  await waitFor(() => existsSync(log), {what: 'the connection'});
  writeFileSync(`${log}.go`, '');
  for (const answer of await Promise.all(asked))
    expect(answer).toMatchObject({at: 'failed', kind: 'connect'});
  expect(readFileSync(log, 'utf8')).toBe('made\n');
});

test('words that nobody knows are a connection that did not come about', () => {
  expect(reachKind('something new')).toBe('connect');
});
