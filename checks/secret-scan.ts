import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {SecretFound, SecretValue} from '../src/domain/secret.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {createMasker} from '../src/secrets/index.ts';
import type {Masker} from '../src/secrets/index.ts';
import {absolutePath} from './parts/fields.ts';
import {readHistory, trackedFiles} from './parts/git.ts';
import {matcher} from './parts/glob.ts';
import {resolveSecret, withoutSecrets} from './parts/secrets.ts';
import {unknown} from './parts/host/could-not.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');

const params = z
  .strictObject({
    paths: z.array(absolutePath).min(1).optional().describe('Files and folders that are looked through.'),
    repo: absolutePath.optional().describe('Or a git repository: its tracked files, and its history.'),
    history: z.boolean().default(true).describe('Of a repository: every line that was ever added, too.'),
    known: z
      .array(reference)
      .default([])
      .describe(
        'Secrets that are looked for by their value, in every form in which they are likely to be written.',
      ),
    guesses: z
      .enum(['ignore', 'warn', 'fail'])
      .default('ignore')
      .describe('What stands where secrets stand, such as `password = …`, and may be none.'),
    allow: z
      .array(
        z.strictObject({
          path: z.string().min(1).describe('Where, with wildcards.'),
          what: z.string().min(1).optional().describe('What, as the look names it, such as `jwt`.'),
          reason: z.string().min(10).describe('Why this is no leak.'),
        }),
      )
      .default([])
      .describe('Findings that are known to be harmless, each with its reason.'),
    exclude: z
      .array(z.string().min(1))
      .default(['.git/**', '**/node_modules/**'])
      .describe('What is not looked through.'),
    maxFileBytes: z
      .int()
      .min(1)
      .default(4 * 1024 * 1024)
      .describe('A larger file is not read, and is named.'),
    maxFiles: z.int().min(1).default(50_000).describe('The most files.'),
    maxCommits: z.int().min(1).default(20_000).describe('The most commits.'),
  })
  .refine(({paths, repo}) => (paths === undefined) !== (repo === undefined), {
    message: 'say what is looked through: paths or repo',
  });
type Params = z.infer<typeof params>;

interface Finding {
  /** Path, or commit and path. */
  readonly where: string;
  readonly path: string;
  readonly what: string;
  readonly line: number;
  readonly sure: SecretFound['sure'];
}

interface Scanned {
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly commits: number;
  /** Was not looked through, and why. */
  readonly blind: readonly string[];
}

const newline = 0x0a;
const lineOf = (bytes: Uint8Array, at: number): number =>
  bytes.subarray(0, at).reduce((lines, byte) => (byte === newline ? lines + 1 : lines), 1);

function findIn(
  masker: Masker,
  bytes: Uint8Array,
  {where, path}: {readonly where: string; readonly path: string},
): Finding[] {
  return masker.find(bytes).map(({what, at, sure}) => ({where, path, what, line: lineOf(bytes, at), sure}));
}

interface Target {
  readonly file: string;
  /** As it is named and matched. */
  readonly path: string;
}

async function targetsOf(
  given: Params,
  context: CheckContext,
): Promise<{readonly targets: readonly Target[]; readonly blind: readonly string[]} | {readonly look: Look}> {
  if (given.repo !== undefined) {
    const listed = await trackedFiles(given.repo, context);
    if ('look' in listed) return listed;
    return {targets: listed.paths.map(path => ({file: `${given.repo ?? ''}/${path}`, path})), blind: []};
  }
  const targets: Target[] = [];
  const blind: string[] = [];
  for (const named of given.paths ?? []) {
    const entry = await context.folders.entry(named);
    if (entry === undefined) return {look: unknown('noData', `${named} is not there`)};
    if (entry.kind === 'file') {
      targets.push({file: named, path: named.split('/').at(-1) ?? named});
      continue;
    }
    const walked = await context.folders.walk(named, {
      most: given.maxFiles * 2 + 1000,
      signal: context.signal,
    });
    if (walked.at === 'failed') return {look: unknown('permission', `${named}: ${walked.message}`)};
    if (walked.cut) blind.push(`${named} holds more than can be looked through`);
    blind.push(...walked.closed.map(path => `${named}/${path} cannot be looked into`));
    for (const {kind, path} of walked.entries)
      if (kind === 'file') targets.push({file: `${named}/${path}`, path});
  }
  return {targets, blind};
}

