// The real world. HTTP and processes are loaded when first used: the first frame must not wait for them.
import {realClock} from '../adapters/clock.ts';
import {realEnv} from '../adapters/env.ts';
import {realFiles} from '../adapters/files.ts';
import {createNet} from '../adapters/net.ts';
import {realProcesses} from '../adapters/processes.ts';
import {realRandom} from '../adapters/random.ts';
import type {Ports} from '../define.ts';
import type {Hosts} from '../host-ports.ts';
import type {Exec, Http} from '../ports.ts';
import {uid} from './who.ts';

/** Loads once, on first use. */
function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}

export function realPorts(): Ports {
  const clock = realClock();
  const http = lazily<Http>(async () => (await import('../adapters/http.ts')).createHttp());
  const loadExec = lazily<Exec>(async () => (await import('../adapters/exec.ts')).createExec());
  const env = realEnv(process.env);
  const exec: Exec = {run: async request => (await loadExec()).run(request)};
  const hosts = lazily<Hosts>(async () => {
    const [{createHosts}, {socketDir}] = await Promise.all([
      import('../adapters/host/index.ts'),
      import('../adapters/socket-dir.ts'),
    ]);
    return createHosts({exec, env, clock, random: realRandom, sockets: () => socketDir(process.env, uid())});
  });
  return {
    clock,
    random: realRandom,
    env,
    files: realFiles,
    net: createNet(),
    processes: realProcesses(clock.bootId),
    http: {request: async request => (await http()).request(request)},
    exec,
    // Who has a ledger brings one that records.
    heal: {
      narrow: async () =>
        Promise.resolve({
          at: 'refused',
          kind: 'notConfigured',
          message: 'there is no ledger to record it in',
        }),
    },
    hosts: {open: async (place, limits) => (await hosts()).open(place, limits)},
  };
}
