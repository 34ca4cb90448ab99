// One alert in full: what was seen, since when, who took it, what keeps it quiet, and who was told.
import type {Line, Look, Tone} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {AlertView, NoticeView, SilenceView} from '../../src/state/duty.ts';
import {fit, labelled, span} from './line.ts';
import {age, dated} from './time.ts';

/** How it stands: what was said about it comes before what merely covers it. */
export function alertSign({acked, silence, maintenance}: AlertView): {glyph: Shown; word: Shown; tone: Tone} {
  if (acked !== undefined) return {glyph: say`!`, word: say`acked`, tone: 'warn'};
  if (silence !== undefined) return {glyph: say`‖`, word: say`silenced`, tone: 'dim'};
  if (maintenance !== undefined) return {glyph: say`‖`, word: say`in work`, tone: 'dim'};
  return {glyph: say`✖`, word: say`firing`, tone: 'bad'};
}

/** What the command line calls it: `service/check`, or the service. */
export const targetOf = ({service, check}: Pick<AlertView, 'service' | 'check'>): string =>
  check === undefined ? service : `${service}/${check}`;

export const silenceText = ({untilMs, untilResolved, operator, reason}: SilenceView, nowMs: number): Shown =>
  say`until ${dated(untilMs, nowMs)} UTC${untilResolved ? ', or until it is over' : ''}, by ${operator}: ${
    reason ?? '(the reason was erased)'
  }`;

/** `sent`, or when it is tried again and what it said last. */
export function noticeText({as, at, dueMs, attempts, error}: NoticeView, nowMs: number): Shown {
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  const failed = error === undefined ? '' : `, failed ${times}: ${error}`;
  const when = at !== 'waiting' ? at : dueMs > nowMs ? `waits until ${dated(dueMs, nowMs)}` : 'waits';
  return say`${as} ${when}${failed}`;
}

export const noticeTone = ({at, error}: NoticeView): Tone =>
  at === 'given up' ? 'bad' : error !== undefined && at === 'waiting' ? 'warn' : 'plain';

export function alertDetail(alert: AlertView, {app, size}: Look): readonly Line[] {
  const {glyph, word, tone} = alertSign(alert);
  const at = size.columns >= 64 ? 14 : 12;
  const {acked, silence, maintenance, told} = alert;
  const field = (name: Shown, text: Shown | undefined, textTone: Tone = 'plain'): readonly Line[] =>
    text === undefined
      ? []
      : labelled(span(say`   ${name}`, 'dim'), text, {cells: size.columns - 1, at, tone: textTone});
  return [
    fit(
      [
        span(say` `),
        span(say`${targetOf(alert)}`, 'strong'),
        span(say`  ${glyph} ${word}`, tone),
        span(say` since ${dated(alert.sinceMs, app.nowMs)} (${age(app.nowMs, alert.sinceMs)})`, 'dim'),
        span(say`   ${alert.severity}   ${alert.id}`, 'dim'),
      ],
      size.columns,
    ),
    ...field(say`alert`, alert.title),
    ...field(say`said`, alert.message ?? say`(erased)`),
    ...field(
      say`taken`,
      acked === undefined
        ? say`by nobody`
        : say`by ${acked.operator} at ${dated(acked.atMs, app.nowMs)} UTC${acked.note === undefined ? '' : `: ${acked.note}`}`,
      acked === undefined ? 'warn' : 'plain',
    ),
    ...field(say`silenced`, silence === undefined ? undefined : silenceText(silence, app.nowMs)),
    ...field(
      say`in work`,
      maintenance === undefined
        ? undefined
        : say`${maintenance.name} until ${dated(maintenance.untilMs, app.nowMs)} UTC`,
    ),
    ...(told.length === 0
      ? field(say`told`, say`nobody yet`, 'warn')
      : told.flatMap(notice =>
          field(say`told`, say`${notice.channel}: ${noticeText(notice, app.nowMs)}`, noticeTone(notice)),
        )),
  ];
}
