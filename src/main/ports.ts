// The real world. HTTP and processes are loaded when first used: the first frame must not wait for them.
import {realClock} from '../adapters/clock.ts';
import {realEnv} from '../adapters/env.ts';
import {realFiles} from '../adapters/files.ts';
import {createNet} from '../adapters/net.ts';
import {realProcesses} from '../adapters/processes.ts';
import {realRandom} from '../adapters/random.ts';
import type {Mail} from '../alert-ports.ts';
import type {Ports} from '../define.ts';
import type {Exec, Http} from '../ports.ts';

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
  const exec = lazily<Exec>(async () => (await import('../adapters/exec.ts')).createExec());
  return {
    clock,
    random: realRandom,
    env: realEnv(process.env),
    files: realFiles,
    net: createNet(),
    processes: realProcesses(clock.bootId),
    http: {request: async request => (await http()).request(request)},
    exec: {run: async request => (await exec()).run(request)},
  };
}
