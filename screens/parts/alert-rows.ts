// The rows of the alerts by pane: what fires, what is held back, what waits to be told, and what keeps things quiet.
import type {Line, Look, Tone} from '../../src/define-screen.ts';
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {AlertsView, AlertView, MaintenanceView, NoticeView, SilenceView} from '../../src/state/duty.ts';
import {alertDetail, alertSign, noticeText, noticeTone, silenceText, targetOf} from './alert-detail.ts';
import {columns, fit, paragraph, span} from './line.ts';
import {age, dated} from './time.ts';

export const panes = ['open', 'held back', 'queued', 'quiet'] as const;
export type Pane = (typeof panes)[number];

type Held = AlertsView['held'][number];

/** A row of any pane, made when it is looked at: there may be thousands. */
export interface Entry {
  readonly id: string;
  readonly row: () => Row;
}

/** What a row shows, what it is about, and what it says in full. */
export interface Row {
  readonly line: (isChosen: boolean) => Line;
  /** `service/check`, or the service; undefined where it is about more than one. */
  readonly target: {readonly service: string; readonly check: string | undefined} | undefined;
  readonly detail: () => readonly Line[];
  readonly copy: Shown;
  readonly silence: string | undefined;
}

const mark = (isChosen: boolean): Line => [span(isChosen ? say` > ` : say`   `, 'accent')];

const isWide = ({size}: Look): boolean => size.columns >= 64;

function openRow(alert: AlertView, look: Look): Row {
  const {app, size} = look;
  const {glyph, word, tone} = alertSign(alert);
  const wide = isWide(look);
  const target = wide ? 26 : 22;
  return {
    target: alert,
    copy: say`${alert.severity} ${alert.title}: ${alert.message ?? ''}`,
    silence: alert.silence?.id,
    detail: () => alertDetail(alert, look),
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(glyph, tone),
          span(say` `),
          ...columns([
            {text: word, tone, cells: 9},
            {text: say`${alert.severity}`, cells: wide ? 6 : 0},
            {text: show(targetOf(alert)), tone: isChosen ? 'strong' : 'plain', cells: target},
            {text: age(app.nowMs, alert.sinceMs), tone: 'dim', cells: 6},
            {
              text:
                alert.acked === undefined ? (alert.message ?? say``) : say`${alert.acked.operator} has it`,
              tone: 'dim',
              cells: wide ? size.columns - 5 - 9 - 6 - target - 6 : 0,
            },
          ]),
        ],
        size.columns,
      ),
  };
}

const sentence = (text: Shown, {size}: Look, tone: Tone = 'plain'): readonly Line[] =>
  paragraph(text, size.columns - 1, 3, tone);

function heldRow(held: Held, look: Look): Row {
  const {size} = look;
  return {
    target: held,
    copy: say`${held.title}: ${held.why}`,
    silence: undefined,
    detail: () => [
      ...sentence(held.title, look),
      ...sentence(say`no alert is opened: ${held.why}`, look, 'warn'),
    ],
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(say`‖ `, 'dim'),
          ...columns([
            {text: say`${held.severity}`, cells: isWide(look) ? 6 : 0},
            {text: show(targetOf(held)), tone: isChosen ? 'strong' : 'plain', cells: isWide(look) ? 26 : 20},
            {text: held.why, tone: 'dim', cells: Math.max(1, size.columns - 5 - (isWide(look) ? 32 : 20))},
          ]),
        ],
        size.columns,
      ),
  };
}

function queuedRow(notice: NoticeView, look: Look): Row {
  const {app, size} = look;
  const about = app.alerts?.open.find(({id}) => id === notice.alert);
  const text = noticeText(notice, app.nowMs);
  return {
    target: about,
    copy: say`${notice.channel}: ${text}`,
    silence: undefined,
    detail: () => [
      ...sentence(say`${notice.channel}: ${text}`, look, noticeTone(notice)),
      ...sentence(about === undefined ? say`about ${notice.alert}, which is over` : about.title, look, 'dim'),
    ],
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(notice.error === undefined ? say`▶ ` : say`! `, noticeTone(notice)),
          ...columns([
            {text: notice.channel, tone: isChosen ? 'strong' : 'plain', cells: 16},
            {text: show(about === undefined ? notice.alert : targetOf(about)), cells: isWide(look) ? 24 : 0},
            {text, tone: 'dim', cells: Math.max(1, size.columns - 5 - (isWide(look) ? 40 : 16))},
          ]),
        ],
        size.columns,
      ),
  };
}

/** One row of what keeps alerts quiet. */
const quietLine = (isChosen: boolean, [word, on, text]: readonly [Shown, Shown, Shown], look: Look): Line =>
  fit(
    [
      ...mark(isChosen),
      span(say`‖ `, 'dim'),
      ...columns([
        {text: word, tone: 'dim', cells: isWide(look) ? 13 : 10},
        {text: on, tone: isChosen ? 'strong' : 'plain', cells: isWide(look) ? 24 : 14},
        {text, tone: 'dim', cells: Math.max(1, look.size.columns - 5 - (isWide(look) ? 37 : 24))},
      ]),
    ],
    look.size.columns,
  );

function silenceRow(silence: SilenceView, look: Look): Row {
  const text = silenceText(silence, look.app.nowMs);
  return {
    target: undefined,
    copy: say`${silence.id}: ${silence.on} ${text}`,
    silence: silence.id,
    detail: () => [...sentence(say`${silence.id}: ${silence.on}`, look), ...sentence(text, look, 'dim')],
    line: isChosen => quietLine(isChosen, [say`silenced`, silence.on, text], look),
  };
}

function maintenanceRow(work: MaintenanceView, look: Look): Row {
  const {app} = look;
  const isOn = work.fromMs <= app.nowMs;
  const times = isOn
    ? say`until ${dated(work.untilMs, app.nowMs)} UTC`
    : say`from ${dated(work.fromMs, app.nowMs)} until ${dated(work.untilMs, app.nowMs)} UTC`;
  const who = work.operator === undefined ? say`in the site file` : say`by ${work.operator}`;
  const text = say`${times}, ${who}: ${work.reason ?? '(the reason was erased)'}`;
  return {
    target: undefined,
    copy: say`${work.id}: ${work.on} ${text}`,
    silence: undefined,
    detail: () => [...sentence(say`${work.id}: ${work.on}`, look), ...sentence(text, look, 'dim')],
    line: isChosen => quietLine(isChosen, [isOn ? say`in work` : say`work to come`, work.on, text], look),
  };
}

const entriesOf = <T>(
  items: readonly T[],
  idOf: (item: T) => string,
  row: (item: T) => Row,
): readonly Entry[] => items.map(item => ({id: idOf(item), row: () => row(item)}));

export const rowsIn: Record<Pane, (alerts: AlertsView, look: Look) => readonly Entry[]> = {
  open: ({open}, look) =>
    entriesOf(
      open,
      ({id}) => id,
      one => openRow(one, look),
    ),
  'held back': ({held}, look) =>
    entriesOf(
      held,
      one => `${targetOf(one)} ${one.title}`,
      one => heldRow(one, look),
    ),
  queued: ({queued}, look) =>
    entriesOf(
      queued,
      ({channel, alert, as}) => `${channel} ${alert} ${as}`,
      one => queuedRow(one, look),
    ),
  quiet: ({silences, maintenance}, look) => [
    ...entriesOf(
      silences,
      ({id}) => id,
      one => silenceRow(one, look),
    ),
    ...entriesOf(
      maintenance,
      ({id}) => id,
      one => maintenanceRow(one, look),
    ),
  ],
};
