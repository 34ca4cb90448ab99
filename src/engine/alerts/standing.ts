// How alerts stand: for whoever shows them, a command or a screen.
import type {QueuedItem} from '../../alert-ports.ts';
import {
  openAlerts,
  silenceOn,
  type Alert,
  type AlertBook,
  type Finding,
  type Silence,
} from '../../domain/alert.ts';
import {maintenanceOn, type RecurringWindow} from '../../domain/maintenance.ts';
import {suppression} from './decide.ts';

export interface StandingScene {
  readonly book: AlertBook;
  readonly recurring: readonly RecurringWindow[];
  /** The queue: what is told, was told, and could not be. */
  readonly items: readonly QueuedItem[];
  readonly nowMs: number;
}

/** An open alert, and what keeps it from being told again. */
export interface Standing {
  readonly alert: Alert;
  readonly silence: Silence | undefined;
  readonly maintenance: {readonly name: string; readonly untilMs: number} | undefined;
  readonly told: readonly QueuedItem[];
}

/** The open alerts, the gravest and then the newest first. */
export const standings = ({book, recurring, items, nowMs}: StandingScene): readonly Standing[] =>
  [...openAlerts(book)]
    .sort((a, b) => a.severity.localeCompare(b.severity) || b.openedMs - a.openedMs)
    .map(alert => ({
      alert,
      silence: silenceOn(book, alert, nowMs),
      maintenance: maintenanceOn({set: book.windows, recurring}, alert, nowMs),
      told: items.filter(item => item.alert === alert.alert),
    }));

/** What fires and yet opens no alert, with the reason: a dependency, maintenance. */
export const heldFindings = (
  findings: readonly Finding[],
  scene: Pick<StandingScene, 'book' | 'recurring' | 'nowMs'>,
): readonly {readonly finding: Finding; readonly why: string}[] =>
  findings.flatMap(finding => {
    const why = finding.at === 'firing' ? suppression(finding, scene) : undefined;
    return why === undefined ? [] : [{finding, why}];
  });

/** What waits to be told, also of alerts that are over; the oldest first. */
export const waitingIn = (items: readonly QueuedItem[]): readonly QueuedItem[] =>
  items.filter(({at}) => at === 'waiting').sort((a, b) => a.queuedMs - b.queuedMs);
