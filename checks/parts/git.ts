// Reading a git repository with the git program: what is tracked, and every line that was ever added.
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {lastLine, runProgram} from './program.ts';

export interface Added {
  /** Abbreviated. */
  readonly commit: string;
  readonly path: string;
  readonly text: string;
}

type Ran =
  | {readonly ok: true; readonly out: string; readonly cut: boolean}
  | {readonly ok: false; readonly look: Look};

/** Nothing that the repository's own configuration names is run. */
const quiet = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false'];
const maxOutputBytes = 64 * 1024 * 1024;

async function git(repo: string, words: readonly string[], context: CheckContext): Promise<Ran> {
  const argv = ['git', '-C', repo, ...quiet, ...words];
  const ran = await runProgram({argv, env: {GIT_TERMINAL_PROMPT: '0'}, maxOutputBytes}, context);
  if (!ran.ok) return ran;
  if (ran.status === 0) return {ok: true, out: ran.out, cut: ran.cut};
  const said = lastLine(ran.err) || lastLine(ran.out);
  const kind = /dubious ownership|Permission denied/.test(ran.err) ? 'permission' : 'config';
  const message = `git in ${repo} ended with ${ran.status ?? 'a signal'}${said === '' ? '' : ` (${said})`}`;
  return {ok: false, look: {verdict: 'unknown', kind, checked: 0, message}};
}

/** Paths of the tracked files, relative to the repository. */
export async function trackedFiles(
  repo: string,
  context: CheckContext,
): Promise<{readonly paths: readonly string[]} | {readonly look: Look}> {
  const listed = await git(repo, ['ls-files', '-z'], context);
  return listed.ok ? {paths: listed.out.split('\0').filter(path => path !== '')} : listed;
}

const perRun = 100;

/**
 * Everything that a commit of any branch or tag added, a file of a commit at a time, oldest last; `onAdded` is called
 * for each. The answer counts commits, and names those of which not everything could be read.
 */
export async function readHistory(
  repo: string,
  {maxCommits, onAdded}: {readonly maxCommits: number; readonly onAdded: (added: Added) => void},
  context: CheckContext,
): Promise<{readonly commits: number; readonly cut: readonly string[]} | {readonly look: Look}> {
  const listed = await git(repo, ['rev-list', '--all', `--max-count=${maxCommits + 1}`], context);
  if (!listed.ok) return listed;
  const all = listed.out.split('\n').filter(line => /^[0-9a-f]{40,64}$/.test(line));
  const cut = all.length > maxCommits ? [`everything before ${all[maxCommits - 1]?.slice(0, 10) ?? ''}`] : [];
  const commits = all.slice(0, maxCommits);
  for (let from = 0; from < commits.length; from += perRun) {
    const some = commits.slice(from, from + perRun);
    const words = [
      'show',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '-m',
      '--unified=0',
      '--format=%x00%H',
    ];
    const shown = await git(repo, [...words, ...some], context);
    if (!shown.ok) return shown;
    if (shown.cut) cut.push(`a part of ${some[0]?.slice(0, 10) ?? ''} to ${some.at(-1)?.slice(0, 10) ?? ''}`);
    for (const added of addedIn(shown.out)) onAdded(added);
  }
  return {commits: commits.length, cut};
}

/** The added lines of a diff, by commit and file. */
function* addedIn(shown: string): Iterable<Added> {
  for (const one of shown.split('\0').slice(1)) {
    const lines = one.split('\n');
    const commit = (lines[0] ?? '').slice(0, 10);
    let path = '';
    let added: string[] = [];
    let isHead = true;
    for (const line of lines.slice(1)) {
      if (line.startsWith('diff --git ')) {
        if (added.length > 0) yield {commit, path, text: added.join('\n')};
        added = [];
        isHead = true;
      } else if (line.startsWith('@@')) isHead = false;
      else if (isHead && line.startsWith('+++ '))
        path = line
          .slice(4)
          .replace(/^"?b\//, '')
          .replace(/"?\t?$/, '');
      else if (!isHead && line.startsWith('+')) added.push(line.slice(1));
    }
    if (added.length > 0) yield {commit, path, text: added.join('\n')};
  }
}
