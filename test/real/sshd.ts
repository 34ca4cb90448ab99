// A real sshd on loopback, with fresh keys.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import path from 'node:path';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';
import {freePort} from '../helpers/free-port.ts';

export interface Sshd {
  /** Options and destination with which `ssh` reaches it. */
  readonly options: readonly string[];
  readonly destination: string;
  /** Where its keys lie: `key`, `host`, `authorized`. */
  readonly at: (name: string) => string;
  readonly pid: number;
  readonly kill: () => void;
}

/** `through`: a command in front of it, such as one that goes into another machine, where `dir` must be too. */
export async function sshServer({
  through = [],
  dir = tempDir(),
}: {readonly through?: readonly string[]; readonly dir?: string} = {}): Promise<Sshd> {
  const sshd = program('sshd', 'openssh-server');
  const keygen = program('ssh-keygen', 'openssh-client');
  const at = (name: string): string => path.join(dir, name);
  for (const name of ['host', 'key']) execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  writeFileSync(at('authorized'), readFileSync(at('key.pub')));
  chmodSync(at('authorized'), 0o600);
  // Where it separates its privileges; a package's service file would make it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
  const port = await freePort();
  writeFileSync(
    at('conf'),
    [
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('authorized')}`,
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `PidFile ${at('pid')}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'PrintMotd no',
    ].join('\n'),
  );
  const [command, ...words] = [...through, sshd, '-f', at('conf'), '-D', '-e'];
  const server = spawn(command, words, {stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const kill = (): void => void server.kill('SIGKILL');
  afterwards(kill);
  await waitFor(() => said.includes('Server listening'), {
    what: () => `sshd to listen; it says: ${said}`,
    timeoutMs: 10_000,
  });
  const options = [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${at('known')}`,
    'BatchMode=yes',
    'LogLevel=ERROR',
  ];
  return {
    options: [
      ...options.flatMap(option => ['-o', option]),
      ...['-F', '/dev/null', '-i', at('key'), '-p', String(port)],
    ],
    destination: `${userInfo().username}@127.0.0.1`,
    at,
    pid: server.pid ?? 0,
    kill,
  };
}

/** The ssh of this machine, in `bin`, with a configuration of the test in the place of the user's own: `box` is the server. */
export function sshAlias(server: Sshd): {readonly bin: string; readonly sockets: string} {
  const dir = tempDir();
  const bin = path.join(dir, 'bin');
  const sockets = path.join('/tmp', `qd-test-${process.pid}-${path.basename(dir).slice(-6)}`);
  mkdirSync(bin);
  mkdirSync(sockets, {mode: 0o700});
  const ssh = program('ssh', 'openssh-client');
  const port = server.options.at(-1) ?? '';
  const config = path.join(dir, 'config');
  writeFileSync(
    config,
    [
      'Host box',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  IdentityFile ${server.at('key')}`,
      `  UserKnownHostsFile ${server.at('known')}`,
      '  StrictHostKeyChecking no',
      'Host nobody',
      '  HostName 127.0.0.1',
      '  Port 1',
      '',
    ].join('\n'),
  );
  writeFileSync(path.join(bin, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${config} "$@"\n`, {mode: 0o755});
  afterwards(() => {
    try {
      execFileSync(path.join(bin, 'ssh'), ['-o', `ControlPath=${sockets}/%C`, '-O', 'exit', 'box'], {
        stdio: 'ignore',
      });
    } catch {
      // It has ended already.
    }
  });
  return {bin, sockets};
}
