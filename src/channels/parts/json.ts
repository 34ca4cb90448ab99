// A notice as JSON, for programs: format 1, described in docs/alerts.md. Fields are added to it, never changed.
import {createHash} from 'node:crypto';
import {lineOf, subjectOf, textOf, type Notice, type NoticeAlert} from '../../domain/notice.ts';
import {timestamp} from '../../domain/time.ts';

const alertJson = (one: NoticeAlert): Record<string, unknown> => ({
  alert: one.alert,
  as: one.as,
  key: one.key,
  service: one.service,
  ...(one.check === undefined ? {} : {check: one.check}),
  ...(one.slo === undefined ? {} : {slo: one.slo}),
  labels: one.labels,
  severity: one.severity,
  title: one.title,
  line: lineOf(one),
  ...(one.message === undefined ? {} : {message: one.message}),
  since: timestamp(one.sinceMs),
  ...(one.endedMs === undefined ? {} : {ended: timestamp(one.endedMs)}),
  ...(one.acked === undefined ? {} : {acknowledgedBy: one.acked}),
  runbooks: one.runbooks,
});

/** The same for the same content, whenever it is sent; short enough for a header. */
export const shortId = ({id}: Notice): string => createHash('sha256').update(id).digest('hex').slice(0, 32);

export const noticeJson = (notice: Notice): Record<string, unknown> => ({
  v: 1,
  id: shortId(notice),
  about: notice.about,
  site: notice.site,
  environment: notice.environment,
  at: timestamp(notice.atMs),
  subject: subjectOf(notice),
  text: textOf(notice, 8_000),
  repeated: notice.repeated,
  alerts: notice.alerts.map(alertJson),
});
