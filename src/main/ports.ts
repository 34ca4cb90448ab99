// The real world. HTTP, TLS, name servers, processes and databases are loaded when first used: the first frame must not
// wait for them.
import {realClock} from '../adapters/clock.ts';
import {realEnv} from '../adapters/env.ts';
import {realFiles} from '../adapters/files.ts';
import {createNet} from '../adapters/net.ts';
import {realProcesses} from '../adapters/processes.ts';
import {realRandom} from '../adapters/random.ts';
import type {Ports} from '../define.ts';
import type {Dns, Tls} from '../look/net.ts';
import type {Sql} from '../look/sql.ts';
import type {Exec, Http} from '../ports.ts';
import {paths} from './paths.ts';

/** Loads once, on first use. */
function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}

export function realPorts(): Ports {
  const clock = realClock();
  const http = lazily<Http>(async () => (await import('../adapters/http.ts')).createHttp());
  const exec = lazily<Exec>(async () => (await import('../adapters/exec.ts')).createExec());
  const tls = lazily<Tls>(async () => (await import('../adapters/tls.ts')).createTls());
  const dns = lazily<Dns>(async () => (await import('../adapters/dns.ts')).createDns());
  const runs: Exec = {run: async request => (await exec()).run(request)};
  const sql = lazily<Sql>(async () =>
    (await import('../adapters/sql.ts')).createSql({
      exec: runs,
      program: [process.execPath, '--disable-warning=ExperimentalWarning', paths.sql],
    }),
  );
  return {
    clock,
    random: realRandom,
    env: realEnv(process.env),
    files: realFiles,
    net: createNet(),
    processes: realProcesses(clock.bootId),
    http: {request: async request => (await http()).request(request)},
    tls: {talk: async request => (await tls()).talk(request)},
    dns: {ask: async request => (await dns()).ask(request)},
    exec: runs,
    sql: {ask: async request => (await sql()).ask(request)},
  };
}
