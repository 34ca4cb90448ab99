// The job that evaluates SLOs, as the schedule runs it: figures into telemetry, its line into logs/slo_guard.ndjson.
import path from 'node:path';
import type {CommandContext} from '../define.ts';
import type {Site} from '../domain/site.ts';
import {createNdjsonLog} from '../engine/logs/index.ts';
import type {JobDone} from '../engine/schedule/index.ts';
import {createSloJob, promisedIn, type SloJobOutcome, type SloWatch} from '../engine/slo/index.ts';
import {createUptimeLog, type UptimeLog} from '../engine/uptime/index.ts';
import type {Ledger, Telemetry} from '../ports.ts';
import type {Excluded} from '../rollup-ports.ts';

/** Where the files of the data directory lie that other tools read line by line. */
const logsIn = (home: string): string => path.join(home, 'logs');

function told({statuses, conditions, problems}: SloJobOutcome): JobDone {
  const [problem] = problems;
  if (problem !== undefined) return {outcome: 'unknown', message: problem};
  const over = statuses.filter(({isOver}) => isOver).map(({service}) => service);
  const firing = conditions.filter(({at}) => at === 'firing').length;
  return {
    outcome: 'passed',
    message: `${statuses.length} SLOs evaluated, ${over.length === 0 ? 'none over its budget alert' : `over the budget alert: ${over.join(', ')}`}, ${firing} alerts firing`,
  };
}

/** The same job each time, since it remembers which hours were written. */
export function sloJob({
  site,
  ledger,
  telemetry,
  home,
  context,
  excluded,
  evaluate,
}: {
  readonly site: Site;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  readonly home: string;
  readonly context: Pick<CommandContext, 'clock' | 'files'>;
  /** Maintenance that was recorded before it began. */
  readonly excluded: Excluded;
  /** Where alerts evaluate as well. */
  readonly evaluate?: SloWatch['evaluate'];
}): () => Promise<JobDone> {
  const {clock, files} = context;
  const job = createSloJob({
    site,
    rollups: telemetry,
    ledger,
    clock,
    log: createNdjsonLog({files, dir: logsIn(home), name: 'slo_guard'}),
    excluded,
    evaluate,
  });
  return async () =>
    promisedIn(site).length === 0
      ? {outcome: 'skipped', message: 'not configured: no service has an `slo`'}
      : told(await job.run());
}

/** logs/uptime.ndjson of this data directory. */
export const uptimeLog = (site: Site, home: string, {files}: Pick<CommandContext, 'files'>): UptimeLog =>
  createUptimeLog(site, createNdjsonLog({files, dir: logsIn(home), name: 'uptime'}));
