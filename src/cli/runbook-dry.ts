// `runbook run --dry-run`: works without a ledger, on a site that is not trusted, and for a file without any site.
import type {CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {show} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import type {Values} from '../domain/variables.ts';
import {procedureOf} from '../engine/run/choosing.ts';
import {plansFor} from '../engine/run/plans.ts';
import {scriptText} from '../engine/scripts.ts';
import {guardsOf} from '../guards/index.ts';
import {dryLines, dryRun, type DryScene} from './run-dry.ts';
import {procedureName} from './run-desk.ts';
import {askedBy, checkGiven} from './run-variables.ts';
import {anyRunbook} from './runbook-file.ts';

export interface DryRequest {
  /** `ID` or `FILE`, with `#PROCEDURE` where it holds several. */
  readonly name: string;
  readonly service: string | undefined;
  readonly given: Values;
}

/** Prints it; status 1 when a step could not be walked or would be refused. Throws RUNBOOK_NOT_FOUND, USAGE, SITE_INVALID. */
export async function printDryRun(context: CommandContext, request: DryRequest): Promise<number> {
  const {runbook, procedure, site, plans, first, later} = await planned(context, request);
  const defaults = [...first, ...later].flatMap(({name: of, default: value}): [string, string][] =>
    value === undefined ? [] : [[of, value]],
  );
  const cwd = runbook.meta.cwd ?? site?.dir;
  const scene: DryScene = {
    runbook,
    procedure,
    site,
    service: request.service ?? onlyService(runbook.meta.services),
    plans,
    guards: guardsOf(site, runbook, procedure),
    asked: first,
    values: new Map([...defaults, ...request.given]),
    ...(cwd === undefined ? {} : {cwd}),
    scriptText: scriptText(context.files),
  };
  const run = await dryRun(scene);
  for (const line of dryLines(scene, run)) context.talk.out(show(line));
  const isBroken = run.stuck > 0 || runbook.problems.some(({level}) => level === 'error');
  return isBroken ? exit.no : exit.good;
}

/** Throws USAGE for a value that the procedure does not ask for, or would refuse, before anything is recorded. */
export async function assertAsked(
  context: CommandContext,
  request: Pick<DryRequest, 'name' | 'given'>,
): Promise<void> {
  await planned(context, request);
}

async function planned(context: CommandContext, {name, given}: Pick<DryRequest, 'name' | 'given'>) {
  const {runbook: id, procedure: slug} = procedureName(name);
  const runbook = await anyRunbook(context, id);
  const procedure = procedureOf(runbook, slug);
  const site = await siteIfAny(context);
  const plans = plansFor(runbook, context.steps, site);
  const asked = askedBy({runbook, procedure, plans}, context.env);
  checkGiven(given, [...asked.first, ...asked.later]);
  return {runbook, procedure, site, plans, ...asked};
}

const onlyService = (services: readonly string[]): string =>
  services.length === 1 ? (services[0] ?? '') : '';

async function siteIfAny(context: CommandContext): Promise<Site | undefined> {
  try {
    return await context.site();
  } catch (error) {
    if (error instanceof QdError && error.code === 'SITE_NOT_FOUND') return undefined;
    throw error;
  }
}
