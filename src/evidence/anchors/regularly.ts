// When checkpoints are carried by themselves: every five minutes by whoever runs the monitor, and when a run is over.
import type {Cancel, Clock, Ledger} from '../../ports.ts';
import type {Anchored, SendRequest} from '../anchors.ts';

export const anchorEveryMs = 5 * 60_000;

export interface Regular {
  readonly clock: Clock;
  /** Whether it is for this process to do. */
  readonly isMine: () => boolean;
  readonly send: (request: SendRequest) => Promise<readonly Anchored[]>;
  readonly onAnswers: (answers: readonly Anchored[]) => void;
}

export interface Regularly {
  /** Sends now, whoever runs the monitor; one that is under way is followed by another. */
  now(): void;
  stop(): void;
}

export function anchorRegularly({clock, isMine, send, onAnswers}: Regular): Regularly {
  const stopping = new AbortController();
  const {signal} = stopping;
  let busy = false;
  let again = false;
  let cancel: Cancel = () => undefined;
  const go = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        const answers = await send({signal});
        if (!signal.aborted) onAnswers(answers);
      } while (isAgain());
    } finally {
      busy = false;
    }
  };
  const isAgain = (): boolean => again && !signal.aborted;
  const later = (): void => {
    if (signal.aborted) return;
    cancel = clock.after(anchorEveryMs, () => {
      void (isMine() ? go() : Promise.resolve()).finally(later);
    });
  };
  later();
  return {
    now: () => void go(),
    stop: () => {
      stopping.abort();
      cancel();
    },
  };
}

/** The same ledger; `onFinish` is called once the end of a run is recorded. */
export const tellingFinish = (ledger: Ledger, onFinish: () => void): Ledger => ({
  origin: ledger.origin,
  dir: ledger.dir,
  get readOnly() {
    return ledger.readOnly;
  },
  head: async () => ledger.head(),
  ...(ledger.hasRoom === undefined ? {} : {hasRoom: async () => ledger.hasRoom?.() ?? false}),
  read: async query => ledger.read(query),
  checkpoint: async () => ledger.checkpoint(),
  disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
  watch: onChange => ledger.watch(onChange),
  close: async () => ledger.close(),
  append: async request => {
    const result = await ledger.append(request);
    if (result.ok && request.entries.some(({kind}) => kind === 'run.finish')) onFinish();
    return result;
  },
});
