// The job of every fifteen minutes: evaluate, write the line of the guard, and the hours that are over.
import type {Site} from '../../domain/site.ts';
import type {Clock, Ledger} from '../../ports.ts';
import type {Excluded, Rollups} from '../../rollup-ports.ts';
import type {NdjsonLog} from '../logs/index.ts';
import {evaluateSlos, promisedIn} from './evaluate.ts';
import type {Evaluation} from './evaluate.ts';
import {guardLine} from './guard-line.ts';
import {hourWriter} from './hours.ts';

export interface SloJobRequest {
  readonly site: Pick<Site, 'services'>;
  readonly rollups: Rollups;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** logs/slo_guard.ndjson. */
  readonly log: NdjsonLog;
  /** Maintenance that was recorded before it began. */
  readonly excluded: Excluded;
  /** Where alerts evaluate as well: theirs, since only one at a time may. */
  readonly evaluate?: (() => Promise<Evaluation>) | undefined;
}

export interface SloJobOutcome extends Evaluation {
  /** What could not be written; it is tried again the next time. */
  readonly problems: readonly string[];
}

export interface SloJob {
  /** Does nothing where nothing is promised. */
  run(): Promise<SloJobOutcome>;
}

export function createSloJob({site, rollups, ledger, clock, log, excluded, evaluate}: SloJobRequest): SloJob {
  const promised = promisedIn(site);
  const hours = hourWriter(ledger, () => ({promised, rollups, excluded}));
  return {
    async run() {
      if (promised.length === 0) return {statuses: [], conditions: [], problems: []};
      const nowMs = clock.nowMs();
      const evaluation = await (evaluate?.() ?? evaluateSlos({site, rollups, nowMs, excluded}));
      log.add({...guardLine(evaluation.statuses, nowMs)});
      await log.flush();
      const written = await hours.write(nowMs);
      const problems = [
        ...(log.problem === undefined ? [] : [log.problem]),
        ...(written === undefined ? [] : [`hours of SLOs wait to be recorded: ${written}`]),
      ];
      return {...evaluation, problems};
    },
  };
}
