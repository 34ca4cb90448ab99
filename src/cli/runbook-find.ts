// Which runbooks a list shows: those with a tag, for a service, that hold a text, or for an alert.
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {runbooksFor, searchRunbooks, type RunbookFound, type SearchHit} from '../domain/runbook-find.ts';
import type {Runbook} from '../domain/runbook.ts';
import type {Service} from '../domain/site.ts';

export interface Row {
  readonly runbook: Runbook;
  /** The procedure that fits an alert, when it is one of several. */
  readonly procedure?: string;
  /** Where a text was found. */
  readonly lines: SearchHit['lines'];
  /** Why it is offered for an alert. */
  readonly why: readonly string[];
}

export interface Wanted {
  readonly tag: readonly string[];
  readonly service: string | undefined;
  readonly search: string | undefined;
  /** `service` or `service/check`. */
  readonly for: string | undefined;
}

/** The runbooks that fit, the best first for an alert or a text. Throws UNKNOWN_NAME for names that the site does not have. */
export async function rowsFor(
  context: CommandContext,
  all: readonly Runbook[],
  {tag, service, search, for: alert}: Wanted,
): Promise<Row[]> {
  const ofService = service === undefined ? undefined : await idsOf(context, service);
  const hits = search === undefined ? undefined : searchRunbooks(search, all);
  const plain = (runbook: Runbook): Row => ({runbook, lines: [], why: []});
  const ranked =
    alert === undefined
      ? (hits ?? all.map(runbook => ({runbook}))).map(({runbook}) => plain(runbook))
      : (await fitting(context, all, alert)).map(({runbook, procedure, why}) => ({
          ...plain(runbook),
          why,
          ...(procedure === undefined ? {} : {procedure: procedure.id}),
        }));
  const tags = tag.map(lower);
  return ranked
    .filter(({runbook}) => tags.every(each => runbook.meta.tags.map(lower).includes(each)))
    .filter(
      ({runbook: {id, meta}}) =>
        ofService === undefined || meta.services.includes(service ?? '') || ofService.includes(id),
    )
    .flatMap(row => {
      if (hits === undefined) return [row];
      const hit = hits.find(({runbook}) => runbook === row.runbook);
      return hit === undefined ? [] : [{...row, lines: hit.lines}];
    });
}

const lower = (text: string): string => text.toLowerCase();

async function fitting(
  context: CommandContext,
  runbooks: readonly Runbook[],
  alert: string,
): Promise<readonly RunbookFound[]> {
  const {services} = await context.site();
  const slash = alert.indexOf('/');
  const [service, check] =
    slash === -1 ? [alert, undefined] : [alert.slice(0, slash), alert.slice(slash + 1)];
  const known = serviceNamed(service, services);
  if (check !== undefined && !known.checks.some(({id}) => id === check)) {
    const ids = known.checks.map(({id}) => id);
    throw new QdError('UNKNOWN_NAME', `${service} has no check "${check}".${didYouMean(check, ids)}`, {
      hint: ids.length === 0 ? 'It has no checks.' : `It has: ${ids.join(', ')}.`,
    });
  }
  return runbooksFor({
    service,
    suggested: known.runbooks,
    tags: known.labels,
    runbooks,
    ...(check === undefined ? {} : {check}),
  });
}

function serviceNamed(name: string, services: readonly Service[]): Service {
  const known = services.find(({id}) => id === name);
  if (known !== undefined) return known;
  const ids = services.map(({id}) => id);
  throw new QdError('UNKNOWN_NAME', `There is no service "${name}".${didYouMean(name, ids)}`, {
    hint: ids.length === 0 ? 'The site has no services.' : `The site has: ${ids.join(', ')}.`,
  });
}

/** Ids of the runbooks that the site file names for a service; without a site, only the runbooks say it. */
async function idsOf(context: CommandContext, service: string): Promise<readonly string[]> {
  try {
    const {services} = await context.site();
    return serviceNamed(service, services).runbooks.map(name => name.split('#')[0] ?? name);
  } catch (error) {
    if (error instanceof QdError && error.code === 'SITE_NOT_FOUND') return [];
    throw error;
  }
}
