// Files that a run has pinned: the runbook and what it links to, read back from the ledger, compared with the disk.
import {dirname, join} from 'node:path';
import {runStart} from '../../domain/kinds-run.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import {QdError} from '../../domain/error.ts';
import {joined} from '../../domain/run-moves.ts';
import type {Runbook} from '../../domain/runbook.ts';
import {sha256} from '../../ledger/hash.ts';
import type {Linked} from './plans.ts';
import type {RunWorld} from './world.ts';

/** Largest runbook or site file. */
export const maxFileBytes = 4 * 1024 * 1024;
/** More files than this are not followed from one runbook. */
const maxLinked = 50;

export const hexOf = (bytes: Uint8Array): string => sha256(bytes).toString('hex');

interface LinkedFile {
  /** Relative to the runbook's folder. */
  readonly file: string;
  readonly runbook: Runbook;
  readonly bytes: Uint8Array;
}

/** The folder that links of a runbook may not leave: the site's, or its own when it belongs to none. */
const rootOf = ({site}: RunWorld, file: string): string =>
  file.startsWith(`${site.dir}/`) ? site.dir : dirname(file);

const parsed = (
  world: RunWorld,
  {file, bytes, of}: {readonly file: string; readonly bytes: Uint8Array; readonly of: string},
): Runbook =>
  world.parse({
    file,
    bytes,
    root: rootOf(world, of),
    ...(world.site.phases === undefined ? {} : {phases: world.site.phases}),
  });

/** The text of a runbook, parsed as it is pinned. */
export const parsedFile = (
  world: RunWorld,
  {file, bytes}: {readonly file: string; readonly bytes: Uint8Array},
): Runbook => parsed(world, {file, bytes, of: file});

/** Every Markdown file that the runbook leads to, also through others; one that is not there is no part of it. */
export async function linkedFiles(world: RunWorld, runbook: Runbook): Promise<readonly LinkedFile[]> {
  const found = new Map<string, LinkedFile>();
  const folder = dirname(runbook.file);
  const root = (await world.files.real(rootOf(world, runbook.file))) ?? rootOf(world, runbook.file);
  const open = (runbook.links ?? []).map(link => joined(undefined, link));
  const own = joined(undefined, runbook.file.slice(folder.length + 1));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (found.has(next) || next === own) continue;
    const path = join(folder, next);
    const real = await world.files.real(path);
    // A link of the file system that leads out of the site is not followed either.
    if (real?.startsWith(`${root}/`) !== true) continue;
    const text = await world.files.read(path, maxFileBytes);
    if (text.at === 'failed') continue;
    if (found.size >= maxLinked) {
      throw new QdError('RUN_REFUSED', `${runbook.file} leads to more than ${maxLinked} files.`, {
        hint: 'Every file that a run could lead to is pinned with it; link to fewer of them.',
        file: runbook.file,
      });
    }
    const linked = parsed(world, {file: path, bytes: text.bytes, of: runbook.file});
    const at = next;
    found.set(at, {file: at, runbook: linked, bytes: text.bytes});
    open.push(...(linked.links ?? []).map(link => joined(at, link)));
  }
  return [...found.values()];
}

interface Pinned {
  readonly runbook: Runbook;
  readonly linked: Linked;
}

/** The runbook and its linked files as they were at the start, or why they cannot be had. */
export async function pinnedRunbook(
  world: RunWorld,
  start: StoredEntry,
): Promise<Pinned | {readonly problem: string}> {
  const body = runStart.safeParse(start.entry.body).data;
  if (body === undefined) return {problem: `Entry ${start.seq} does not start a run.`};
  const bytes = await world.ledger.disclosure(start.seq, '/body/source');
  if (bytes === undefined) return {problem: 'The text of its runbook was erased from the ledger.'};
  const runbook = parsedFile(world, {file: body.file, bytes});
  if (runbook.sha256 !== body.sha256)
    return {problem: 'The kept text of its runbook does not match its hash.'};
  const linked = new Map<string, Runbook>();
  for (const [index, {file, sha256: hash}] of (body.linked ?? []).entries()) {
    const text = await world.ledger.disclosure(start.seq, `/body/linked/${index}/source`);
    if (text === undefined) return {problem: `The text of ${file} was erased from the ledger.`};
    const one = parsed(world, {file: join(dirname(body.file), file), bytes: text, of: body.file});
    if (one.sha256 !== hash) return {problem: `The kept text of ${file} does not match its hash.`};
    linked.set(file, one);
  }
  return {runbook, linked};
}

/** What changed on disk since the run began, as a message with a diff; undefined when nothing did. */
export async function changedSince(
  world: RunWorld,
  {runbook, linked, siteSha}: Pinned & {readonly siteSha: string},
): Promise<string | undefined> {
  for (const [what, one] of [
    ['runbook', runbook],
    ...[...linked.values()].map(each => ['linked file', each] as const),
  ] as const) {
    const now = await world.files.read(one.file, maxFileBytes);
    if (now.at === 'failed') return `The ${what} ${one.file} cannot be read any more: ${now.message}.`;
    if (hexOf(now.bytes) === one.sha256) continue;
    const diff = firstDifference(one.source, new TextDecoder().decode(now.bytes));
    return `The ${what} ${one.file} changed during the run.\n${diff}\nAbort or escalate, then start again with the new text.`;
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
