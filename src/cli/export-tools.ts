// What an export works with, from a command's context: for the command, and for the console's dialog.
import type {CommandContext} from '../define.ts';
import type {ExportTools} from '../evidence/export.ts';
import {verifyBundle} from '../ledger/bundle/verify.ts';
import type {Ledger} from '../ports.ts';

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
    verifiers: async () => context.verifiers(),
    keeper: async () => ledgerFiles.keeper(ledger.dir),
    snapshot: async () => ledgerFiles.snapshot(ledger.dir),
    find: bytes => secrets.find(bytes),
    verify: async (source, onDone) => verifyBundle(source, {onProgress: onDone}),
  };
}
