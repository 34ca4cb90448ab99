// Alerts: what is wrong and somebody should know. Which are open, who took them and which are silenced is a fold over
// the entries `alert.*`. Pure.
import {alertAck, alertClose, alertOpen, alertSilence} from './kinds-alert.ts';
import {longestSilenceMs} from './limits.ts';
import {maintenanceKinds, windowsAfter, type Told, type Window} from './maintenance.ts';
import {covers, type Target} from './scope.ts';
import type {Severity} from './verdict.ts';

/**
 * Something that is watched, as its watcher sees it now: a check, or what a service level says. It is asked again and
 * again, so that an alert opens and closes although nobody saw the change.
 */
export interface Finding extends Target {
  /** Stable, and of this thing alone: `check api/live`, `slo api page`. */
  readonly key: string;
  /** What it says about a service level: `burn`, `budget`. */
  readonly slo?: string;
  /** `undecided`: neither opens nor closes anything, such as a first failure or what is too old to say something. */
  readonly at: 'firing' | 'undecided' | 'clear';
  readonly severity: Severity;
  /** One line for a person. */
  readonly title: string;
  /** What was seen; untrusted text. */
  readonly message: string;
  readonly sinceMs: number;
  /** Why no alert is opened although it fires: what it depends on is down. */
  readonly because?: string;
}

export interface Acked {
  readonly operator: string;
  readonly atMs: number;
  readonly seq: number | undefined;
}

export interface Alert extends Target {
  readonly alert: string;
  readonly key: string;
  readonly slo?: string;
  readonly severity: Severity;
  readonly title: string;
  readonly sinceMs: number;
  readonly openedMs: number;
  /** The entry that opened it, once it is on disk; its `/body/message` holds what was seen. */
  readonly seq: number | undefined;
  readonly acked: Acked | undefined;
  readonly closed: {readonly why: 'recovered' | 'removed' | 'worse'; readonly atMs: number} | undefined;
}

export interface Silence {
  readonly silence: string;
  readonly on: readonly string[];
  readonly setMs: number;
  readonly untilMs: number;
  readonly untilResolved: boolean;
  readonly operator: string;
  readonly seq: number | undefined;
}

/** Everything that is known about alerts at a moment. */
export interface AlertBook {
  /** By id; closed ones stay for a while, since their end may have to be told. */
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly silences: ReadonlyMap<string, Silence>;
  readonly windows: readonly Window[];
}

/** The kinds to read for `bookAfter`. */
export const bookKinds = [
  'alert.open',
  'alert.ack',
  'alert.silence',
  'alert.close',
  ...maintenanceKinds,
] as const;

export const emptyBook: AlertBook = {alerts: new Map(), silences: new Map(), windows: []};

const keepClosedMs = 8 * 86_400_000;

export const openAlerts = ({alerts}: AlertBook): readonly Alert[] =>
  [...alerts.values()].filter(({closed}) => closed === undefined);

/** By service: who took something that fires of it. */
export const takenIn = (book: AlertBook): ReadonlyMap<string, string> =>
  new Map(
    openAlerts(book).flatMap(({service, acked: by}) =>
      by === undefined ? [] : [[service, by.operator] as const],
    ),
  );

/** The book with more entries, in their order. What is told twice (before and after it is on disk) counts once. */
export function bookAfter(before: AlertBook, told: readonly Told[]): AlertBook {
  if (told.length === 0) return before;
  const alerts = new Map(before.alerts);
  const silences = new Map(before.silences);
  for (const one of told) {
    if (one.kind === 'alert.open') opened(alerts, one);
    else if (one.kind === 'alert.ack') acked(alerts, one);
    else if (one.kind === 'alert.close') closed(alerts, silences, one);
    else if (one.kind === 'alert.silence') silenced(silences, one);
  }
  const newestMs = told.at(-1)?.atMs ?? 0;
  for (const [id, alert] of alerts)
    if (alert.closed !== undefined && alert.closed.atMs < newestMs - keepClosedMs) alerts.delete(id);
  return {alerts, silences, windows: windowsAfter(told, before.windows)};
}

function opened(alerts: Map<string, Alert>, {body, atMs, seq}: Told): void {
  const open = alertOpen.safeParse(body).data;
  if (open === undefined) return;
  const known = alerts.get(open.alert);
  if (known !== undefined) {
    alerts.set(open.alert, {...known, seq: known.seq ?? seq});
    return;
  }
  const {alert, key, service, check, slo, severity, title, sinceMs, labels = []} = open;
  alerts.set(alert, {
    alert,
    key,
    service,
    ...(check === undefined ? {} : {check}),
    ...(slo === undefined ? {} : {slo}),
    labels,
    severity,
    title,
    sinceMs,
    openedMs: atMs,
    seq,
    acked: undefined,
    closed: undefined,
  });
}

function acked(alerts: Map<string, Alert>, {body, atMs, operator, seq}: Told): void {
  const known = alerts.get(alertAck.safeParse(body).data?.alert ?? '');
  if (known === undefined || known.closed !== undefined) return;
  const ack = known.acked ?? {operator, atMs, seq};
  alerts.set(known.alert, {...known, acked: {...ack, seq: ack.seq ?? seq}});
}

/** An acknowledgement lapses with the alert, and so does a silence that was meant to, once nothing is open under it. */
function closed(alerts: Map<string, Alert>, silences: Map<string, Silence>, {body}: Told): void {
  const close = alertClose.safeParse(body).data;
  const known = alerts.get(close?.alert ?? '');
  if (close === undefined || known === undefined || known.closed !== undefined) return;
  alerts.set(known.alert, {...known, closed: {why: close.why, atMs: close.atMs}});
  if (close.why === 'worse') return;
  for (const {silence, on, untilResolved} of [...silences.values()]) {
    if (!untilResolved || !covers(on, known)) continue;
    const others = [...alerts.values()].filter(one => one.closed === undefined && covers(on, one));
    if (others.length === 0) silences.delete(silence);
  }
}

function silenced(silences: Map<string, Silence>, {body, atMs, operator, seq}: Told): void {
  const said = alertSilence.safeParse(body).data;
  if (said === undefined) return;
  const {silence, how, on, untilMs, untilResolved = false} = said;
  if (how === 'lift') silences.delete(silence);
  else if (on !== undefined && untilMs !== undefined && !silences.has(silence)) {
    const until = Math.min(untilMs, atMs + longestSilenceMs);
    silences.set(silence, {silence, on, setMs: atMs, untilMs: until, untilResolved, operator, seq});
  }
}

/** The silences in force, oldest first. */
export const silencesNow = ({silences}: AlertBook, nowMs: number): readonly Silence[] =>
  [...silences.values()].filter(({untilMs}) => nowMs < untilMs);

/** The silence that covers it longest. */
export const silenceOn = (book: AlertBook, target: Target, nowMs: number): Silence | undefined =>
  silencesNow(book, nowMs)
    .filter(({on}) => covers(on, target))
    .sort((a, b) => b.untilMs - a.untilMs)[0];
