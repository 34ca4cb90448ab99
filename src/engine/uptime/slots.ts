// Every slot of a stretch of time, one by one, from the hours of the checks that decide.
import {slotAt} from '../../domain/slo-slots.ts';
import type {Member, SlotState} from '../../domain/slo-slots.ts';
import type {Excluded, Rollups, SlotSource, Span} from '../../rollup-ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface Slot {
  readonly atMs: number;
  /** Undefined: before the first look of any check. */
  readonly state: SlotState | undefined;
  /** As if there had been no maintenance. */
  readonly seen: SlotState | undefined;
}

export interface SlotsRequest {
  readonly source: SlotSource;
  /** Begins and ends with a slot. */
  readonly span: Span;
  readonly rollups: Pick<Rollups, 'hours' | 'firstLook'>;
  readonly excluded: Excluded;
}

/** In the order of time. */
export async function slotsOf({source, span, rollups, excluded}: SlotsRequest): Promise<readonly Slot[]> {
  const {service, checks, slotMs} = source;
  const firstHour = Math.floor(span.fromMs / hourMs) * hourMs;
  const known = await Promise.all(
    checks.map(async check => {
      const name = {service, check};
      const rows = await rollups.hours(name, {fromMs: firstHour, toMs: span.toMs});
      const sinceMs = (await rollups.firstLook(name)) ?? Infinity;
      return {name, sinceMs, strips: new Map(rows.map(({atMs, strip}) => [atMs, strip]))};
    }),
  );
  const slots: Slot[] = [];
  let hour = -1;
  let members: readonly Member[] = [];
  for (let atMs = span.fromMs; atMs < span.toMs; atMs += slotMs) {
    const ofHour = Math.floor(atMs / hourMs) * hourMs;
    if (ofHour !== hour) {
      hour = ofHour;
      members = known.map(({name, sinceMs, strips}) => ({
        strip: strips.get(ofHour),
        sinceMinute: Math.min(60, Math.max(0, (sinceMs - ofHour) / minuteMs)),
        excluded: minute => excluded(name, ofHour + minute * minuteMs),
      }));
    }
    const minute = (atMs - ofHour) / minuteMs;
    const options = {slotMinutes: slotMs / minuteMs};
    slots.push({
      atMs,
      state: slotAt(members, minute, options),
      seen: slotAt(members, minute, {...options, asSeen: true}),
    });
  }
  return slots;
}

/** Length of the slots before `atMs`, the newest of which has its looks by then. */
const settleMs = 5_000;

/** From the beginning of a slot so long ago up to the end of the newest whole one. */
export function spanUpTo(
  nowMs: number,
  {slotMs, lengthMs}: {readonly slotMs: number; readonly lengthMs: number},
): Span {
  const toMs = Math.floor((nowMs - settleMs) / slotMs) * slotMs;
  return {fromMs: toMs - Math.ceil(lengthMs / slotMs) * slotMs, toMs};
}
