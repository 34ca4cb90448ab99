// What every `case` command needs, and how cases are printed.
import type {CommandContext} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {CaseDesk, Verified} from '../evidence/cases/cases.ts';
import type {Case, CaseRun} from '../evidence/cases/fold.ts';
import type {Ledger, Talk} from '../ports.ts';

const deskOf = (context: CommandContext, ledger: Ledger, home: string): CaseDesk => ({
  ledger,
  home,
  files: context.files,
  clock: context.clock,
  host: context.host,
  tool: `quarterdeck ${context.version}`,
});

/** For commands that record something. */
export const writingDesk = async (context: CommandContext): Promise<CaseDesk> =>
  deskOf(context, await context.ledger(), await context.homeDir());

/** For commands that only look; the ledger is closed afterwards. */
export async function reading<T>(context: CommandContext, look: (desk: CaseDesk) => Promise<T>): Promise<T> {
  const home = await context.homeDir();
  const ledger = await context.ledgerFiles.openToRead(home);
  try {
    return await look(deskOf(context, ledger, home));
  } finally {
    await ledger.close();
  }
}

/** The title of a case; undefined when it was erased. */
export async function titleOf(ledger: Ledger, {seq}: Case): Promise<string | undefined> {
  const bytes = await ledger.disclosure(seq, '/body/title');
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

const runWords = ({verified, failureIndex, failureReason, host, tool}: CaseRun): string => {
  const at = failureIndex === undefined ? '' : ` at index ${failureIndex}`;
  return `${verified ? 'verified' : `NOT VERIFIED${at}: ${failureReason ?? 'no reason given'}`} (${tool} on ${host})`;
};

/** One run and what speaks against it. */
export function printRun(talk: Talk, {run, verdict, against}: Verified): void {
  talk.out(say`${run.file ?? 'bytes that are not in this case'}: ${run.what}: ${runWords(run)}`);
  if (verdict?.at === 'judged') for (const line of verdict.notProved) talk.out(say`  not proved: ${line}`);
  if (against.length === 0) return;
  talk.err(say`DISAGREEMENT about ${run.file ?? run.sha256}: the same bytes, and`);
  for (const other of [...against, run]) talk.err(say`  ${runWords(other)}, entry ${other.seq}`);
  talk.err(say`  One of them is wrong, or was changed. Preserve everything, and open an incident.`);
}

/** 0 when all are verified and nobody disagrees. */
export const statusOf = (done: readonly Verified[]): number =>
  done.every(({run, against}) => run.verified && against.length === 0) ? exit.good : exit.no;
