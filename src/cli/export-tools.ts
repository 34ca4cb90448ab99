// What an export works with, from a command's context: for the command, and for the console's dialog.
import type {CommandContext} from '../define.ts';
import type {ExportTools} from '../evidence/export.ts';
import {verifyBundle} from '../ledger/bundle/verify.ts';
import type {Site} from '../domain/site.ts';
import type {Ledger} from '../ports.ts';
import {sendOf, sendWithin} from './anchoring.ts';

/** An export is worth a longer wait than leaving is. */
const exportWaitMs = 15_000;

export function exportTools(
  context: CommandContext,
  ledger: Ledger,
  onProgress: ExportTools['onProgress'],
): ExportTools {
  const {ledgerFiles, files, clock, signal, secrets} = context;
  return {
    ledger,
    files,
    clock,
    signal,
    onProgress,
    anchor: async () => {
      const site = await context.site().catch((): Site | undefined => undefined);
      const send = sendOf(site, ledger, context);
      return send === undefined ? [] : sendWithin(send, clock, exportWaitMs);
    },
    verifiers: async () => context.verifiers(),
    keeper: async () => ledgerFiles.keeper(ledger.dir),
    snapshot: async () => ledgerFiles.snapshot(ledger.dir),
    find: bytes => secrets.find(bytes),
    verify: async (source, onDone) => verifyBundle(source, {onProgress: onDone}),
  };
}
