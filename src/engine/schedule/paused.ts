// Which jobs are paused, and why: a fold over the ledger, so that it survives everything that the ledger does.
import {jobPause, jobResume} from '../../domain/kinds-schedule.ts';
import type {Ledger} from '../../ports.ts';

/** Reason by job; a reason that was erased says so. */
export async function pausedJobs(ledger: Ledger): Promise<ReadonlyMap<string, string>> {
  const entries = await ledger.read({kinds: ['job.pause', 'job.resume']});
  const paused = new Map<string, string>();
  for (const {seq, entry} of entries) {
    const resumed = entry.kind === 'job.resume' ? jobResume.safeParse(entry.body).data : undefined;
    if (resumed !== undefined) paused.delete(resumed.job);
    const pause = entry.kind === 'job.pause' ? jobPause.safeParse(entry.body).data : undefined;
    if (pause === undefined) continue;
    const bytes = typeof pause.reason === 'string' ? undefined : await ledger.disclosure(seq, '/body/reason');
    const said = typeof pause.reason === 'string' ? pause.reason : undefined;
    paused.set(
      pause.job,
      said ?? (bytes === undefined ? 'the reason was erased' : new TextDecoder().decode(bytes)),
    );
  }
  return paused;
}
