// Finds, reads, parses and resolves a site, and says whether it is trusted.
import {join} from 'node:path';
import type {AnyChannel} from '../define-channel.ts';
import type {AnyCheck} from '../define.ts';
import {QdError} from '../domain/error.ts';
import type {Site} from '../domain/site.ts';
import {budgetPartsOf} from '../domain/slo-spec.ts';
import type {Env, Files} from '../ports.ts';
import {found} from './explain.ts';
import {findSite, siteFileName, type SiteFolder} from './find.ts';
import {parseSite} from './parse.ts';
import {inOrder, type SiteProblem} from './problem.ts';
import {readSite, type SiteBytes} from './read.ts';
import {resolveSite, type Defaults, type ResolvedSite} from './resolve.ts';
import {longestWindowDays} from './slo.ts';
import {withTelegram} from './telegram.ts';
import {trustOf} from './trust.ts';

export interface LoadRequest {
  /** Value of `--site`. */
  readonly siteDir?: string | undefined;
  readonly cwd: string;
  readonly env: Env;
  readonly files: Files;
  readonly checks: readonly AnyCheck[];
  readonly channels?: readonly AnyChannel[];
  /** Ids of shipped runbooks; those of the site are found. */
  readonly runbookIds: readonly string[];
  readonly uid: number;
}

/** A problem with the file it is in, absolute. */
export interface FileProblem extends SiteProblem {
  readonly file: string;
}

export interface Linted {
  readonly folder: SiteFolder;
  readonly file: string;
  readonly bytes: SiteBytes;
  /** In the order of the file. A runbook that cannot be read is one, but the site can be used without it. */
  readonly problems: readonly FileProblem[];
  readonly site: ResolvedSite | undefined;
}

/** Throws SITE_NOT_FOUND, and SITE_INVALID with the place of the first problem and the number of the others. */
export async function loadSite(request: LoadRequest): Promise<Site> {
  const linted = await lintSite(request);
  const {folder, file, bytes, site} = linted;
  if (site === undefined) throw invalid(linted);
  const trust = await trustOf(folder, bytes, request);
  const alerts = withTelegram(site.alerts, request.env);
  return {
    ...site,
    ...(alerts === undefined ? {} : {alerts}),
    dir: folder.dir,
    file,
    hashes: bytes.hashes,
    trust,
  };
}

/** Everything that is wrong; throws SITE_NOT_FOUND only. */
export async function lintSite(request: LoadRequest): Promise<Linted> {
  const folder = await findSite(request);
  const file = join(folder.dir, siteFileName);
  const bytes = await readSite(folder.dir, request.files);
  const unread = [...bytes.failures].map(([path, {message}]) => ({
    file: join(folder.dir, path),
    line: 1,
    column: 1,
    message: `cannot be read: ${message}`,
  }));
  const content = bytes.contents.get(siteFileName);
  if (content === undefined) return {folder, file, bytes, problems: unread, site: undefined};
  const {defaults, problems: wrongDefaults} = defaultsFrom(request.env);
  const resolved = resolveSite(parseSite(content), {
    checks: request.checks,
    ...(request.channels === undefined ? {} : {channels: request.channels}),
    runbookIds: new Set([...request.runbookIds, ...bytes.runbookIds]),
    defaults,
  });
  const own = inOrder([...(resolved.ok ? [] : resolved.problems), ...wrongDefaults]);
  const problems = [...own.map(problem => ({...problem, file})), ...unread];
  return {
    folder,
    file,
    bytes,
    problems,
    site: resolved.ok && own.length === 0 ? resolved.site : undefined,
  };
}

export function invalid({problems, file}: Pick<Linted, 'problems' | 'file'>): QdError {
  const [first] = problems;
  const more = problems.length - 1;
  const rest = more < 1 ? '' : ` (and ${more} more problem${more === 1 ? '' : 's'})`;
  const at = first === undefined ? file : `${first.file}:${first.line}:${first.column}`;
  const lint = 'Run `quarterdeck site lint` to see every problem.';
  return new QdError('SITE_INVALID', `${at}: ${first?.message ?? 'cannot be read'}${rest}`, {
    hint: [first?.hint, more > 0 || first?.hint === undefined ? lint : undefined].filter(Boolean).join(' '),
    file: first?.file ?? file,
    line: first?.line ?? 1,
    column: first?.column ?? 1,
  });
}

function defaultsFrom(env: Env): {readonly defaults: Defaults; readonly problems: readonly SiteProblem[]} {
  const problems: SiteProblem[] = [];
  const whole = (name: string, most: number): number | undefined => {
    const text = env.get(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= most) return value;
    const message = `the environment variable ${name}: expected a whole number from 1 to ${most}, found ${found(text)}`;
    problems.push({line: 1, column: 1, message, hint: `Correct ${name} or unset it.`});
    return undefined;
  };
  const strikesToFail = whole('UPTIME_STRIKES', 100) ?? 2;
  const seconds = whole('UPTIME_INTERVAL_SEC', 604_800);
  const days = whole('SLO_WINDOW_DAYS', longestWindowDays);
  const budgetParts = targetFrom(env, problems);
  const slo = {
    ...(days === undefined ? {} : {windowMs: days * 86_400_000}),
    ...(budgetParts === undefined ? {} : {budgetParts}),
  };
  const everyMs = seconds === undefined ? undefined : seconds * 1000;
  return {defaults: {strikesToFail, everyMs, slo}, problems};
}

function targetFrom(env: Env, problems: SiteProblem[]): number | undefined {
  const text = env.get('SLO_TARGET');
  if (text === undefined) return undefined;
  const budgetParts = budgetPartsOf(text);
  if (budgetParts !== undefined) return budgetParts;
  const message = `the environment variable SLO_TARGET: expected a target such as 0.995 or 99.5%, found ${found(text)}`;
  problems.push({line: 1, column: 1, message, hint: 'Correct SLO_TARGET or unset it.'});
  return undefined;
}
