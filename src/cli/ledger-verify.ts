// `ledger verify`: whether the record is whole, and what that does not prove.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import type {EvidenceNote, Finding} from '../domain/evidence.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, showLines} from '../domain/show.ts';
import {parseVkey, type Verifier} from '../ledger/note.ts';
import {verify} from '../ledger/verify.ts';
import type {Talk} from '../ports.ts';
import {breathing} from './breathing.ts';
import {headLine} from './ledger-lines.ts';

const maxNoteBytes = 1024 * 1024;

async function readNotes(names: readonly string[], {files, cwd}: CommandContext): Promise<EvidenceNote[]> {
  return Promise.all(
    names.map(async name => {
      const answer = await files.read(path.resolve(cwd, name), maxNoteBytes);
      if (answer.at !== 'read') {
        throw new QdError('LEDGER_UNREADABLE', `The checkpoint ${name} cannot be read.`, {
          hint: 'Give the file that holds the signed note, as it was kept.',
          file: name,
        });
      }
      return {where: name, raw: answer.bytes};
    }),
  );
}

function keyOf(text: string | undefined): Verifier | undefined {
  if (text === undefined) return undefined;
  const verifier = parseVkey(text);
  if (verifier !== undefined) return verifier;
  throw new QdError('USAGE', 'The value of --vkey is no verifier key.', {
    hint: 'It looks like NAME+8 hex digits+base64, as `quarterdeck ledger key` prints it.',
  });
}

/** A line for every tenth of a long log. */
function progress(talk: Talk, total: number): (done: number) => void {
  let told = 0;
  return done => {
    const tenth = Math.floor((done / total) * 10);
    if (!talk.interactive || total < 50_000 || tenth <= told) return;
    told = tenth;
    talk.err(say`verified ${done} of ${total} entries`);
  };
}

function print(talk: Talk, {report, proof}: Finding, where: string): void {
  const {
    verdict,
    failure_reason: reason,
    failure_index: index,
    entries,
    checkpointed,
    checkpoints,
    key,
    head,
  } = report;
  talk.out(say`${where}: ${verdict}`);
  if (reason !== null) talk.out(say`  ${reason}`);
  if (index !== null) talk.out(say`  first at entry ${index}`);
  talk.out(
    say`  ${entries} entries, ${checkpointed} of them under ${checkpoints} checkpoints, key ${key.id} (${key.source})`,
  );
  if (report.verified)
    talk.out(say`  ${headLine(head.size, head.root)}: write it down, or mail it to somebody`);
  for (const note of proof ?? []) for (const line of showLines(note)) talk.out(say`  | ${line}`);
  talk.out(say`Not proved:`);
  for (const line of report.not_proved) talk.out(say`  - ${line}`);
}

export const ledgerVerify = defineCommand({
  name: 'ledger verify',
  summary: 'check that the record is whole and unchanged',
  arguments: [{spec: '[path]', summary: 'a data directory; without it, the one in use'}],
  options: [
    {flags: '--json', summary: 'as JSON'},
    {
      flags: '--checkpoint <file>',
      summary: 'a checkpoint that was kept elsewhere; may be repeated',
      repeats: true,
    },
    {flags: '--vkey <key>', summary: 'the verifier key, obtained elsewhere'},
  ],
  examples: [
    {line: 'quarterdeck ledger verify', does: 'the ledger in use'},
    {line: 'quarterdeck ledger verify --checkpoint mailed.txt', does: 'against a checkpoint that you kept'},
  ],
  input: z.strictObject({
    args: z.array(z.string().min(1)).max(1),
    json: z.boolean().optional(),
    checkpoint: z.array(z.string()).optional(),
    vkey: z.string().optional(),
  }),
  run: async ({args: [given], json = false, checkpoint = [], vkey: key}, context) => {
    const {talk, cwd, clock, ledgerFiles} = context;
    const vkey = keyOf(key);
    const where = given === undefined ? await context.homeDir() : path.resolve(cwd, given);
    const notes = await readNotes(checkpoint, context);
    const opened = await ledgerFiles.evidence(where);
    const {evidence} = opened;
    try {
      const onProgress = progress(talk, evidence.count);
      const finding = await verify(breathing(evidence, clock, context.signal), {
        notes,
        onProgress,
        ...(vkey === undefined ? {} : {vkey}),
      });
      if (json) {
        talk.json(finding.report);
        for (const note of finding.proof ?? []) for (const line of showLines(note)) talk.err(line);
      } else print(talk, finding, where);
      return finding.report.verified ? exit.good : exit.no;
    } finally {
      opened.close();
    }
  },
});
