// Maintenance: when alerts are not opened because somebody works there, said beforehand. A fold over entries, and what
// the site file repeats every week. Pure.
import type {StoredEntry} from './entry.ts';
import {maintenanceEnd, maintenanceSet} from './kinds-alert.ts';
import {spansIn, type Recurring, type Span} from './local-time.ts';
import {covers, type Target} from './scope.ts';
import {instantOf} from './time.ts';

export const maintenanceKinds = ['maintenance.set', 'maintenance.end'] as const;

/** A window that repeats, from the site file. */
export interface RecurringWindow {
  readonly name: string;
  readonly on: readonly string[];
  readonly reason: string;
  readonly when: Recurring;
}

/** A window that somebody set. */
export interface Window {
  readonly window: string;
  readonly on: readonly string[];
  /** As it was said. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** When it was recorded; what lies before is only an annotation. */
  readonly recordedMs: number;
  /** The entry; its `/body/reason` says why. */
  readonly seq: number | undefined;
  readonly operator: string;
  /** Ended by an entry, at that time. */
  readonly endedMs: number | undefined;
}

/** An entry as folds read it; one that is not on disk yet has no `seq`. */
export interface Told {
  readonly kind: string;
  readonly body: unknown;
  readonly atMs: number;
  readonly operator: string;
  readonly seq: number | undefined;
}

/** Undefined for an entry whose time cannot be read. */
export function toldBy({seq, entry}: StoredEntry): Told | undefined {
  const atMs = instantOf(entry.ts);
  if (atMs === undefined) return undefined;
  return {kind: entry.kind, body: entry.body, atMs, operator: entry.actor.operator, seq};
}

/** Every window that was set, oldest first; an entry that is told twice counts once. */
export function windowsAfter(told: Iterable<Told>, before: readonly Window[] = []): readonly Window[] {
  const windows = new Map(before.map(window => [window.window, window]));
  for (const {kind, body, atMs, operator, seq} of told) {
    if (kind === 'maintenance.set') {
      const set = maintenanceSet.safeParse(body).data;
      if (set === undefined) continue;
      const {window, on, fromMs, untilMs} = set;
      const known = windows.get(window);
      if (known === undefined)
        windows.set(window, {
          window,
          on,
          fromMs,
          untilMs,
          recordedMs: atMs,
          seq,
          operator,
          endedMs: undefined,
        });
      else windows.set(window, {...known, seq: known.seq ?? seq});
    } else if (kind === 'maintenance.end') {
      const end = maintenanceEnd.safeParse(body).data;
      const known = end === undefined ? undefined : windows.get(end.window);
      if (known !== undefined) windows.set(known.window, {...known, endedMs: known.endedMs ?? atMs});
    }
  }
  return [...windows.values()];
}

/** From when to when it counts: never before it was recorded, and never after somebody ended it. */
export const spanOf = ({fromMs, untilMs, recordedMs, endedMs}: Window): Span => ({
  fromMs: Math.max(fromMs, recordedMs),
  untilMs: Math.min(untilMs, endedMs ?? untilMs),
});

export const isOverAt = (window: Window, nowMs: number): boolean => nowMs >= spanOf(window).untilMs;

export interface Plans {
  readonly set: readonly Window[];
  readonly recurring: readonly RecurringWindow[];
}

/** What covers the target now: the name of a recurring window, or the id of one that was set. */
export function maintenanceOn(
  {set, recurring}: Plans,
  target: Target,
  nowMs: number,
): {readonly name: string; readonly untilMs: number} | undefined {
  const found = spansOn({set, recurring}, target, {fromMs: nowMs, untilMs: nowMs + 1});
  return found.reduce<(typeof found)[number] | undefined>(
    (longest, one) => (longest === undefined || one.untilMs > longest.untilMs ? one : longest),
    undefined,
  );
}

/** Every stretch of maintenance of the target within the span, for what is counted over time; they may overlap. */
export function spansOn(
  {set, recurring}: Plans,
  target: Target,
  within: Span,
): readonly (Span & {readonly name: string})[] {
  return [
    ...set
      .filter(({on}) => covers(on, target))
      .map(window => ({...spanOf(window), name: window.window}))
      .filter(({fromMs, untilMs}) => fromMs < untilMs && fromMs < within.untilMs && untilMs > within.fromMs),
    ...recurring
      .filter(({on}) => covers(on, target))
      .flatMap(({name, when}) => spansIn(when, within).map(span => ({...span, name}))),
  ];
}
