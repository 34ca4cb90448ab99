// Tests of the reference service: each file starts one real demo and operates it through its commands.
import {execFile} from 'node:child_process';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll} from 'vitest';
import {type Reference, startReference} from '../../demo/start.ts';
import {makeTempDir} from '../helpers/temp.ts';

export const demoDir = resolve(import.meta.dirname, '../../demo');
/** The bundled programs, which the global setup builds; they start four times as fast as the sources. */
export const bundleDir = resolve(import.meta.dirname, '../../dist');

export interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** One demo for all tests of a file. Call at the top of the file; `it()` gives the running demo. */
export function useReference(): {
  readonly it: () => Reference;
  readonly ctl: (...args: string[]) => Promise<Run>;
  readonly fault: (...args: string[]) => Promise<Run>;
} {
  const temp = makeTempDir();
  let reference: Reference | undefined;
  const stateHome = process.env['XDG_STATE_HOME'];

  beforeAll(async () => {
    process.env['XDG_STATE_HOME'] = join(temp.dir, 'state');
    reference = await startReference({
      dir: join(temp.dir, 'demo'),
      parentPid: process.pid,
      entryDir: bundleDir,
    });
  });
  afterAll(async () => {
    await reference?.stop();
    if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = stateHome;
    temp.remove();
  });

  const it = (): Reference => {
    if (reference === undefined) throw new Error('the demo is not up');
    return reference;
  };
  return {
    it,
    ctl: (...args) => run(join(it().binDir, 'ctl'), args),
    fault: (...args) =>
      run(process.execPath, [join(bundleDir, 'demo-fault.cjs'), ...args, '--dir', it().dir]),
  };
}

/** Runs a program to its end; exit 124 when it was killed by the limit of 20 s. */
export async function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Run> {
  return new Promise(done => {
    const child = execFile(file, [...args], {env, timeout: 20_000, encoding: 'utf8'}, (_error, out, err) => {
      done({exit: child.exitCode ?? 124, out, err});
    });
  });
}

/** One HTTP request; the body parsed when it is JSON. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, {signal: AbortSignal.timeout(8000), ...init});
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  const body: unknown = isJson ? JSON.parse(text) : text;
  return {status: answer.status, body, headers: answer.headers};
}
