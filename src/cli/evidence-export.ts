// `evidence export`: a bundle that anybody can verify without this program, and without trusting whoever hands it over.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {exportEvidence, type Asked, type ExportStage} from '../evidence/export.ts';
import type {Ledger, Talk} from '../ports.ts';
import {exportTools} from './export-tools.ts';
import {runNamed} from './ledger-lines.ts';

interface Given {
  readonly run?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly all?: boolean | undefined;
}

/** Throws USAGE unless exactly one way is given, and RUN_NOT_FOUND. */
async function askedOf({run, from, to, all = false}: Given, ledger: Ledger): Promise<Asked> {
  const isRange = from !== undefined || to !== undefined;
  if ([run !== undefined, isRange, all].filter(Boolean).length !== 1) {
    const several = run !== undefined || isRange || all;
    const message = several
      ? 'Only one way to say which entries can be given.'
      : 'Say which entries are to be exported.';
    throw new QdError('USAGE', message, {
      hint: 'One of: --run ID, --from ENTRY|TIME --to ENTRY|TIME, --all.',
    });
  }
  if (run !== undefined) return {at: 'run', run: await runNamed(ledger, run)};
  if (all) return {at: 'all'};
  return {at: 'range', ...(from === undefined ? {} : {from}), ...(to === undefined ? {} : {to})};
}

const doing: Record<ExportStage, string> = {writing: 'wrote', verifying: 'verified', packing: 'packed'};

/** A line for every tenth of a long stage, on a terminal. */
function progress(talk: Talk): (stage: ExportStage, done: number, total: number) => void {
  const told = new Map<ExportStage, number>();
  return (stage, done, total) => {
    const tenth = Math.floor((done / Math.max(total, 1)) * 10);
    if (!talk.interactive || total < 10_000 || tenth <= (told.get(stage) ?? 0)) return;
    told.set(stage, tenth);
    talk.err(say`${doing[stage]} ${Math.min(tenth * 10, 100)}%`);
  };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

export const evidenceExport = defineCommand({
  name: 'evidence export',
  summary: 'hand entries over as a bundle that anybody can verify',
  arguments: [
    {spec: '<path>', summary: 'the directory, or with --tar the file, that is made; it must not exist'},
  ],
  options: [
    {flags: '--run <id>', summary: 'from the first to the last entry of a run (any unique end of its id)'},
    {flags: '--from <start>', summary: 'from this entry, or this time (2026-08-23T14:00:00Z)'},
    {flags: '--to <end>', summary: 'to this entry or time, itself included'},
    {flags: '--all', summary: 'the whole log'},
    {flags: '--tar', summary: 'one file instead of a directory'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck evidence export --run 7c33 incident-42', does: 'the run whose id ends in 7c33'},
    {line: 'quarterdeck evidence export --all --tar ledger.tar', does: 'everything, as one file'},
  ],
  input: z.strictObject({
    args: z.array(z.string().min(1)).length(1),
    run: z.string().min(1).optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    all: z.boolean().optional(),
    tar: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [named = ''], tar = false, json = false, ...given}, context) => {
    const {talk, cwd} = context;
    const ledger = await context.ledger();
    if (ledger.readOnly !== undefined) {
      throw new QdError(
        'LEDGER_READ_ONLY',
        `An export is recorded, and nothing can be: ${ledger.readOnly}.`,
        {
          hint: 'Check the mount and the permissions of the data directory.',
        },
      );
    }
    const asked = await askedOf(given, ledger);
    const target = path.resolve(cwd, named);
    const made = await exportEvidence(
      {asked, target, named, form: tar ? 'tar' : 'directory'},
      exportTools(context, ledger, progress(talk)),
    );
    const {manifest, slice, files, sizeBytes, doubts, doubtful} = made;
    const {from, to, size} = slice;
    for (const doubt of doubts) talk.err(say`look at this before you hand it over: ${doubt}`);
    if (doubtful > doubts.length) talk.err(say`and at ${doubtful - doubts.length} more places`);
    if (json) {
      talk.json({path: target, manifest, from, to, size, files, bytes: sizeBytes, doubts: doubtful});
      return exit.good;
    }
    talk.out(say`${target}: the entries ${from} to ${to - 1} of ${size}`);
    talk.out(say`  ${files} files, ${megabytes(sizeBytes)} MB, verified after writing`);
    talk.out(say`  manifest ${manifest}: tell it to whoever gets this, by another way`);
    return exit.good;
  },
});
