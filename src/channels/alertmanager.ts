import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import type {Notice, NoticeAlert} from '../domain/notice.ts';
import {show} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {baseAddress, isReference, originOf, secret, under} from './parts/fields.ts';
import {postJson} from './parts/http.ts';

/** Prometheus tells its alerts again about as often. */
const refreshMs = 60_000;
/** So long it believes an alert that is not told again: three tellings may fail. */
const believedMs = 4 * refreshMs;

function alertOf(one: NoticeAlert, {site, environment, atMs}: Notice): Record<string, unknown> {
  const isOver = one.as === 'resolved';
  return {
    labels: {
      alertname: one.check === undefined ? 'QuarterdeckServiceLevel' : 'QuarterdeckCheck',
      site,
      environment,
      service: one.service,
      ...(one.check === undefined ? {} : {check: one.check}),
      ...(one.slo === undefined ? {} : {slo: one.slo}),
      severity: one.severity,
      // One alert for one outage: the next one of the same check is another.
      quarterdeck_alert: one.alert,
    },
    annotations: {
      summary: show(one.title),
      ...(one.message === undefined ? {} : {description: show(one.message)}),
      ...(one.runbooks.length === 0 ? {} : {runbooks: one.runbooks.join(', ')}),
      ...(one.labels.length === 0 ? {} : {labels: one.labels.join(', ')}),
    },
    startsAt: timestamp(one.sinceMs),
    // An end that is not after the beginning is refused.
    endsAt: timestamp(isOver ? Math.max(one.endedMs ?? atMs, one.sinceMs + 1) : atMs + believedMs),
  };
}

const testAlert = ({site, environment, atMs}: Notice): Record<string, unknown> => ({
  labels: {alertname: 'QuarterdeckTest', site, environment, severity: 'sev4'},
  annotations: {summary: 'A test notice of Quarterdeck: nothing is wrong'},
  startsAt: timestamp(atMs),
  endsAt: timestamp(atMs + refreshMs),
});

export const alertmanager = defineChannel({
  type: 'alertmanager',
  summary: 'Alerts for an Alertmanager, which groups, silences and tells by its own rules',
  example: `type: alertmanager
base: http://127.0.0.1:9093`,
  params: z.strictObject({
    base: baseAddress.describe('Where it is: https:, or http: to this machine.'),
    bearer: secret.optional().describe('A token for the header `authorization: Bearer`.'),
    basic: secret.optional().describe('`user:password` for basic authentication.'),
  }),
  fields: {base: 'either', bearer: 'secret', basic: 'secret'},
  each: true,
  refreshMs,
  target: ({base}) => (isReference(base) ? base : originOf(base)),
  send: async ({base, bearer, basic}, notice, context) => {
    const authorization =
      bearer === undefined
        ? basic === undefined
          ? undefined
          : `Basic ${Buffer.from(basic).toString('base64')}`
        : `Bearer ${bearer}`;
    const alerts =
      notice.alerts.length === 0 ? [testAlert(notice)] : notice.alerts.map(one => alertOf(one, notice));
    return postJson(
      {
        url: under(base, '/api/v2/alerts'),
        body: JSON.stringify(alerts),
        ...(authorization === undefined ? {} : {headers: {authorization}}),
      },
      context,
    );
  },
});
