// Walking runbooks: starting, opening and listing runs. The rules are pure (domain/run*.ts); here they meet the ledger.
import {listRuns, openRun, type RunListed} from './open.ts';
import {start, type StartRequest} from './starting.ts';
import type {OpenRun} from './open-run.ts';
import {goOnAlone, type WentOn} from './unattended.ts';
import type {RunWorld} from './world.ts';

export type {Answered, OpenRun, RunSnapshot, RunValue} from './open-run.ts';
export type {LookNow, RunWorld} from './world.ts';
export {dialogLines} from './dialog.ts';
export {shortRun} from './refusal.ts';
export type {RunListed} from './open.ts';
export type {StartRequest} from './starting.ts';

export interface RunDesk {
  /** Records `run.start` (texts pinned, lease taken). Throws RUN_REFUSED, LEASE_HELD, SITE_UNTRUSTED, LEDGER_* … */
  start(request: StartRequest): Promise<OpenRun>;
  /** Opens a run by any unique end of its name; a run that nobody walks any more is resumed when `walk`. */
  open(run: string, how: {readonly walk: boolean}): Promise<OpenRun>;
  /** Goes on with nobody there, from the entry `after` to what needs a person; throws as `open`. */
  goOnAlone(run: string, how: {readonly after: number; readonly signal: AbortSignal}): Promise<WentOn>;
  /** Every run, newest first. */
  list(): Promise<readonly RunListed[]>;
}

export const createRunDesk = (world: RunWorld): RunDesk => ({
  start: async request => start(world, request),
  open: async (run, how) => openRun(world, run, how),
  goOnAlone: async (run, how) => goOnAlone(world, run, how),
  list: async () => listRuns(world),
});
