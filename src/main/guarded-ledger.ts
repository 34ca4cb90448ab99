// The same ledger, telling why it stopped taking entries and when it takes them again.
import type {AppendResult} from '../domain/entry.ts';
import type {Cancel, Clock, Ledger} from '../ports.ts';

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

/** How often a full disk is asked whether there is room again. */
const probeMs = 2_000;

export interface GuardRequest {
  readonly ledger: Ledger;
  /** Called when the answer changes; undefined = entries are taken. */
  readonly onTrouble: (why: string | undefined) => void;
  readonly clock: Clock;
}

/** `rest` ends the looking for room; the ledger stays open. */
export function guardedLedger({
  ledger,
  onTrouble,
  clock,
}: GuardRequest): Ledger & {readonly rest: () => void} {
  let trouble: string | undefined;
  let cancel: Cancel = () => undefined;
  let resting = false;
  const set = (now: string | undefined): void => {
    if (now === trouble) return;
    trouble = now;
    onTrouble(now);
  };
  /** While nothing may be begun, no append would find out that there is room again. */
  const probeLater = (): void => {
    cancel();
    if (resting) return;
    cancel = clock.after(probeMs, () => {
      const asked = ledger.hasRoom?.() ?? Promise.resolve(false);
      void asked
        .catch(() => false)
        .then(hasRoom => {
          if (hasRoom) set(undefined);
          else probeLater();
        });
    });
  };
  const rest = (): void => {
    resting = true;
    cancel();
  };
  return {
    origin: ledger.origin,
    dir: ledger.dir,
    get readOnly() {
      return ledger.readOnly ?? trouble;
    },
    head: async () => ledger.head(),
    ...(ledger.hasRoom === undefined ? {} : {hasRoom: async () => ledger.hasRoom?.() ?? false}),
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
    watch: onChange => ledger.watch(onChange),
    rest,
    close: async () => {
      rest();
      await ledger.close();
    },
    append: async request => {
      const result = await ledger.append(request);
      const now = troubleOf(result);
      if (result.ok || now !== undefined) set(now);
      if (result.ok) cancel();
      else if (result.why === 'full') probeLater();
      return result;
    },
  };
}