async function scan(
  given: Params,
  masker: Masker,
  context: CheckContext,
): Promise<Scanned | {readonly look: Look}> {
  const found = await targetsOf(given, context);
  if ('look' in found) return found;
  const isOut = matcher(given.exclude);
  const targets = found.targets.filter(({path}) => !isOut(path));
  const findings: Finding[] = [];
  const blind = [...found.blind];
  let files = 0;
  if (targets.length > given.maxFiles)
    blind.push(`${targets.length - given.maxFiles} files beyond the first ${given.maxFiles}`);
  for (const {file, path} of targets.slice(0, given.maxFiles)) {
    if (context.signal.aborted) return {look: unknown('noData', `stopped after ${files} files`)};
    const read = await context.files.read(file, given.maxFileBytes);
    if (read.at === 'read') {
      files += 1;
      findings.push(...findIn(masker, read.bytes, {where: path, path}));
    } else if (read.why !== 'missing' && read.why !== 'directory') blind.push(`${path}: ${read.message}`);
  }
  if (given.repo === undefined || !given.history) return {findings, files, commits: 0, blind};
  const history = await readHistory(
    given.repo,
    {
      maxCommits: given.maxCommits,
      onAdded: ({commit, path, text}) => {
        if (isOut(path)) return;
        const bytes = new TextEncoder().encode(text);
        findings.push(...findIn(masker, bytes, {where: `${commit} ${path}`, path}));
      },
    },
    context,
  );
  if ('look' in history) return history;
  return {findings, files, commits: history.commits, blind: [...blind, ...history.cut]};
}

const mostParts = 20;

function judged({findings, files, commits, blind}: Scanned, given: Params): Look {
  if (files === 0)
    return unknown(
      blind.length > 0 ? 'permission' : 'noData',
      `no file was looked through${blind.length > 0 ? `: ${blind[0] ?? ''}` : ''}`,
    );
  const allowed = given.allow.map(one => ({...one, isOne: matcher([one.path]), used: 0}));
  const open = findings.filter(finding => {
    const rule = allowed.find(
      ({isOne, what}) => isOne(finding.path) && (what ?? finding.what) === finding.what,
    );
    if (rule !== undefined) rule.used += 1;
    return rule === undefined;
  });
  const bad = open.filter(({sure}) => sure !== 'guess' || given.guesses === 'fail');
  const doubtful = open.filter(({sure}) => sure === 'guess' && given.guesses === 'warn');
  const told = (list: readonly Finding[]): string =>
    `${list
      .slice(0, 3)
      .map(({where, line, what}) => `${what} in ${where} line ${line}`)
      .join('; ')}${list.length > 3 ? ` and ${list.length - 3} more` : ''}`;
  const parts: Part[] = [
    ...[...bad, ...doubtful].slice(0, mostParts).map(({where, line, what, sure}): Part => ({
      name: where,
      verdict: sure === 'guess' && given.guesses === 'warn' ? 'warn' : 'fail',
      message: `${what} in line ${line}`,
    })),
    ...blind
      .slice(0, mostParts)
      .map((message): Part => ({name: 'not looked through', verdict: 'unknown', message})),
    ...allowed.map(({path, reason, used}): Part => ({
      name: `allowed in ${path}`,
      verdict: 'skipped',
      message: used === 0 ? `nothing is there any more (${reason})` : `${used}: ${reason}`,
    })),
  ];
  const scope = `${files} files${commits === 0 ? '' : `, ${commits} commits`}`;
  const base = {kind: 'assertion', checked: files + commits, parts} as const;
  if (bad.length > 0) return {...base, verdict: 'fail', message: `${told(bad)} (${scope})`};
  if (blind.length > 0)
    return {
      ...base,
      verdict: 'unknown',
      kind: 'noData',
      message: `not all was looked through: ${blind.slice(0, 3).join('; ')} (${scope})`,
    };
  if (doubtful.length > 0) return {...base, verdict: 'warn', message: `${told(doubtful)} (${scope})`};
  const harmless = findings.length - open.length;
  return {
    ...base,
    verdict: 'pass',
    message: `no secret in ${scope}${harmless === 0 ? '' : `; ${harmless} allowed`}`,
  };
}

export const secretScan = defineCheck({
  type: 'secretScan',
  summary: 'No secret stands in files, or in anything that was ever committed',
  example: `type: secretScan
paths: [/srv/export/audit-2026]
known: [env:DASHBOARD_KEY]
allow:
  - {path: "docs/**", what: jwt, reason: an example token that never was in force}`,
  needsTrust: true,
  everyMs: 86_400_000,
  timeoutMs: 600_000,
  isHeavy: true,
  params,
  run: async (given, context) => {
    if (context.signal.aborted) return unknown('noData', 'stopped before it was looked at');
    const values: SecretValue[] = [];
    for (const text of given.known) {
      const resolved = await resolveSecret('a known secret', text, context);
      if (!resolved.ok) return resolved.look;
      const name = text.startsWith('env:') ? text.slice(4) : (text.split('/').at(-1) ?? 'known');
      values.push({name, value: resolved.value});
    }
    const scanned = await scan(given, createMasker({values}), context);
    return withoutSecrets('look' in scanned ? scanned.look : judged(scanned, given), values);
  },
});
