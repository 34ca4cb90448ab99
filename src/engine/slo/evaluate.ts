// One evaluation: the figures of every promise, what its alerts make of them, and what is kept for the next one.
import {conditionsOf, nextMemory, noMemory} from '../../domain/slo-alerts.ts';
import type {SloCondition} from '../../domain/slo-alerts.ts';
import {parseSloRecord} from '../../domain/slo-record.ts';
import type {SloRecord} from '../../domain/slo-record.ts';
import type {Site} from '../../domain/site.ts';
import type {Excluded, Rollups} from '../../rollup-ports.ts';
import {measureSlos} from './measure.ts';
import type {Promised, SloStatus} from './measure.ts';

/** The services that promise something, in the order of the site. */
export const promisedIn = ({services}: Pick<Site, 'services'>): readonly Promised[] =>
  services.flatMap(({id, slo}) => (slo === undefined ? [] : [{service: id, slo}]));

export interface EvaluateRequest {
  readonly site: Pick<Site, 'services'>;
  readonly rollups: Pick<Rollups, 'slots' | 'keptSlos' | 'keepSlos'>;
  readonly nowMs: number;
  readonly excluded: Excluded;
}

export interface Evaluation {
  readonly statuses: readonly SloStatus[];
  /** Everything that fires, and what was cleared by this evaluation. */
  readonly conditions: readonly SloCondition[];
}

/** Evaluates and keeps: to be called by whoever has the monitor, as often as alerts should be noticed. */
export async function evaluateSlos({site, rollups, nowMs, excluded}: EvaluateRequest): Promise<Evaluation> {
  const statuses = await measureSlos({promised: promisedIn(site), rollups, nowMs, excluded});
  const kept = await rollups.keptSlos();
  const records = new Map<string, string>();
  const conditions = statuses.flatMap(status => {
    const before = parseSloRecord(kept.get(status.service))?.memory ?? noMemory;
    const memory = nextMemory(before, {nowMs, ...status}, status.slo);
    const {availability, coverage, consumed} = status.figures;
    const record: SloRecord = {
      v: 1,
      atMs: nowMs,
      state: status.state,
      availability,
      coverage,
      consumed,
      isOver: status.isOver,
      memory,
    };
    records.set(status.service, JSON.stringify(record));
    return conditionsOf(status.service, before, memory);
  });
  await rollups.keepSlos(records);
  return {statuses, conditions};
}

/** What was kept of the newest evaluation of each service. */
export async function sloRecords(
  rollups: Pick<Rollups, 'keptSlos'>,
): Promise<ReadonlyMap<string, SloRecord>> {
  const kept = await rollups.keptSlos();
  return new Map(
    [...kept].flatMap(([service, stored]) => {
      const record = parseSloRecord(stored);
      return record === undefined ? [] : [[service, record]];
    }),
  );
}
