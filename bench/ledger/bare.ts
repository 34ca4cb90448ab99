// Plain inserts under the ledger's settings, in the thread that asks for them or in a worker that is awaited.
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import Database from 'better-sqlite3';

/** How many transactions of how many rows. */
export interface Shape {
  readonly transactions: number;
  readonly perTransaction: number;
}

export interface Bare {
  /** Milliseconds that it took. */
  readonly run: (shape: Shape) => Promise<number>;
  readonly close: () => Promise<void>;
}

function inserter(file: string, line: Uint8Array): {insert: (rows: number) => void; close: () => void} {
  const db = new Database(file);
  const pragmas = ['journal_mode=WAL', 'synchronous=FULL', 'secure_delete=ON', 'fullfsync=ON'];
  for (const pragma of pragmas) db.pragma(pragma);
  db.exec('CREATE TABLE IF NOT EXISTS row(seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT');
  const one = db.prepare('INSERT INTO row(line) VALUES (?)');
  const many = db.transaction((rows: number) => {
    for (let i = 0; i < rows; i++) one.run(line);
  });
  return {
    insert: rows => {
      many.immediate(rows);
    },
    close: () => {
      db.close();
    },
  };
}

export function bareHere(file: string, line: Uint8Array): Bare {
  const {insert, close} = inserter(file, line);
  return {
    run: ({transactions, perTransaction}) => {
      const start = performance.now();
      for (let i = 0; i < transactions; i++) insert(perTransaction);
      return Promise.resolve(performance.now() - start);
    },
    close: () => {
      close();
      return Promise.resolve();
    },
  };
}

/** Each transaction is sent as a message with the bytes of one row, and its answer awaited. */
export function bareInWorker(file: string, line: Uint8Array): Bare {
  const worker = new Worker(new URL(import.meta.url), {workerData: {file, line}});
  const once = async (rows: number): Promise<void> =>
    new Promise(resolve => {
      worker.once('message', resolve);
      worker.postMessage([rows, line]);
    });
  return {
    run: async ({transactions, perTransaction}) => {
      const start = performance.now();
      for (let i = 0; i < transactions; i++) await once(perTransaction);
      return performance.now() - start;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

interface Given {
  readonly file: string;
  readonly line: Uint8Array;
}
const isGiven = (data: unknown): data is Given => typeof data === 'object' && data !== null && 'file' in data;

if (!isMainThread && parentPort !== null && isGiven(workerData)) {
  const port = parentPort;
  const {insert} = inserter(workerData.file, workerData.line);
  port.on('message', ([rows]: [number, Uint8Array]) => {
    insert(rows);
    port.postMessage('done');
  });
}
