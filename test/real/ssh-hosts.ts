// The host `box` for steps: the ssh of this machine, with a configuration of the test in the place of the user's own.
import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {tempDir} from '../helpers/temp.ts';
import {afterwards, program} from './needs.ts';
import type {Sshd} from './sshd.ts';

/** A folder for the front of PATH, and one for sockets of connections. `nobody` is a host that cannot be reached. */
export function sshHosts(server: Sshd): {readonly bin: string; readonly sockets: string} {
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
