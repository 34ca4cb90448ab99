// Machines for checks: this one, and others through ssh. Both give the same answers.
import type {Hosts} from '../../host-ports.ts';
import {localHost} from './local.ts';
import {remoteHost, type Connecting, type RemotePorts} from './remote.ts';

export function createHosts(ports: RemotePorts): Hosts {
  const connecting: Connecting = new Map();
  return {
    open: async (place, limits) =>
      Promise.resolve(
        place === undefined ? localHost(ports, limits) : remoteHost(ports, place, {...limits, connecting}),
      ),
  };
}
