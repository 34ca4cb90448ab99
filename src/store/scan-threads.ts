// A long log read by several threads, each with a connection of its own to the same state of the database.
import {Worker} from 'node:worker_threads';
import type {PieceJob, PieceScan} from '../domain/evidence-scan.ts';
import {originIn} from '../ledger/scan.ts';
import type {EvidenceRows} from './evidence-rows.ts';

export interface ScanThreads {
  /** Where the worker's code is: the `.ts` file in development, a bundle in production. */
  readonly worker: URL | string;
  readonly count: number;
  /** Fewer entries than this are read faster without threads. */
  readonly atLeast: number;
  /** Entries that a thread takes at a time: a power of two, so that their trees join. */
  readonly pieceEntries?: number;
}

/** What a thread is told. */
export interface ScanSpec {
  readonly scan: {
    readonly dir: string;
    readonly count: number;
    readonly origin: string;
    readonly sizes: readonly number[];
    readonly pieceEntries: number;
  };
  /** Number of the next piece that nobody has taken, and whether all must end (1). */
  readonly shared: SharedArrayBuffer;
}

/** What a thread says: that it holds its snapshot, or what it found. It begins when it is told `go`. */
export type ScanReply = {readonly at: 'ready'} | {readonly at: 'piece'; readonly piece: PieceScan};

export const nextPiece = 0;
export const mustEnd = 1;

interface ThreadsSpec {
  readonly dir: string;
  readonly count: number;
  readonly threads: ScanThreads;
  /** Whether nothing was committed since before this thread took its snapshot. */
  readonly isSame: () => boolean;
  readonly rows: EvidenceRows;
}

const maxHeapMb = 256;
const usualPiece = 8192;

/** One thread until it has ended; true when it read its share to the end. */
async function ended(worker: Worker, onReply: (reply: ScanReply) => void): Promise<boolean> {
  return new Promise(resolve => {
    worker.on('message', onReply);
    // What it could not read is read again by the one pass that then follows, and told there.
    worker.on('error', () => undefined);
    worker.on('exit', code => {
      resolve(code === 0);
    });
  });
}

function originOf({rows}: ThreadsSpec): string {
  for (const page of rows.packs(0, 1)) {
    const [row] = 'lines' in page ? page.rows() : page;
    if (row !== undefined) return originIn(row.line);
  }
  return '';
}

/**
 * All pieces in order; undefined when the log is short, when it changed before every thread held its snapshot, or when
 * a thread failed: then one pass has to read it. Every thread has ended when this returns or throws.
 */
export async function scanInThreads(
  spec: ThreadsSpec,
  {sizes, onProgress, signal}: PieceJob,
): Promise<readonly PieceScan[] | undefined> {
  const {dir, count, threads} = spec;
  const {pieceEntries = usualPiece} = threads;
  if (threads.count < 2 || count < threads.atLeast) return undefined;
  signal?.throwIfAborted();
  const shared = new SharedArrayBuffer(8);
  const control = new Int32Array(shared);
  const workerData: ScanSpec = {scan: {dir, count, origin: originOf(spec), sizes, pieceEntries}, shared};
  const resourceLimits = {maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: 2};
  const workers = Array.from({length: threads.count}, () => {
    return new Worker(threads.worker, {workerData, resourceLimits, stdout: false, stderr: false});
  });
  const pieces: PieceScan[] = [];
  let ready = 0;
  let done = 0;
  const end = (): void => {
    Atomics.store(control, mustEnd, 1);
    for (const worker of workers) worker.postMessage('go');
  };
  const hear = (reply: ScanReply): void => {
    if (reply.at === 'piece') {
      pieces.push(reply.piece);
      done += reply.piece.to - reply.piece.from;
      onProgress(done);
      return;
    }
    ready += 1;
    if (ready < workers.length) return;
    if (spec.isSame()) for (const worker of workers) worker.postMessage('go');
    else end();
  };
  signal?.addEventListener('abort', end, {once: true});
  try {
    const whole = await Promise.all(
      workers.map(async worker => {
        const good = await ended(worker, hear);
        // The others must not wait for one that never got ready.
        if (!good) end();
        return good;
      }),
    );
    signal?.throwIfAborted();
    if (whole.includes(false) || done !== count) return undefined;
    return pieces.toSorted((a, b) => a.from - b.from);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
