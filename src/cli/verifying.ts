// What `ledger verify` and `evidence verify` share: the options, what a path is, progress, and how a finding is printed.
import path from 'node:path';
import {z} from 'zod';
import type {CommandContext} from '../define.ts';
import type {Finding} from '../domain/evidence.ts';
import {exit} from '../domain/error.ts';
import {say, showLines} from '../domain/show.ts';
import {folderSource} from '../evidence/folder-source.ts';
import type {BundleSource} from '../ledger/bundle/source.ts';
import {readTar} from '../ledger/bundle/tar.ts';
import {bundleMarks, refusedTar, verifyBundle} from '../ledger/bundle/verify.ts';
import {givenKey, verify, type VerifyOptions} from '../ledger/verify.ts';
import type {Files, Talk} from '../ports.ts';
import {breathing} from './breathing.ts';
import {comparable, notesOf, readKept, type KeptFile} from './kept-notes.ts';
import {headLine} from './ledger-lines.ts';

export const verifyOptions = [
  {flags: '--json', summary: 'as JSON'},
  {
    flags: '--checkpoint <file>',
    summary: 'checkpoints that were kept elsewhere, one or more in a file; may be repeated',
    repeats: true,
  },
  {flags: '--vkey <key>', summary: 'the verifier key, obtained elsewhere'},
  {flags: '--require-complete', summary: 'exit 1 also when values were erased'},
] as const;

export const verifyInput = {
  json: z.boolean().optional(),
  checkpoint: z.array(z.string()).optional(),
  vkey: z.string().optional(),
  requireComplete: z.boolean().optional(),
};

/** A line for every tenth of a long log, on a terminal. */
function progress(talk: Talk): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((done / total) * 10);
    if (!talk.interactive || total < 50_000 || tenth <= told) return;
    told = tenth;
    talk.err(say`verified ${done} of ${total} entries`);
  };
}

/** A bundle has one of the marks that no data directory has; with only the others it is looked at as one of those. */
async function isBundleDir(files: Files, dir: string): Promise<boolean> {
  const answer = await files.list(dir);
  if (answer.at === 'failed') return false;
  return answer.names.some(name => name !== 'checkpoint' && bundleMarks.includes(name));
}

/** Without the notes; they are in files, and which of them count is a matter of what they are compared with. */
type Options = Omit<VerifyOptions, 'notes'>;

interface Elsewhere {
  readonly kept: readonly KeptFile[];
  readonly talk: Talk;
}

async function verifySource(source: BundleSource, options: Options, {kept, talk}: Elsewhere) {
  const notes = await comparable(source, kept, line => {
    talk.err(line);
  });
  return verifyBundle(source, {...options, notes});
}

async function verifyTar(
  file: string,
  files: Files,
  options: Options,
  elsewhere: Elsewhere,
): Promise<Finding> {
  const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
  const source = await readTar({sizeBytes, read: async (at, length) => files.readAt(file, at, length)});
  if (!('problem' in source)) return verifySource(source, options, elsewhere);
  const notes = notesOf(elsewhere.kept);
  return refusedTar(await files.readAt(file, 0, 512), source.problem, {...options, notes});
}

async function verifyDirectory(
  where: string,
  {ledgerFiles, clock, signal}: CommandContext,
  options: VerifyOptions,
): Promise<Finding> {
  const {evidence, close} = await ledgerFiles.evidence(where);
  try {
    return await verify(breathing(evidence, clock, signal), options);
  } finally {
    close();
  }
}

/** A data directory, its ledger.db, a bundle or the tar of one. Throws what cannot be read as any of them. */
export async function verifyPath(
  given: string,
  context: CommandContext,
  options: Options,
  kept: readonly KeptFile[] = [],
): Promise<Finding> {
  const {files, talk} = context;
  const where = (await files.real(given)) ?? given;
  const kind = (await files.stat(where))?.kind;
  if (kind === 'directory' && (await isBundleDir(files, where)))
    return verifySource(await folderSource(files, where), options, {kept, talk});
  if (kind !== 'file' || path.basename(where) === 'ledger.db')
    return verifyDirectory(given, context, {...options, notes: notesOf(kept)});
  return verifyTar(where, files, options, {kept, talk});
}

const sources = {
  given: 'given',
  directory: 'from the directory itself',
  bundle: 'from the bundle itself',
} as const;

function print(talk: Talk, {report, proof}: Finding, where: string): void {
  const {verdict, failure_reason: reason, failure_index: index, entries, checkpointed, checkpoints} = report;
  const {key, head, redacted, witnessed} = report;
  talk.out(say`${where}: ${verdict}`);
  if (reason !== null) talk.out(say`  ${reason}`);
  if (index !== null) talk.out(say`  first at entry ${index}`);
  talk.out(
    say`  ${entries} entries, checkpoints ${checkpoints}, the largest that agrees covers ${checkpointed}`,
  );
  talk.out(say`  key ${key.id} (${sources[key.source]})`);
  if (redacted > 0) talk.out(say`  ${redacted} values were erased, as entries say`);
  if (witnessed !== null)
    talk.out(say`  ${witnessed.size} entries were witnessed by ${witnessed.where} at ${witnessed.at}`);
  if (report.verified)
    talk.out(say`  ${headLine(head.size, head.root)}: write it down, or mail it to somebody`);
  for (const note of proof ?? []) for (const line of showLines(note)) talk.out(say`  | ${line}`);
  talk.out(say`Not proved:`);
  for (const line of report.not_proved) talk.out(say`  - ${line}`);
}

interface Asked {
  readonly json?: boolean | undefined;
  readonly checkpoint?: readonly string[] | undefined;
  readonly vkey?: string | undefined;
  readonly requireComplete?: boolean | undefined;
}

/** Verifies, prints, and gives the exit status. */
export async function runVerify(given: string, asked: Asked, context: CommandContext): Promise<number> {
  const {talk} = context;
  const {json = false, checkpoint = [], vkey, requireComplete = false} = asked;
  // A wrong key is told before anything is read.
  givenKey(vkey);
  const kept = await readKept(checkpoint, context);
  const options = {onProgress: progress(talk), ...(vkey === undefined ? {} : {vkey})};
  const finding = await verifyPath(given, context, options, kept);
  const {report, proof} = finding;
  if (json) {
    talk.json(report);
    for (const note of proof ?? []) for (const line of showLines(note)) talk.err(line);
  } else print(talk, finding, given);
  if (!report.verified) return exit.no;
  if (!requireComplete || report.redacted === 0) return exit.good;
  talk.err(say`${report.redacted} values were erased, and --require-complete was given`);
  return exit.no;
}
