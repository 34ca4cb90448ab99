// Holds: what must not be erased, as a fold over the entries that set and lift them.
import type {Entry, StoredEntry} from '../domain/entry.ts';
import {holdLift, holdSet, type Scope} from '../domain/kinds-ledger.ts';

export const holdKinds = ['hold.set', 'hold.lift'];

export interface Hold {
  readonly id: string;
  readonly scope: Scope;
  /** The entry that set it, when, and who did. */
  readonly seq: number;
  readonly ts: string;
  readonly operator: string;
}

/** The holds in force after these entries, oldest first; entries of other kinds are passed over. */
export function holdsAfter(entries: readonly Pick<StoredEntry, 'seq' | 'entry'>[]): readonly Hold[] {
  const holds = new Map<string, Hold>();
  for (const {seq, entry} of entries) {
    const {kind, body, ts, actor} = entry;
    if (kind === 'hold.set') {
      const set = holdSet.safeParse(body);
      if (set.success)
        holds.set(set.data.id, {id: set.data.id, scope: set.data.scope, seq, ts, operator: actor.operator});
    } else if (kind === 'hold.lift') {
      const lift = holdLift.safeParse(body);
      if (lift.success) holds.delete(lift.data.id);
    }
  }
  return [...holds.values()];
}

const covers = (scope: Scope, {seq, run}: Pick<Entry, 'seq' | 'run'>): boolean => {
  switch (scope.at) {
    case 'all':
      return true;
    case 'run':
      return scope.run === run;
    case 'range':
      return seq >= scope.from && seq < scope.to;
  }
};

/** The hold that keeps the values of an entry, the oldest when there are several. */
export const holdOn = (holds: readonly Hold[], entry: Pick<Entry, 'seq' | 'run'>): Hold | undefined =>
  holds.find(({scope}) => covers(scope, entry));

/** `everything`, `the run …` or `the entries 4 to 9`. */
export function scopeWords(scope: Scope): string {
  switch (scope.at) {
    case 'all':
      return 'everything';
    case 'run':
      return `the run ${scope.run}`;
    case 'range':
      return scope.to === scope.from + 1
        ? `the entry ${scope.from}`
        : `the entries ${scope.from} to ${scope.to - 1}`;
  }
}
