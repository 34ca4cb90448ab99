// What verifies a backup repository, per tool: how it is asked, and what its words and its status mean together.
import type {Kind, Part, Verdict} from '../../src/domain/verdict.ts';
import {isObject, parseJson} from './json.ts';
import {resticAnswer} from './restic.ts';

export const repoTools = ['restic', 'borg', 'pgbackrest', 'walg'] as const;
export type RepoTool = (typeof repoTools)[number];
export const repoModes = ['structure', 'subset', 'full'] as const;
export type RepoMode = (typeof repoModes)[number];

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** `checked` counts what the tool says that it looked at; a pass with nothing is vacuous. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly kind: Kind;
  readonly message: string;
  readonly checked: number;
  readonly parts?: readonly Part[];
}

export interface ToolRequest {
  readonly mode: RepoMode;
  /** Of `subset`: which part of how many. */
  readonly part: {readonly n: number; readonly of: number};
  readonly stanza: string | undefined;
  readonly repository: string | undefined;
  readonly lock: boolean;
}

export interface Tool {
  readonly program: string;
  readonly modes: readonly RepoMode[];
  readonly needs: 'repository' | 'stanza' | undefined;
  /** Variables of the tool for the repository and its password. */
  readonly variables: {readonly repository?: string; readonly password?: string};
  /** Counts the backups first, so that an empty repository never passes. */
  readonly count?: {
    readonly words: (request: ToolRequest) => readonly string[];
    readonly in: (out: string) => number | undefined;
  };
  readonly words: (request: ToolRequest) => readonly string[];
  readonly read: (ran: Ran) => Outcome;
}

const lines = (text: string): string[] => text.split('\n').flatMap(line => line.trim() || []);
const last = ({err, out}: Ran): string => (lines(err).at(-1) ?? lines(out).at(-1) ?? '').slice(0, 300);
const failed = (message: string, checked = 1): Outcome => ({
  verdict: 'fail',
  kind: 'assertion',
  message,
  checked,
});
const unknown = (kind: Kind, message: string): Outcome => ({verdict: 'unknown', kind, message, checked: 0});

const listLength = (out: string, key?: string): number | undefined => {
  const value = parseJson(out)?.value;
  const list = key === undefined ? value : isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.length : undefined;
};

/** The lines that say what is wrong, for people; at most three. */
const complaints = ({out, err}: Ran, pattern: RegExp): string => {
  const found = lines(`${out}\n${err}`).filter(line => pattern.test(line));
  const some = found.slice(0, 3).map(line => line.slice(0, 200));
  return found.length > some.length
    ? `${some.join('; ')} and ${found.length - some.length} more`
    : some.join('; ');
};

const restic: Tool = {
  program: 'restic',
  modes: ['structure', 'subset', 'full'],
  needs: 'repository',
  variables: {repository: 'RESTIC_REPOSITORY', password: 'RESTIC_PASSWORD'},
  count: {
    words: () => ['--no-cache', '--no-lock', 'snapshots', '--json'],
    in: out => listLength(out),
  },
  words: ({mode, part, lock}) => [
    '--no-cache',
    ...(lock ? [] : ['--no-lock']),
    'check',
    ...(mode === 'full' ? ['--read-data'] : []),
    ...(mode === 'subset' ? [`--read-data-subset=${part.n}/${part.of}`] : []),
  ],
  read: ran => {
    const wrong = resticAnswer(ran);
    if (wrong !== undefined) {
      const {verdict, kind, message, checked} = wrong.look;
      const isDamage = /repository contains errors|is damaged/i.test(`${ran.err}\n${ran.out}`);
      const told = complaints(ran, /error|damaged|missing|unexpected|does not match|not referenced/i);
      return {verdict, kind, checked, message: isDamage ? `the repository is damaged: ${told}` : message};
    }
    return /no errors were found/.test(ran.out)
      ? {verdict: 'pass', kind: 'assertion', message: 'no errors were found', checked: 1}
      : unknown('noData', `restic ended well and does not say that no errors were found: ${last(ran)}`);
  },
};

const borgWords: readonly (readonly [RegExp, Verdict & ('fail' | 'unknown'), Kind, string])[] = [
  [/Failed to create\/acquire the lock/, 'unknown', 'noData', 'the repository is locked'],
  [/passphrase supplied .* is incorrect/, 'fail', 'auth', 'the passphrase does not open it'],
  [/does not exist|not a valid repository/, 'fail', 'noData', 'there is no repository'],
];

const borg: Tool = {
  program: 'borg',
  modes: ['structure', 'full'],
  needs: 'repository',
  variables: {repository: 'BORG_REPO', password: 'BORG_PASSPHRASE'},
  count: {words: () => ['list', '--json', '::'], in: out => listLength(out, 'archives')},
  words: ({mode}) => ['check', ...(mode === 'full' ? ['--verify-data'] : []), '::'],
  read: ran => {
    const {status, out, err} = ran;
    const known = status === 0 ? undefined : borgWords.find(([pattern]) => pattern.test(`${err}\n${out}`));
    if (known !== undefined) {
      const [, verdict, kind, said] = known;
      return {verdict, kind, message: `${said}: ${last(ran)}`, checked: verdict === 'fail' ? 1 : 0};
    }
    if (status === 0) return {verdict: 'pass', kind: 'assertion', message: 'no problems found', checked: 1};
    const damage = /error|corrupt|integrity|missing|mismatch/i;
    const told = complaints(ran, damage) || last(ran);
    // `borg check` ends with 1, a warning, also when it found the archives broken.
    if (status === 1 && !damage.test(`${out}\n${err}`))
      return {verdict: 'warn', kind: 'assertion', message: `warnings: ${told}`, checked: 1};
    if (status === 1) return failed(`the repository is damaged: ${told}`);
    return failed(`borg ended with ${status ?? 'a signal'}: ${told}`);
  },
};

