// Files that a run has pinned: read back from the ledger, compared with what lies on the disk now.
import {runStart} from '../../domain/kinds-run.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import type {Runbook} from '../../domain/runbook.ts';
import {sha256} from '../../ledger/hash.ts';
import type {RunWorld} from './world.ts';

/** Largest runbook or site file. */
export const maxFileBytes = 4 * 1024 * 1024;

export const hexOf = (bytes: Uint8Array): string => sha256(bytes).toString('hex');

/** The runbook as it was at the start, or why it cannot be had. */
export async function pinnedRunbook(
  world: RunWorld,
  start: StoredEntry,
): Promise<Runbook | {readonly problem: string}> {
  const body = runStart.safeParse(start.entry.body).data;
  if (body === undefined) return {problem: `Entry ${start.seq} does not start a run.`};
  const bytes = await world.ledger.disclosure(start.seq, '/body/source');
  if (bytes === undefined) return {problem: 'The text of its runbook was erased from the ledger.'};
  const runbook = world.parse({file: body.file, bytes});
  return runbook.sha256 === body.sha256
    ? runbook
    : {problem: 'The kept text of its runbook does not match its hash.'};
}

/** What changed on disk since the run began, as a message with a diff; undefined when nothing did. */
export async function changedSince(
  world: RunWorld,
  pinned: {readonly runbook: Runbook; readonly siteSha: string},
): Promise<string | undefined> {
  const {runbook, siteSha} = pinned;
  const now = await world.files.read(runbook.file, maxFileBytes);
  if (now.at === 'failed') return `The runbook ${runbook.file} cannot be read any more: ${now.message}.`;
  if (hexOf(now.bytes) !== runbook.sha256) {
    const diff = firstDifference(runbook.source, new TextDecoder().decode(now.bytes));
    return `The runbook ${runbook.file} changed during the run.\n${diff}\nAbort or escalate, then start again with the new text.`;
  }
  const site = await world.files.read(world.site.file, maxFileBytes);
  if (site.at === 'failed')
    return `The site file ${world.site.file} cannot be read any more: ${site.message}.`;
  if (hexOf(site.bytes) !== siteSha) {
    return `The site file ${world.site.file} changed during the run. Abort or escalate, look at the change, trust it, and start again.`;
  }
  return undefined;
}

/** Lines that differ, `-` as pinned and `+` as it is now: what lies between the common beginning and end. */
function firstDifference(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from += 1;
  let end = 0;
  while (end < old.length - from && end < now.length - from && old.at(-1 - end) === now.at(-1 - end))
    end += 1;
  const lines = [
    `line ${from + 1}:`,
    ...old.slice(from, old.length - end).map(line => `- ${line}`),
    ...now.slice(from, now.length - end).map(line => `+ ${line}`),
  ];
  return lines.length > 40
    ? [...lines.slice(0, 40), `… ${lines.length - 40} more lines`].join('\n')
    : lines.join('\n');
}
