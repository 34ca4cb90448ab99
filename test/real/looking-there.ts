// This machine twice: as it is, and through a real sshd as another host would be looked at.
import {createExec} from '../../src/adapters/exec.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {createHosts} from '../../src/adapters/host/index.ts';
import {realRandom} from '../../src/adapters/random.ts';
import type {Host, Hosts} from '../../src/host-ports.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {sshAlias, sshServer, type Sshd} from './sshd.ts';

export interface Both {
  readonly server: Sshd;
  readonly hosts: Hosts;
  readonly here: Host;
  readonly there: Host;
  /** Another host by its alias: `box` answers, nobody listens at `nobody`. */
  readonly open: (ssh: string, limits?: {signal?: AbortSignal; timeoutMs?: number}) => Promise<Host>;
}

export async function bothWays(server?: Sshd): Promise<Both> {
  return lookingAt(server ?? (await sshServer()));
}

async function lookingAt(server: Sshd): Promise<Both> {
  const {bin, sockets} = sshAlias(server);
  const hosts = createHosts({
    exec: createExec(),
    env: fakeEnv({PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: process.env['HOME'] ?? '/'}),
    clock: realClock(),
    random: realRandom,
    sockets: () => sockets,
  });
  const limits = {signal: new AbortController().signal, timeoutMs: 20_000};
  const open: Both['open'] = async (ssh, more = {}) => hosts.open({name: ssh, ssh}, {...limits, ...more});
  return {server, hosts, open, here: await hosts.open(undefined, limits), there: await open('box')};
}
