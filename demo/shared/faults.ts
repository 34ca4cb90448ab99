// The faults that can be made to happen: THE list, and the flag files that programs look at.
import {existsSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {type Folder, writeWhole} from './folder.ts';

export const faultTargets = ['upstream-a', 'upstream-b', 'both'] as const;
export type FaultTarget = (typeof faultTargets)[number];

/** `target` is the default of a fault that strikes one upstream; a fault without it has no choice to make. */
export const faultList = [
  {name: 'database-stopped', meaning: 'the database process is stopped: connecting is refused'},
  {name: 'database-filtered', meaning: 'packets to the database are dropped: connecting hangs'},
  {
    name: 'readiness-lies',
    meaning: 'the upstreams answer /ready with 200 although a check in it failed',
    target: 'both',
  },
  {name: 'worker-stuck', meaning: 'the background worker hangs and its heartbeat stops', target: 'both'},
  {
    name: 'ignores-sigterm',
    meaning: 'an upstream does not stop when asked; only force ends it',
    target: 'upstream-a',
  },
  {name: 'process-down', meaning: 'an upstream is killed and not restarted', target: 'upstream-b'},
  {name: 'tampered-event', meaning: 'one stored event is changed in the database, past its triggers'},
  {name: 'truncated-ledger', meaning: 'the newest events are deleted from the database, past its triggers'},
] as const satisfies readonly {name: string; meaning: string; target?: FaultTarget}[];

export type FaultName = (typeof faultList)[number]['name'];
export const faultNames: readonly FaultName[] = faultList.map(({name}) => name);

const flagSchema = z.object({since: z.string(), target: z.enum(faultTargets).nullable()});
export type FaultFlag = z.infer<typeof flagSchema>;

/** What the flag file of a fault says, or undefined when the fault is off. */
export function readFault(folder: Folder, name: FaultName): FaultFlag | undefined {
  const path = join(folder.faults, name);
  if (!existsSync(path)) return undefined;
  try {
    return flagSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {since: '', target: null}; // a flag made by hand counts as on
  }
}

export function setFault(folder: Folder, name: FaultName, flag: FaultFlag | undefined): void {
  const path = join(folder.faults, name);
  if (flag === undefined) rmSync(path, {force: true});
  else writeWhole(path, `${JSON.stringify(flag)}\n`);
}

/** Whether a fault strikes this unit now. */
export function isStruck(folder: Folder, name: FaultName, unit: string): boolean {
  const flag = readFault(folder, name);
  return flag !== undefined && (flag.target === null || flag.target === 'both' || flag.target === unit);
}
