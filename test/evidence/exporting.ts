// Exports for tests: a real data directory, the real store and files; what judges and what masks can be steered.
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {exportEvidence, type Asked, type Exported, type ExportTools} from '../../src/evidence/export.ts';
import type {Ledger} from '../../src/ports.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {openSnapshot} from '../../src/store/snapshot.ts';
import {options} from '../store/helpers.ts';
import {verifyBundle} from '../../src/ledger/bundle/verify.ts';

const masker = createMasker({values: []});
export const verifiers = {python: Buffer.from('# verifier\n'), html: Buffer.from('<!doctype html>\n')};

export function toolsFor(ledger: Ledger, more: Partial<ExportTools> = {}): ExportTools {
  return {
    ledger,
    keeper: async () => openKeeper(options(ledger.dir, {session: 'session-k'})),
    snapshot: async () => Promise.resolve(openSnapshot(ledger.dir)),
    files: realFiles,
    clock: realClock(),
    signal: new AbortController().signal,
    verifiers: async () => Promise.resolve(verifiers),
    find: bytes => masker.find(bytes),
    verify: async (source, onProgress) => verifyBundle(source, {onProgress}),
    onProgress: () => undefined,
    ...more,
  };
}

export async function exportTo(
  ledger: Ledger,
  given: {readonly target: string; readonly asked?: Asked; readonly form?: 'directory' | 'tar'},
  more: Partial<ExportTools> = {},
): Promise<Exported> {
  const {target, asked = {at: 'all'}, form = 'directory'} = given;
  onTestFinished(async () => {
    await realFiles.removeTree(target);
  });
  return exportEvidence({asked, target, named: path.basename(target), form}, toolsFor(ledger, more));
}
