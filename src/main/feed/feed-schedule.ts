// Keeps the jobs on the screen, whichever process runs them, and does what is asked of them by hand.
import {
  jobNamed,
  jobRows,
  pauseJob,
  recordsIn,
  resumeJob,
  runByHand,
  type DeskRequest,
} from '../../cli/schedule-desk.ts';
import {show} from '../../domain/show.ts';
import {pausedJobs, type Scheduler} from '../../engine/schedule/index.ts';
import type {Station} from '../../engine/monitor/index.ts';
import type {Cancel} from '../../ports.ts';
import type {JobEnd} from '../../state/duty.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {jobView} from './jobs.ts';

const collectMs = 100;
/** Another process notes what it did in the same file. */
const againMs = 10_000;

export interface ScheduleFeed {
  refresh(): Promise<void>;
  /** The scheduler of this process did something. */
  changed(): void;
  run(job: string): Promise<void>;
  pause(job: string, reason: string): Promise<void>;
  resume(job: string): Promise<void>;
  /** Ends what runs by hand, and waits for it. */
  close(): Promise<void>;
}

export interface ScheduleFeedRequest extends DeskRequest {
  readonly store: ConsoleStore;
  readonly home: string;
  readonly station: Station;
  readonly scheduler: Pick<Scheduler, 'states' | 'problem'>;
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

export function feedSchedule(request: ScheduleFeedRequest): ScheduleFeed {
  const {store, site, ports, ledger, home, station, scheduler, tell} = request;
  const {clock} = ports;
  const records = recordsIn(home, ports);
  const stopping = new AbortController();
  const byHand = new Map<string, JobEnd>();
  const running = new Map<string, Promise<void>>();
  let paused: ReadonlyMap<string, string> = new Map();
  let next = 0;
  let cancel: Cancel = () => undefined;

  /** Pauses are rare: they are read again only when there is a new one. */
  const refreshPaused = async (): Promise<void> => {
    const {size} = await ledger.head();
    const from = next;
    next = size;
    const kinds = ['job.pause', 'job.resume'];
    if (size > from && (await ledger.read({kinds, from, limit: 1})).length > 0)
      paused = await pausedJobs(ledger);
  };
  const isRunning = (id: string): boolean =>
    running.has(id) || scheduler.states().some(({job, running: is}) => is && job.id === id);
  const refresh = async (): Promise<void> => {
    const loaded = await records.load();
    await refreshPaused();
    if (stopping.signal.aborted) return;
    const rows = jobRows(site, {records: loaded.records, paused, nowMs: clock.nowMs()});
    const problem = loaded.problem ?? scheduler.problem;
    store.feed({
      schedule: {
        jobs: rows.map(row => jobView(row, {site, isRunning, byHand})),
        problem: problem === undefined ? undefined : show(problem),
      },
    });
  };
  const failed = (error: unknown): void =>
    tell('error', error instanceof Error ? error.message : String(error));
  const later = (ms: number): void => {
    cancel();
    if (stopping.signal.aborted) return;
    cancel = clock.after(ms, () => {
      refresh().catch(failed);
      later(againMs);
    });
  };
  const changed = (): void => later(collectMs);
  const unwatch = ledger.watch(changed);

  const work = async (name: string): Promise<void> => {
    const job = jobNamed(site, name);
    const monitor = station.mode().at === 'here' ? station : undefined;
    const done = await runByHand(request, {job, monitor, signal: stopping.signal});
    byHand.set(name, {endedMs: clock.nowMs(), outcome: done.outcome, message: show(done.message)});
    tell(
      done.outcome === 'failed' || done.outcome === 'unknown' ? 'error' : 'info',
      `${name}: ${done.outcome}: ${done.message}`,
    );
  };
  later(againMs);
  return {
    refresh,
    changed,
    async run(name) {
      if (isRunning(name)) {
        tell('error', `${name} is running already.`);
        return;
      }
      tell('info', `${name} is running …`);
      const mine = work(name).finally(() => {
        running.delete(name);
        changed();
      });
      running.set(name, mine);
      changed();
      await mine;
    },
    async pause(name, reason) {
      const seq = await pauseJob(ledger, jobNamed(site, name), reason);
      tell('info', `${name} is paused; entry ${seq} says so.`);
      await refresh();
    },
    async resume(name) {
      const seq = await resumeJob(ledger, jobNamed(site, name));
      tell('info', `${name} runs again; entry ${seq} says so.`);
      await refresh();
    },
    async close() {
      stopping.abort(new Error('the console was closed'));
      cancel();
      unwatch();
      await Promise.allSettled(running.values());
    },
  };
}
