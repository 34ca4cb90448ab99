// Channels that are where somebody looks: each process rings its own, whichever of them runs the monitor. Nothing of it
// is queued or kept: what was missed stands on the screen.
import type {AlertPlan} from '../../domain/alert-plan.ts';
import type {Alert, AlertBook, Finding} from '../../domain/alert.ts';
import type {RecurringWindow} from '../../domain/maintenance.ts';
import type {Telling} from '../../domain/notice.ts';
import {holdFor, waysOf, type ChannelFacts} from './plan.ts';

export interface Ringing {
  readonly channel: string;
  readonly alerts: readonly {readonly alert: Alert; readonly as: Telling}[];
}

export interface RingerRequest {
  readonly plan: AlertPlan;
  readonly recurring: readonly RecurringWindow[];
  /** Only those that are local. */
  readonly channels: readonly ChannelFacts[];
  /** What began before that is no news. */
  readonly sinceMs: number;
}

/** What rings now, once each; gives also when the answer is another one by itself. */
export function createRinger({plan, recurring, channels, sinceMs}: RingerRequest) {
  const rung = new Set<string>();
  return (
    book: AlertBook,
    {findings, nowMs}: {readonly findings: ReadonlyMap<string, Finding>; readonly nowMs: number},
  ): {readonly ringings: readonly Ringing[]; readonly nextMs: number} => {
    const base = {plan, channels, book, recurring, findings, items: [], states: [], isSending: () => false};
    let nextMs = Infinity;
    const isDue = (alert: Alert, channel: string): boolean => {
      if (alert.openedMs < sinceMs || alert.acked !== undefined) return false;
      if (!waysOf(alert, plan, channels).has(channel)) return false;
      const hold = holdFor(alert, channel, {...base, nowMs});
      if (hold?.untilMs !== undefined) nextMs = Math.min(nextMs, hold.untilMs);
      return hold === undefined;
    };
    const ringings = channels.map(({name: channel}): Ringing => {
      const alerts = [...book.alerts.values()].flatMap((alert): Ringing['alerts'] => {
        const key = `${channel}\n${alert.alert}`;
        if (alert.closed !== undefined)
          return rung.delete(key) && alert.closed.why !== 'worse' ? [{alert, as: 'resolved'}] : [];
        if (rung.has(key) || !isDue(alert, channel)) return [];
        rung.add(key);
        return [{alert, as: 'firing'}];
      });
      return {channel, alerts};
    });
    return {ringings: ringings.filter(({alerts}) => alerts.length > 0), nextMs};
  };
}
