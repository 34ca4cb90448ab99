// Healing is an act: that it is about to happen is on disk before it does, and what came of it after.
import type {NewEntry} from '../../domain/entry.ts';
import type {Heal, HealAnswer, HealRequest, NarrowFile, Narrowing} from '../../host-ports.ts';
import type {Ledger} from '../../ports.ts';

export interface HealPorts {
  readonly narrowing: Narrowing;
  /** Opened only when something is to be healed; it may throw. */
  readonly ledger: () => Promise<Ledger>;
}

type Wanted = HealRequest & {readonly service: string; readonly check: string};

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const refused = (message: string): HealAnswer => ({at: 'refused', kind: 'permission', message});

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Narrows nothing that the ledger does not know of first. */
export const recordedHeal = ({narrowing, ledger}: HealPorts): Heal => ({
  async narrow(wanted) {
    const file = await narrowing.open(wanted);
    if (file.at === 'refused') return file;
    try {
      return await recorded(wanted, file, ledger);
    } finally {
      await file.close();
    }
  },
});

async function recorded(
  {service, check, path}: Wanted,
  file: NarrowFile,
  open: () => Promise<Ledger>,
): Promise<HealAnswer> {
  let ledger: Ledger;
  try {
    ledger = await open();
  } catch (error) {
    return refused(`the ledger cannot be opened: ${because(error)}`);
  }
  if (ledger.readOnly !== undefined) return refused(`the ledger cannot be written: ${ledger.readOnly}`);
  const {before, after, inode, uid} = file;
  const body = {service, check, path, before: octal(before), after: octal(after)};
  const intent = await append(ledger, {kind: 'heal.intent', body: {...body, inode, uid}});
  if ('problem' in intent) return refused(`the ledger cannot be written: ${intent.problem}`);
  const done = await file.apply();
  const isDone = 'mode' in done && (done.mode & ~after) === 0;
  const message = 'problem' in done ? done.problem : isDone ? 'done' : 'the mode did not stay as it was set';
  const outcome = await append(ledger, {
    kind: 'heal.outcome',
    of: intent.seq,
    body: {
      ...body,
      ...('mode' in done ? {after: octal(done.mode)} : {after: octal(before)}),
      verdict: isDone ? 'pass' : 'fail',
      message,
    },
  });
  if (!isDone) return {at: 'refused', kind: 'permission', message};
  return {
    at: 'healed',
    before,
    after: done.mode,
    ...('problem' in outcome ? {unrecorded: outcome.problem} : {}),
  };
}

/** Another process may just be writing. */
const tries = 3;

async function append(
  ledger: Ledger,
  entry: NewEntry,
): Promise<{readonly seq: number} | {readonly problem: string}> {
  try {
    for (let round = 1; ; round += 1) {
      const result = await ledger.append({entries: [entry]});
      if (result.ok) return {seq: result.entries[0]?.seq ?? -1};
      if (result.why !== 'locked' || round === tries) return {problem: result.message};
    }
  } catch (error) {
    return {problem: because(error)};
  }
}
