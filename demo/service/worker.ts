// The background worker of an upstream: walks the new events as a webhook sender would, and shows by a heartbeat that it lives.
import {setTimeout as sleep} from 'node:timers/promises';
import type {Sql} from './db.ts';
import {isStruck} from '../shared/faults.ts';
import type {Folder} from '../shared/folder.ts';
import type {Log} from '../shared/log.ts';
import {messageOf} from '../shared/text.ts';

const everyMs = 400;
const staleAfterMs = 3000;

export type WorkerView = {
  running: boolean;
  last_beat_age_ms: number;
  delivered_seq: number;
  last_error: string | null;
};
export type Worker = {view(): WorkerView; isAlive(): boolean; stop(): Promise<void>};

/** Starts the loop. `isAlive` is false when the last heartbeat is older than three seconds. */
export function startWorker({
  sql,
  folder,
  name,
  log,
}: {
  sql: Sql;
  folder: Folder;
  name: string;
  log: Log;
}): Worker {
  const ending = new AbortController();
  let beatAt = performance.now();
  let deliveredSeq = -1;
  let lastError: string | null = null;

  const deliver = async (): Promise<void> => {
    const rows = await sql.query('select coalesce(max(seq), -1)::int as seq from events');
    const newest = Number(rows[0]?.['seq'] ?? -1);
    await sql.query(
      `insert into worker_progress (worker, delivered_seq, beat_at) values ($1, $2, $3)
       on conflict (worker) do update set delivered_seq = excluded.delivered_seq, beat_at = excluded.beat_at`,
      [name, newest, new Date().toISOString()],
    );
    if (newest > deliveredSeq) log('info', 'worker.delivered', {from_seq: deliveredSeq + 1, to_seq: newest});
    deliveredSeq = newest;
  };

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      // The fault hangs the loop itself, as a lost lock would: no heartbeat and no work until it is lifted.
      if (!isStruck(folder, 'worker-stuck', name)) {
        beatAt = performance.now();
        try {
          await deliver();
          lastError = null;
        } catch (error) {
          if (lastError === null)
            log('error', 'worker.failed', {class: 'db.unavailable', message: messageOf(error)});
          lastError = messageOf(error);
        }
      }
      await sleep(everyMs, undefined, {signal: ending.signal}).catch(() => undefined);
    }
  };

  const running = loop();
  const ageMs = (): number => Math.round(performance.now() - beatAt);
  return {
    view: () => ({
      running: !ending.signal.aborted,
      last_beat_age_ms: ageMs(),
      delivered_seq: deliveredSeq,
      last_error: lastError,
    }),
    isAlive: () => !ending.signal.aborted && ageMs() <= staleAfterMs,
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}
