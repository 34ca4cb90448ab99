// The book of alerts and its queue → what the screen of alerts shows.
import type {QueuedItem} from '../../alert-ports.ts';
import {silencesNow, type AlertBook, type Finding, type Silence} from '../../domain/alert.ts';
import {isOverAt, spanOf, type RecurringWindow} from '../../domain/maintenance.ts';
import {spansIn} from '../../domain/local-time.ts';
import {show, type Shown} from '../../domain/show.ts';
import {heldFindings, standings, waitingIn, type Standing} from '../../engine/alerts/index.ts';
import type {AlertsView, AlertView, MaintenanceView, NoticeView, SilenceView} from '../../state/duty.ts';

const weekMs = 7 * 86_400_000;

export interface AlertFacts {
  readonly book: AlertBook;
  readonly recurring: readonly RecurringWindow[];
  readonly items: readonly QueuedItem[];
  readonly findings: readonly Finding[];
  readonly nowMs: number;
  /** Why nobody is told anything. */
  readonly off: Shown | undefined;
  readonly problems: readonly string[];
  /** A text that lies beside an entry: a message, a note, a reason; undefined when it was erased or there is none. */
  readonly textOf: (seq: number | undefined, pointer: string) => Promise<Shown | undefined>;
}

export async function alertsView(facts: AlertFacts): Promise<AlertsView> {
  const {book, items, findings, nowMs, off, problems} = facts;
  return {
    off,
    problems: problems.map(show),
    open: await Promise.all(standings(facts).map(async standing => alertView(standing, facts))),
    held: heldFindings(findings, facts).map(({finding, why}) => ({
      service: finding.service,
      check: finding.check,
      severity: finding.severity,
      title: show(finding.title),
      why: show(why),
    })),
    silences: await Promise.all(silencesNow(book, nowMs).map(async one => silenceView(one, facts))),
    maintenance: [...(await windowsOf(facts)), ...repeating(facts)],
    queued: waitingIn(items).map(noticeView),
  };
}

const noticeView = ({channel, alert, as, at, dueMs, attempts, error}: QueuedItem): NoticeView => ({
  alert,
  channel: show(channel),
  as: show(as),
  at,
  dueMs,
  attempts,
  error: error === undefined ? undefined : show(error),
});

async function alertView(
  {alert, silence, maintenance, told}: Standing,
  facts: AlertFacts,
): Promise<AlertView> {
  const {acked} = alert;
  return {
    id: alert.alert,
    service: alert.service,
    check: alert.check,
    severity: alert.severity,
    title: show(alert.title),
    message: await facts.textOf(alert.seq, '/body/message'),
    sinceMs: alert.sinceMs,
    acked:
      acked === undefined
        ? undefined
        : {
            operator: show(acked.operator),
            atMs: acked.atMs,
            note: await facts.textOf(acked.seq, '/body/text'),
          },
    silence: silence === undefined ? undefined : await silenceView(silence, facts),
    maintenance:
      maintenance === undefined ? undefined : {name: show(maintenance.name), untilMs: maintenance.untilMs},
    told: told.map(noticeView),
  };
}

const silenceView = async (
  {silence, on, untilMs, untilResolved, operator, seq}: Silence,
  {textOf}: AlertFacts,
): Promise<SilenceView> => ({
  id: silence,
  on: show(on.join(', ')),
  untilMs,
  untilResolved,
  operator: show(operator),
  reason: await textOf(seq, '/body/reason'),
});

/** Windows that somebody set and that are not over. */
const windowsOf = async ({book, nowMs, textOf}: AlertFacts): Promise<readonly MaintenanceView[]> =>
  Promise.all(
    book.windows
      .filter(window => !isOverAt(window, nowMs))
      .map(async window => ({
        id: window.window,
        on: show(window.on.join(', ')),
        ...spanOf(window),
        operator: show(window.operator),
        reason: await textOf(window.seq, '/body/reason'),
      })),
  );

/** The next one of each window of the site file within a week. */
const repeating = ({recurring, nowMs}: AlertFacts): readonly MaintenanceView[] =>
  recurring.flatMap(({name, on, reason, when}) => {
    const [next] = spansIn(when, {fromMs: nowMs, untilMs: nowMs + weekMs});
    if (next === undefined) return [];
    return [{id: name, on: show(on.join(', ')), ...next, operator: undefined, reason: show(reason)}];
  });
