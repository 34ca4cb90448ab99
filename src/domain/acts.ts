// Which entries say what people and steps did; everything else keeps the books: sessions, looks, checkpoints.
import {entryKinds} from './kinds.ts';

/** What the program writes by itself, whoever sits at it. */
const bookkeeping: ReadonlySet<string> = new Set([
  'ledger.genesis',
  'ledger.seal',
  'ledger.recover',
  'anchor.receipt',
  'retention.apply',
  'session.open',
  'session.close',
  'site.load',
  'check.change',
  'alert.open',
  'alert.sent',
  'alert.close',
  'monitor.start',
  'monitor.stop',
  'monitor.gap',
  'slo.window',
]);

/** Kinds of entries that somebody, or a step that somebody confirmed, stands behind. */
export const actKinds: readonly string[] = Object.keys(entryKinds).filter(kind => !bookkeeping.has(kind));
