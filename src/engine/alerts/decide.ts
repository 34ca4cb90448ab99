// Which alerts open and which close: what is found now against what is open. Asked again and again, so that nothing
// depends on having seen the change itself.
import {openAlerts, type Alert, type AlertBook, type Finding} from '../../domain/alert.ts';
import type {NewEntry} from '../../domain/entry.ts';
import {isOverAt, maintenanceOn, type RecurringWindow} from '../../domain/maintenance.ts';
import {timestamp} from '../../domain/time.ts';

/** Something that finds: the monitor, the service levels. */
export interface FindingSource {
  /** Whether alerts with this key are its own; one that it no longer finds is closed. */
  readonly owns: (key: string) => boolean;
  /** Undefined while it cannot tell. */
  readonly findings: () => readonly Finding[] | undefined;
}

export interface Scene {
  readonly sources: readonly FindingSource[];
  readonly book: AlertBook;
  readonly recurring: readonly RecurringWindow[];
  readonly nowMs: number;
  readonly newAlert: () => string;
}

export interface Decided {
  readonly entries: readonly NewEntry[];
  /** What fires now, by key, with what keeps it from being told. */
  readonly findings: ReadonlyMap<string, Finding>;
}

/** Why no alert is opened for it. */
export function suppression(
  finding: Finding,
  {book, recurring, nowMs}: Pick<Scene, 'book' | 'recurring' | 'nowMs'>,
): string | undefined {
  if (finding.because !== undefined) return `it depends on ${finding.because}, which is down`;
  const window = maintenanceOn({set: book.windows, recurring}, finding, nowMs);
  return window === undefined ? undefined : `maintenance ${window.name} until ${timestamp(window.untilMs)}`;
}

function openEntry(finding: Finding, alert: string): NewEntry {
  const {key, service, check, slo, labels, severity, title, sinceMs, message} = finding;
  return {
    kind: 'alert.open',
    body: {
      alert,
      key,
      service,
      ...(check === undefined ? {} : {check}),
      ...(slo === undefined ? {} : {slo}),
      ...(labels.length === 0 ? {} : {labels}),
      severity,
      title,
      sinceMs,
      since: timestamp(sinceMs),
    },
    disclosed: [{ptr: '/body/message', value: message}],
  };
}

const closeEntry = (
  {alert, key}: Alert,
  {why, nowMs}: {readonly why: 'recovered' | 'removed' | 'worse'; readonly nowMs: number},
): NewEntry => ({kind: 'alert.close', body: {alert, key, why, atMs: nowMs, at: timestamp(nowMs)}});

const isWorse = (finding: Finding, {severity}: Alert): boolean => finding.severity < severity;

/** The entries that bring the book in step with what is found; none when it is. */
export function decide(scene: Scene): Decided {
  const {sources, book, nowMs} = scene;
  const open = byKey(openAlerts(book));
  const found = new Map<string, Finding>();
  const entries: NewEntry[] = [];
  const close = (alerts: readonly Alert[], why: 'recovered' | 'removed' | 'worse'): void => {
    entries.push(...alerts.map(alert => closeEntry(alert, {why, nowMs})));
  };
  for (const source of sources) {
    const findings = source.findings();
    if (findings === undefined) continue;
    for (const finding of findings) found.set(finding.key, finding);
    for (const [key, alerts] of open) if (source.owns(key) && !found.has(key)) close(alerts, 'removed');
  }
  for (const finding of found.values()) {
    const alerts = open.get(finding.key) ?? [];
    const [newest, ...others] = alerts.toReversed();
    if (finding.at === 'clear') {
      close(alerts, 'recovered');
      continue;
    }
    // One outage has one alert, also when two processes opened one each.
    close(others, 'worse');
    if (finding.at === 'undecided' || (newest !== undefined && !isWorse(finding, newest))) continue;
    if (suppression(finding, scene) !== undefined) continue;
    if (newest !== undefined) close([newest], 'worse');
    entries.push(openEntry(finding, scene.newAlert()));
  }
  return {entries: [...entries, ...overEntries(book, nowMs)], findings: found};
}

function byKey(alerts: readonly Alert[]): ReadonlyMap<string, readonly Alert[]> {
  const found = new Map<string, Alert[]>();
  for (const alert of alerts) found.set(alert.key, [...(found.get(alert.key) ?? []), alert]);
  return found;
}

/** The end of a window that ran out is recorded, as somebody's is. */
const overEntries = ({windows}: AlertBook, nowMs: number): NewEntry[] =>
  windows
    .filter(window => window.endedMs === undefined && isOverAt(window, nowMs))
    .map(({window}) => ({kind: 'maintenance.end', body: {window, why: 'over'}}));
