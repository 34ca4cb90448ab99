// Who may write to a service: a fold over the entries of runs, so that it can always be built again from the log.
import type {LeaseHolder} from '../domain/entry.ts';

/** What the fold needs of an entry. */
export interface LeaseEvent {
  readonly seq: number;
  readonly kind: string;
  readonly run?: string;
  readonly session: string;
  readonly operator: string;
  readonly ts: string;
  readonly lease?: {readonly service: string; readonly how: string};
}

export interface Leases {
  readonly holders: ReadonlyMap<string, LeaseHolder>;
  /** Current fence of each open run that has one. */
  readonly fences: ReadonlyMap<string, number>;
}

export const noLeases: Leases = {holders: new Map(), fences: new Map()};

const granting = new Set(['run.start', 'run.resume', 'run.handover']);

/** Whether an entry of this kind may grant a lease and sets its run's fence. */
export const grants = (kind: string): boolean => granting.has(kind);

/** Whether the fold can be changed by such an entry. */
export const touchesLeases = (kind: string, lease: unknown): boolean =>
  grants(kind) || kind === 'run.finish' || lease !== undefined;

/** The state after one more entry. */
export function afterEntry(state: Leases, event: LeaseEvent): Leases {
  const {run, lease, kind, seq} = event;
  if (run === undefined || !touchesLeases(kind, lease)) return state;
  const holders = new Map(state.holders);
  const fences = new Map(state.fences);
  if (kind === 'run.finish') {
    for (const [service, holder] of holders) if (holder.run === run) holders.delete(service);
    fences.delete(run);
  } else if (grants(kind)) {
    const {session, operator, ts: since} = event;
    const before = lease === undefined ? undefined : holders.get(lease.service);
    if (before !== undefined && before.run !== run) fences.delete(before.run);
    fences.set(run, seq);
    for (const [service, holder] of holders) {
      if (holder.run === run) holders.set(service, {service, run, fence: seq, session, operator, since});
    }
    if (lease !== undefined)
      holders.set(lease.service, {service: lease.service, run, fence: seq, session, operator, since});
  } else if (lease !== undefined && holders.get(lease.service)?.run === run) {
    holders.delete(lease.service);
    fences.delete(run);
  }
  return {holders, fences};
}
