// The same ledger, telling why it stopped taking entries and when it takes them again.
import type {AppendResult} from '../domain/entry.ts';
import type {Ledger} from '../ports.ts';

/** Refusals that stop every action, not only the one that was asked for. */
function troubleOf(result: AppendResult): string | undefined {
  if (result.ok) return undefined;
  switch (result.why) {
    case 'full':
    case 'read-only':
    case 'swapped':
    case 'behind':
    case 'unknown':
      return `${result.message} ${result.hint}`;
    case 'moved':
    case 'lease':
    case 'stale-fence':
    case 'locked':
    case 'invalid':
      return undefined;
  }
}

/** `onTrouble` is called when the answer changes; undefined = entries are taken. */
export function guardedLedger(ledger: Ledger, onTrouble: (why: string | undefined) => void): Ledger {
  let trouble: string | undefined;
  return {
    origin: ledger.origin,
    dir: ledger.dir,
    get readOnly() {
      return ledger.readOnly ?? trouble;
    },
    head: async () => ledger.head(),
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
    watch: onChange => ledger.watch(onChange),
    close: async () => ledger.close(),
    append: async request => {
      const result = await ledger.append(request);
      const now = troubleOf(result);
      if ((now !== undefined || result.ok) && now !== trouble) {
        trouble = now;
        onTrouble(now);
      }
      return result;
    },
  };
}
