// The run engine as commands (and the console) use it: everything it needs, taken from the command's context.
import {QdError} from '../domain/error.ts';
import type {Source} from '../domain/run.ts';
import type {Runbook} from '../domain/runbook.ts';
import type {CommandContext} from '../define.ts';
import {createRunDesk, type RunDesk, type RunWorld} from '../engine/run/index.ts';
import {lookNow} from '../engine/run/look-now.ts';
import {parseRunbook} from '../runbook/index.ts';

/** How a desk is opened for one command; `extra` are runbooks named by file, which belong to no site. */
export interface DeskRequest {
  readonly source: Source;
  readonly extra?: readonly Runbook[];
  /** Measured round trip of the terminal, for the grace of confirmations. */
  readonly roundTripMs?: () => number;
  /** Hands the terminal to a step runner with this job; without it, programs that need a terminal are not run. */
  readonly terminal?: NonNullable<RunWorld['terminal']>;
}

/** Throws SITE_*, HOME_UNSAFE, LEDGER_*; a ledger that can only be read gives a desk that refuses to act. */
export async function openDesk(
  context: CommandContext,
  {source, extra = [], roundTripMs = () => 0, terminal}: DeskRequest,
): Promise<RunDesk> {
  const site = await context.site();
  const ledger = await context.ledger();
  const {checks, steps, files, processes, clock, env, random, actor, session, version, secrets} = context;
  return createRunDesk({
    ledger,
    site,
    steps,
    runbooks: async () => [...(await context.runbooks()), ...extra],
    parse: request =>
      parseRunbook({
        ...request,
        root: site.dir,
        ...(site.phases === undefined ? {} : {phases: site.phases}),
      }),
    look: lookNow({site, checks, ports: context}),
    files,
    processes,
    runners: context.runners(ledger.dir),
    secrets,
    clock,
    env,
    random,
    actor,
    session,
    version,
    source,
    onward: run => context.again(ledger.dir, ['runbook', 'resume', run, '--unattended']),
    ...(terminal === undefined ? {} : {terminal}),
    graceMs: () => Math.max(400, roundTripMs() + 250),
  });
}

/** `ID#procedure` or `FILE#procedure`, taken apart. */
export function procedureName(name: string): {readonly runbook: string; readonly procedure?: string} {
  const hash = name.lastIndexOf('#');
  if (hash === -1) return {runbook: name};
  const [runbook, procedure] = [name.slice(0, hash), name.slice(hash + 1)];
  if (runbook === '' || procedure === '') {
    throw new QdError('USAGE', `"${name}" names no procedure.`, {hint: 'Write RUNBOOK#PROCEDURE.'});
  }
  return {runbook, procedure};
}
