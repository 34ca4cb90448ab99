// The real world. HTTP, TLS, name servers, processes and databases are loaded when first used: the first frame must not
// wait for them.
import {realClock} from '../adapters/clock.ts';
import {realEnv} from '../adapters/env.ts';
import {realFiles} from '../adapters/files.ts';
import {createNet} from '../adapters/net.ts';
import {realProcesses} from '../adapters/processes.ts';
import {realRandom} from '../adapters/random.ts';
import type {Mail} from '../alert-ports.ts';
import type {Ports} from '../define.ts';
import type {Hosts} from '../host-ports.ts';
import type {Dns, Tls} from '../look/net.ts';
import type {Archives} from '../look/archives.ts';
import type {Folders} from '../look/folders.ts';
import type {Sql} from '../look/sql.ts';
import type {Exec, Http} from '../ports.ts';
import {paths} from './paths.ts';
import {uid} from './who.ts';

/** Loads once, on first use. */
function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}

/** SMTP, loaded when the first message is sent. */
export function realMail(): Mail {
  const mail = lazily<Mail>(async () => (await import('../adapters/mail.ts')).createMail());
  return {send: async request => (await mail()).send(request)};
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
  const tls = lazily<Tls>(async () => (await import('../adapters/tls.ts')).createTls());
  const dns = lazily<Dns>(async () => (await import('../adapters/dns.ts')).createDns());
  const sql = lazily<Sql>(async () =>
    (await import('../adapters/sql.ts')).createSql({
      exec,
      program: [process.execPath, '--disable-warning=ExperimentalWarning', paths.sql],
    }),
  );
  const archives = lazily<Archives>(async () => (await import('../adapters/archives.ts')).createArchives());
  const folders = lazily<Folders>(async () => (await import('../adapters/folders.ts')).createFolders());
  return {
    clock,
    random: realRandom,
    env,
    files: realFiles,
    net: createNet(),
    processes: realProcesses(clock.bootId),
    http: {request: async request => (await http()).request(request)},
    tls: {talk: async request => (await tls()).talk(request)},
    dns: {ask: async request => (await dns()).ask(request)},
    exec,
    sql: {ask: async request => (await sql()).ask(request)},
    // Who has a ledger brings one that records.
    heal: {
      narrow: async () =>
        Promise.resolve({
          at: 'refused',
          kind: 'notConfigured',
          message: 'there is no ledger to record it in',
        }),
    },
    records: {open: async () => Promise.reject(new Error('there is no ledger here'))},
    hosts: {open: async (place, limits) => (await hosts()).open(place, limits)},
    archives: {
      list: async (path, limits) => (await archives()).list(path, limits),
      unpack: async (path, into, limits) => (await archives()).unpack(path, into, limits),
    },
    folders: {
      walk: async (path, limits) => (await folders()).walk(path, limits),
      entry: async path => (await folders()).entry(path),
      temporary: async () => (await folders()).temporary(),
      freeBytes: async path => (await folders()).freeBytes(path),
      makeScratch: async parent => (await folders()).makeScratch(parent),
      removeScratch: async path => (await folders()).removeScratch(path),
    },
  };
}
