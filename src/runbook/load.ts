// Finds runbook files of a site and the shipped ones; a site's file wins over a shipped one with the same id.
import type {Runbook} from '../domain/runbook.ts';
import type {Files} from '../ports.ts';
import {lintRunbook} from './lint.ts';
import type {LintContext} from './lint.ts';
import {maxFileBytes} from './markdown.ts';
import {parseRunbook, unreadableRunbook} from './parse.ts';
import type {PhaseTable} from './phases.ts';

export interface LoadRequest {
  readonly files: Files;
  /** The folder that holds `runbooks/`; undefined = no site. */
  readonly siteDir: string | undefined;
  /** The folder of the shipped runbooks themselves. */
  readonly shippedDir: string | undefined;
  readonly context?: LintContext;
  /** The site's own words for phases. */
  readonly phases?: PhaseTable;
}

/** Every runbook, by id; files that cannot be read are runbooks whose only content is a problem. Never throws. */
export async function loadRunbooks({
  files,
  siteDir,
  shippedDir,
  context = {},
  phases,
}: LoadRequest): Promise<Runbook[]> {
  const found = new Map<string, Runbook>();
  for (const dir of [siteDir === undefined ? undefined : `${siteDir}/runbooks`, shippedDir]) {
    if (dir === undefined) continue;
    const here = new Map<string, Runbook>();
    for (const path of await runbookFiles(files, dir)) {
      const root = dir === shippedDir ? shippedDir : siteDir;
      const runbook = await readRunbook(files, path, {
        ...context,
        ...(phases === undefined ? {} : {phases}),
        ...(root === undefined ? {} : {root}),
      });
      const twin = here.get(runbook.id);
      if (twin === undefined) here.set(runbook.id, runbook);
      else here.set(twin.id, {...twin, problems: [...twin.problems, twinProblem(twin, runbook)]});
    }
    for (const [id, runbook] of here) if (!found.has(id)) found.set(id, runbook);
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const twinProblem = (kept: Runbook, dropped: Runbook) => ({
  code: 'duplicate-id',
  line: 1,
  level: 'warning' as const,
  message: `${dropped.file} has the same id "${kept.id}" and was left out.`,
});

export interface ReadContext extends LintContext {
  readonly phases?: PhaseTable;
  /** The folder that links may not leave. */
  readonly root?: string;
}

/** One file, parsed and linted; a file that cannot be read gives a runbook with one problem. */
export async function readRunbook(files: Files, path: string, context: ReadContext = {}): Promise<Runbook> {
  const answer = await files.read(path, maxFileBytes);
  if (answer.at === 'failed') return unreadableRunbook(path, `The file cannot be read: ${answer.message}.`);
  const {phases, root} = context;
  const runbook = parseRunbook({
    file: path,
    bytes: answer.bytes,
    ...(phases === undefined ? {} : {phases}),
    ...(root === undefined ? {} : {root}),
  });
  const missing: string[] = [];
  const folder = path.replace(/[^/\\]*$/, '');
  for (const link of (runbook.links ?? []).slice(0, maxLinksLooked))
    if ((await files.stat(`${folder}${link}`))?.kind !== 'file') missing.push(link);
  return {...runbook, problems: lintRunbook(runbook, {...context, missing})};
}

/** A file with more links than this is an index; its dead links are somebody else's to find. */
const maxLinksLooked = 200;

/** Markdown files of a folder and of the folders right inside it, in order of name; links to folders are not followed. */
async function runbookFiles(files: Files, dir: string): Promise<string[]> {
  const out: string[] = [];
  const listed = await files.list(dir);
  if (listed.at === 'failed') return out;
  for (const name of listed.names) {
    if (name.startsWith('.')) continue;
    const path = `${dir}/${name}`;
    if (isMarkdown(name)) out.push(path);
    else if ((await files.stat(path))?.kind === 'directory') {
      const inner = await files.list(path);
      if (inner.at === 'listed') out.push(...inner.names.filter(isMarkdown).map(each => `${path}/${each}`));
    }
  }
  return out;
}

const isMarkdown = (name: string): boolean => /\.(?:md|markdown)$/i.test(name) && !name.startsWith('.');
