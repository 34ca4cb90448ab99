// Erasing values on behalf of a command: the ledger's part through its keeper, then the copies beside the ledger.
import type {CommandContext} from '../define.ts';
import type {NewEntry, StoredEntry} from '../domain/entry.ts';
import {outputFile} from '../engine/runner/output-file.ts';
import {allRecorded} from '../evidence/recorded.ts';
import {holdKinds, holdsAfter, type Hold} from '../evidence/holds.ts';
import type {Ledger, LedgerKeeper} from '../ports.ts';
import {writable} from './writable.ts';

export interface Chosen {
  readonly row: StoredEntry;
  readonly ptrs: readonly string[];
}

/** The holds in force. */
export const holdsIn = async (ledger: Ledger): Promise<readonly Hold[]> =>
  holdsAfter(await ledger.read({kinds: holdKinds}));

/** The ledger when it can be written; throws LEDGER_READ_ONLY. */
export const writableLedger = async (context: CommandContext): Promise<Ledger> =>
  writable(await context.ledger());

/**
 * Erases the chosen values and records the entries that say so; then what a step printed is removed from `running/`,
 * and what a check said last from the telemetry. Throws LEDGER_*, ENTRY_INVALID.
 */
export async function eraseChosen(
  context: CommandContext,
  keeper: LedgerKeeper,
  {chosen, entries, asOf}: {chosen: readonly Chosen[]; entries: readonly NewEntry[]; asOf: number},
): Promise<{readonly seqs: readonly number[]; readonly remains: string | undefined}> {
  const places = chosen.flatMap(({row, ptrs}) => ptrs.map(ptr => ({seq: row.seq, ptr})));
  const result = await keeper.erase(places, entries, asOf);
  const seqs = allRecorded(result).map(({seq}) => seq);
  await removeCopies(context, chosen);
  return {seqs, remains: result.remains};
}

async function removeCopies(context: CommandContext, chosen: readonly Chosen[]): Promise<void> {
  const dir = await context.homeDir();
  for (const {row} of chosen) {
    const {kind, run, step, body} = row.entry;
    const {attempt} = body;
    if (!kind.startsWith('step.') || run === undefined || step === undefined) continue;
    if (typeof attempt === 'number') await context.files.remove(outputFile(dir, {run, step, attempt}));
  }
  const checks = chosen.flatMap(({row: {entry}}) => {
    const {service, check} = entry.body;
    const isNamed = typeof service === 'string' && typeof check === 'string';
    return entry.kind === 'check.change' && isNamed ? [{service, check}] : [];
  });
  if (checks.length > 0) await (await context.telemetry()).forgetLooks(checks);
}
