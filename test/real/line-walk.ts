// An operator in line mode on a real terminal: reads what is asked, thinks longer than the grace, answers one line.
import {onTestFinished} from 'vitest';
import {launcher, type Place} from '../e2e/place.ts';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';

/** What the program asks, told from its prompt. */
export type Asked =
  | {readonly at: 'confirm' | 'failed' | 'unknown'; readonly step: number}
  | {readonly at: 'finish'}
  | {readonly at: 'reason'}
  | {readonly at: 'over'};

export interface LineWalk {
  readonly on: PtyRobot;
  readonly pid: number;
  /** What is asked now, once it has been read; `over` when the program has ended by itself. */
  asked(): Promise<Asked>;
  /** Types a line at the prompt that was read. */
  say(line: string): Promise<void>;
  /** Says a line that needs a reason. */
  because(line: string, reason: string): Promise<void>;
}

/** Somebody who reads takes longer than the grace of a fresh question (400 ms). */
const readingMs = 500;
const prompt = /> $|\): $/;
const waitMs = 60_000;

export function lineWalk({env, dir}: Place, args: readonly string[]): LineWalk {
  const on = robot({command: process.execPath, args: [launcher, ...args], cwd: dir, env});
  onTestFinished(() => on.kill());
  let mark = 0;
  const said = (): string => on.written().slice(mark);
  const asked = async (): Promise<Asked> => {
    const ended = (): boolean => /Run [0-9a-f]{8} is over/.test(said());
    await waitFor(() => prompt.test(said()) || ended(), {
      what: () => `a question; it says:\n${on.written().slice(-3000)}`,
      timeoutMs: waitMs,
    });
    if (ended()) return {at: 'over'};
    await on.settles(readingMs);
    const text = said();
    const last = text.slice(text.lastIndexOf('\n') + 1);
    if (last.startsWith('Reason')) return {at: 'reason'};
    if (last.includes('finish as passed')) return {at: 'finish'};
    const step = Number([...on.written().matchAll(/^Step (\d+) of/gm)].at(-1)?.[1]);
    if (last.includes('it happened')) return {at: 'unknown', step};
    if (last.includes('run again')) return {at: 'failed', step};
    if (last.includes('y run')) return {at: 'confirm', step};
    throw new Error(`what is asked is not known: ${last}`);
  };
  const say = async (line: string): Promise<void> => {
    mark = on.written().length;
    await on.send(`${line}\r`);
  };
  return {
    on,
    pid: on.pid,
    asked,
    say,
    because: async (line, reason) => {
      await say(line);
      const next = await asked();
      if (next.at !== 'reason') throw new Error(`no reason was asked for: ${JSON.stringify(next)}`);
      await say(reason);
    },
  };
}
