// A thread that verifies pieces of a log: each line, leaf, link and disclosure, and the tree over the piece.
import {parentPort, workerData, type MessagePort} from 'node:worker_threads';
import {Scanner, takePage} from '../ledger/scan.ts';
import {Tree} from '../ledger/tree.ts';
import {directoryOf, holdSnapshot, openToLook} from './evidence-open.ts';
import {evidenceRows, type EvidenceRows} from './evidence-rows.ts';
import {mustEnd, nextPiece, type ScanReply, type ScanSpec} from './scan-threads.ts';

const isSpec = (data: unknown): data is ScanSpec =>
  typeof data === 'object' && data !== null && 'scan' in data && 'shared' in data;

/** Takes pieces until none is left, or all must end. */
function work(port: MessagePort, {scan, shared}: ScanSpec, rows: EvidenceRows): void {
  const {count, origin, sizes, pieceEntries} = scan;
  const control = new Int32Array(shared);
  const wanted = new Set(sizes);
  const tell = (reply: ScanReply): void => {
    port.postMessage(reply);
  };
  for (;;) {
    const from = Atomics.add(control, nextPiece, 1) * pieceEntries;
    if (from >= count) return;
    const scanner = new Scanner({sizes: wanted, tree: new Tree(), piece: {from, origin}});
    for (const page of rows.packs(from, Math.min(from + pieceEntries, count))) {
      if (Atomics.load(control, mustEnd) === 1) return;
      takePage(scanner, page, rows.disclosures);
    }
    tell({at: 'piece', piece: scanner.endOfPiece()});
  }
}

function start(port: MessagePort, spec: ScanSpec): void {
  const paths = directoryOf(spec.scan.dir);
  const db = openToLook(paths);
  holdSnapshot(db);
  port.once('message', () => {
    try {
      work(port, spec, evidenceRows(db, paths));
    } finally {
      db.close();
      port.close();
    }
  });
  port.postMessage({at: 'ready'} satisfies ScanReply);
}

if (parentPort !== null && isSpec(workerData)) start(parentPort, workerData);
