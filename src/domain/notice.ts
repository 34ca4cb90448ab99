// What is told: one notice about one or several alerts, and its words for people. Nothing in it needs escaping for a
// terminal, since every text passes `show`; a channel escapes for its receiver.
import {say, show, type Shown} from './show.ts';
import type {Environment} from './site.ts';
import {timestamp} from './time.ts';
import type {Severity} from './verdict.ts';

export type Telling = 'firing' | 'reminder' | 'acknowledged' | 'resolved';

export interface NoticeAlert {
  /** The same in every notice about this outage: what receivers tell repetitions by. */
  readonly alert: string;
  readonly as: Telling;
  readonly key: string;
  readonly service: string;
  readonly check?: string;
  readonly slo?: string;
  readonly labels: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  /** What was seen; undefined when it was erased. */
  readonly message: string | undefined;
  readonly sinceMs: number;
  readonly endedMs: number | undefined;
  /** Who took it. */
  readonly acked: string | undefined;
  /** It is over, and nobody could be told while it was not. */
  readonly late: boolean;
  readonly runbooks: readonly string[];
}

export interface Notice {
  /** Of exactly this content; the same again when it is sent again. */
  readonly id: string;
  readonly about: 'alerts' | 'digest' | 'test';
  readonly site: string;
  readonly environment: Environment;
  readonly atMs: number;
  readonly alerts: readonly NoticeAlert[];
  /** It may have arrived before: the process that sent it ended meanwhile. */
  readonly repeated: boolean;
}

const seconds = (ms: number): string => `${timestamp(ms).slice(0, 19)}Z`;

/** `12m`, `3h 5m`: coarse, for people. */
export function lasted(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return `${Math.floor(Math.max(0, ms) / 1000)}s`;
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

const words: Record<Telling, string> = {
  firing: 'FIRING',
  reminder: 'STILL FIRING',
  acknowledged: 'ACKNOWLEDGED',
  resolved: 'RESOLVED',
};

/** The alert in one line. */
export function lineOf(one: NoticeAlert): Shown {
  const {as, severity, title, service, check, slo, sinceMs, endedMs, acked, late} = one;
  const name = check === undefined ? `${service} ${slo ?? ''}`.trim() : `${service}/${check}`;
  const head = say`[${severity}] ${words[as]}`;
  if (as === 'acknowledged') return say`${head} by ${acked ?? 'somebody'}: ${title}`;
  if (as !== 'resolved') return say`${head} ${title}`;
  const ended = endedMs ?? sinceMs;
  const times = `${seconds(sinceMs)} to ${seconds(ended)}`;
  const told = late ? '; nobody could be told before' : '';
  return say`${head} ${name} after ${lasted(ended - sinceMs)} (${times}${told})`;
}

/** Longest quotation of what a service said. */
const quoted = 300;

const detailsOf = ({as, message, runbooks}: NoticeAlert): Shown[] =>
  as === 'firing' || as === 'reminder'
    ? [
        ...(message === undefined || message === '' ? [] : [say`  ${cut(message, quoted)}`]),
        ...(runbooks.length === 0 ? [] : [say`  runbooks: ${runbooks.join(', ')}`]),
      ]
    : [];

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const count = (alerts: readonly NoticeAlert[], as: readonly Telling[]): number =>
  alerts.filter(one => as.includes(one.as)).length;

/** What a subject line says. */
export function subjectOf({about, site, environment, alerts}: Notice): Shown {
  const place = `${site} (${environment})`;
  if (about === 'test') return say`[test] ${place}: a test notice, nothing is wrong`;
  const firing = count(alerts, ['firing', 'reminder']);
  const resolved = count(alerts, ['resolved']);
  const counts = [
    ...(firing === 0 ? [] : [`${firing} firing`]),
    ...(resolved === 0 ? [] : [`${resolved} resolved`]),
  ].join(', ');
  if (about === 'digest') return say`[digest] ${place}: ${counts}`;
  const [only, ...others] = alerts;
  if (only !== undefined && others.length === 0) return say`${lineOf(only)} – ${place}`;
  const worst = alerts.map(({severity}) => severity).sort()[0] ?? 'sev4';
  return say`[${worst}] ${place}: ${counts}`;
}

/** The whole notice as lines of safe text, what fires first. */
export function linesOf(notice: Notice): Shown[] {
  const {about, alerts, atMs, repeated} = notice;
  if (about === 'test') return [say`Sent by \`quarterdeck alerts test\` at ${seconds(atMs)}.`];
  const order: readonly Telling[] = ['firing', 'reminder', 'acknowledged', 'resolved'];
  const sorted = [...alerts].sort(
    (a, b) => order.indexOf(a.as) - order.indexOf(b.as) || a.severity.localeCompare(b.severity),
  );
  return [
    ...sorted.flatMap(one => [lineOf(one), ...detailsOf(one)]),
    ...(repeated ? [show('(sent again: it may have arrived before)')] : []),
  ];
}

/** Subject and lines as one text of at most so many characters; what does not fit is counted. */
export function textOf(notice: Notice, most: number): string {
  const {about, alerts} = notice;
  const head = subjectOf(notice);
  const isOne = about === 'alerts' && alerts.length === 1;
  // The subject of a single alert is its line already.
  const lines = isOne ? [head, ...linesOf(notice).slice(1)] : [head, ...linesOf(notice)];
  let text = '';
  for (const [i, line] of lines.entries()) {
    const rest = `… and ${lines.length - i} more lines`;
    const next = i === 0 ? line : `${text}\n${line}`;
    if (next.length + (i + 1 < lines.length ? rest.length + 1 : 0) > most)
      return i === 0 ? cut(next, most) : `${text}\n${rest}`;
    text = next;
  }
  return text;
}
