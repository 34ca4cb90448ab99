// Processes that a measurement starts, and what they cost.
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';

/** What ends a measurement's process, and where to look at what it cost. */
export interface Started {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

/** Clock ticks of /proc/PID/stat per second; Linux says 100 to every program. */
const ticks = 100;

/** User and system time so far. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

export const residentMiB = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export const started = (child: ChildProcess): Started => ({
  pid: child.pid ?? 0,
  end: async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  },
});

/** The server that is looked at, and its port. */
export async function server(): Promise<Started & {readonly port: number}> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'server.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>(resolve => {
    child.stdout.once('data', said => {
      resolve(Number(String(said)));
    });
  });
  return {...started(child), port};
}
