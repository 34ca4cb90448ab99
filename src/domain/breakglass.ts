// Break-glasses: guards that somebody opened for a while, for a reason. A fold over the entries `breakglass.*`. Pure.
import {breakglassClose, breakglassOpen, breakglassUse} from './kinds-run.ts';
import type {StoredEntry} from './entry.ts';
import {instantOf} from './time.ts';

/** Nobody opens guards for longer than this. */
export const longestGlassMs = 4 * 3_600_000;

/** In the list of guards of a glass: every guard that is not absolute. */
export const allGuards = 'all';

/** The kinds to read for `openGlasses`. */
export const glassKinds = ['breakglass.open', 'breakglass.use', 'breakglass.close'] as const;

export interface Glass {
  readonly glass: string;
  /** Ids of guards, or `all`. */
  readonly guards: readonly string[];
  readonly openedMs: number;
  readonly untilMs: number;
  /** The entry that opened it; its `/body/reason` says why. */
  readonly seq: number;
  readonly operator: string;
  readonly session: string;
  /** How many refusals it let pass so far. */
  readonly used: number;
}

/** Every glass that no entry closed, oldest first, also those that are over by now. `entries` in the order of the log. */
export function unclosedGlasses(entries: readonly StoredEntry[]): readonly Glass[] {
  const glasses = new Map<string, Glass>();
  for (const {seq, entry} of entries) {
    if (entry.kind === 'breakglass.open') {
      const body = breakglassOpen.safeParse(entry.body);
      const openedMs = instantOf(entry.ts);
      if (!body.success || openedMs === undefined) continue;
      const {glass, guards, untilMs} = body.data;
      const {operator} = entry.actor;
      const until = Math.min(untilMs, openedMs + longestGlassMs);
      const opened = {
        glass,
        guards,
        openedMs,
        untilMs: until,
        seq,
        operator,
        session: entry.session,
        used: 0,
      };
      if (!glasses.has(glass)) glasses.set(glass, opened);
    } else if (entry.kind === 'breakglass.use') {
      const body = breakglassUse.safeParse(entry.body);
      const glass = body.success ? glasses.get(body.data.glass) : undefined;
      if (glass !== undefined) glasses.set(glass.glass, {...glass, used: glass.used + 1});
    } else if (entry.kind === 'breakglass.close') {
      const body = breakglassClose.safeParse(entry.body);
      if (body.success) glasses.delete(body.data.glass);
    }
  }
  return [...glasses.values()];
}

/** A clock that stands before the opening proves nothing about the end: it counts as over. */
export const isOver = ({openedMs, untilMs}: Glass, nowMs: number): boolean =>
  nowMs >= untilMs || nowMs < openedMs - clockSlackMs;

/** The entry's time may be a little ahead of a clock that is read in another process. */
const clockSlackMs = 60_000;

/** The glasses that let refusals pass at `nowMs`, oldest first. */
export const openGlasses = (entries: readonly StoredEntry[], nowMs: number): readonly Glass[] =>
  unclosedGlasses(entries).filter(glass => !isOver(glass, nowMs));

/** The first open glass that lets this guard's refusals pass; none ever for an absolute guard. */
export const glassFor = (
  guard: {readonly id: string; readonly absolute: boolean},
  glasses: readonly Glass[],
): Glass | undefined =>
  guard.absolute
    ? undefined
    : glasses.find(({guards}) => guards.includes(guard.id) || guards.includes(allGuards));