const number = (line: string, name: string): number =>
  Number(new RegExp(`${name}: (\\d+)`).exec(line)?.[1] ?? 0);

/** Its status is 0 also while it says `status: error`: the words count. */
const pgbackrest: Tool = {
  program: 'pgbackrest',
  modes: ['full'],
  needs: 'stanza',
  variables: {},
  words: ({stanza}) => [`--stanza=${stanza ?? ''}`, 'verify', '--output=text', '--verbose'],
  read: ran => {
    const {status, out, err} = ran;
    const all = lines(`${out}\n${err}`);
    if (status !== 0) {
      const text = `pgbackrest ended with ${status ?? 'a signal'}: ${last(ran)}`;
      if (status === 50 || /unable to acquire lock/.test(err + out))
        return unknown('noData', `it is locked: ${text}`);
      if (/missing stanza|stanza .* does not exist|unable to find stanza/i.test(err + out))
        return {...failed(text), kind: 'noData'};
      return failed(text);
    }
    const said = all.flatMap(line => /\bstatus: ([a-z]+)/i.exec(line)?.[1]?.toLowerCase() ?? []);
    if (said.length === 0) return unknown('noData', `pgbackrest says no status: ${last(ran)}`);
    const checked = all.reduce(
      (sum, line) => sum + number(line, 'total WAL checked') + number(line, 'total files checked'),
      0,
    );
    const bad = all.filter(line =>
      ['checksum invalid', 'size invalid', 'other'].some(name => number(line, name) > 0),
    );
    const wrong = said.filter(word => word !== 'ok' && word !== 'valid');
    const missing = all.filter(line => number(line, 'missing') > 0);
    if (wrong.length > 0 || bad.length > 0) {
      const told = [...new Set([...all.filter(line => /status: (?!ok\b|valid\b)/i.test(line)), ...bad])];
      return failed(`it says: ${told.slice(0, 3).join('; ')}`, Math.max(1, checked));
    }
    if (missing.length > 0)
      return {verdict: 'warn', kind: 'assertion', message: `files are missing: ${missing[0] ?? ''}`, checked};
    return {verdict: 'pass', kind: 'assertion', message: `status ok, ${checked} files checked`, checked};
  },
};

const walgStatus: Readonly<Record<string, Verdict>> = {OK: 'pass', WARNING: 'warn', FAILURE: 'fail'};

/** `wal-verify` looks for holes; what is in the backups it does not read. */
const walg: Tool = {
  program: 'wal-g',
  modes: ['structure'],
  needs: undefined,
  variables: {},
  words: () => ['wal-verify', 'integrity', 'timeline', '--json'],
  read: ran => {
    const value = parseJson(ran.out)?.value;
    if (ran.status !== 0) return failed(`wal-g ended with ${ran.status ?? 'a signal'}: ${last(ran)}`);
    if (!isObject(value)) return unknown('noData', `wal-g gives no JSON: ${last(ran)}`);
    const parts = Object.entries(value).map(([name, one]): Part => {
      const word = isObject(one) && typeof one['status'] === 'string' ? one['status'] : '';
      return {name, verdict: walgStatus[word] ?? 'unknown', message: word === '' ? 'no status' : word};
    });
    const integrity = value['integrity'];
    const details = isObject(integrity) && Array.isArray(integrity['details']) ? integrity['details'] : [];
    const segments = details.map((one: unknown) => ({
      count: isObject(one) && typeof one['segments_count'] === 'number' ? one['segments_count'] : 0,
      status: isObject(one) && typeof one['status'] === 'string' ? one['status'] : '',
    }));
    const checked = segments.reduce((sum, {count}) => sum + count, 0);
    const lost = segments.filter(({status}) => status !== '' && status !== 'FOUND');
    const worst = (['fail', 'unknown', 'warn'] as const).find(one =>
      parts.some(({verdict}) => verdict === one),
    );
    const told = parts.map(({name, message}) => `${name} ${message}`).join(', ');
    const holes = lost.map(({count, status}) => `${count} ${status}`).join(', ');
    const message = `${told}; ${checked} segments${holes === '' ? '' : ` (${holes})`}; what is in the backups was not read`;
    if (parts.length === 0) return unknown('noData', 'wal-g says nothing');
    return {
      verdict: worst ?? 'pass',
      kind: worst === 'unknown' ? 'noData' : 'assertion',
      message,
      checked: worst === undefined ? checked : Math.max(1, checked),
      parts,
    };
  },
};

export const tools: Readonly<Record<RepoTool, Tool>> = {restic, borg, pgbackrest, walg};
