// What an export works with, from a command's context: for the command, and for the console's dialog.
import type {CommandContext} from '../define.ts';
import type {ExportTools} from '../evidence/export.ts';
import {verifyBundle} from '../ledger/bundle/verify.ts';
import type {Ledger} from '../ports.ts';
import {createMasker} from '../secrets/index.ts';

export function exportTools(
  context: CommandContext,
  ledger: Ledger,
  onProgress: ExportTools['onProgress'],
): ExportTools {
  const {ledgerFiles, files, clock, signal, verifiers} = context;
  return {
    ledger,
    files,
    clock,
    signal,
    verifiers,
    onProgress,
    keeper: async () => ledgerFiles.keeper(ledger.dir),
    snapshot: async () => ledgerFiles.snapshot(ledger.dir),
    find: createMasker({values: []}).find,
    verify: async (source, onDone) => verifyBundle(source, {onProgress: onDone}),
  };
}
