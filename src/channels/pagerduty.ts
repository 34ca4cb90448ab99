import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {lineOf, type Notice, type NoticeAlert, type Telling} from '../domain/notice.ts';
import {show} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import type {Severity} from '../domain/verdict.ts';
import {baseAddress, originOf, secret, under} from './parts/fields.ts';
import {postJson, textAt} from './parts/http.ts';

/** Longest summary (Events API v2, PD-CEF). */
const mostCharacters = 1024;

const actions: Record<Telling, 'trigger' | 'acknowledge' | 'resolve'> = {
  firing: 'trigger',
  reminder: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
};

const grades: Record<Severity, 'critical' | 'error' | 'warning' | 'info'> = {
  sev1: 'critical',
  sev2: 'error',
  sev3: 'warning',
  sev4: 'info',
};

const payloadOf = (one: NoticeAlert, {site, environment}: Notice): Record<string, unknown> => ({
  summary: lineOf(one).slice(0, mostCharacters),
  source: one.check === undefined ? one.service : `${one.service}/${one.check}`,
  severity: grades[one.severity],
  timestamp: timestamp(one.sinceMs),
  component: one.service,
  group: site,
  custom_details: {
    environment,
    key: one.key,
    severity: one.severity,
    ...(one.message === undefined ? {} : {message: show(one.message).slice(0, mostCharacters)}),
    ...(one.labels.length === 0 ? {} : {labels: one.labels}),
    ...(one.runbooks.length === 0 ? {} : {runbooks: one.runbooks}),
  },
});

export const pagerduty = defineChannel({
  type: 'pagerduty',
  summary: 'Incidents of PagerDuty by its Events API v2: triggered, acknowledged and resolved under one key',
  example: `type: pagerduty
routingKey: env:PAGERDUTY_ROUTING_KEY`,
  params: z.strictObject({
    routingKey: secret.describe('The integration key: where it is kept.'),
    base: baseAddress.default('https://events.pagerduty.com').describe('Where the Events API is.'),
  }),
  fields: {routingKey: 'secret'},
  each: true,
  tellsAck: true,
  target: ({base}) => originOf(base),
  send: async ({routingKey, base}, notice, context) => {
    // Each alert is told alone; a test has none, and is an incident that is resolved at once by whoever sees it.
    const [one] = notice.alerts;
    const action = one === undefined ? 'trigger' : actions[one.as];
    const payload =
      one === undefined
        ? {summary: 'A test notice of Quarterdeck: nothing is wrong', source: notice.site, severity: 'info'}
        : payloadOf(one, notice);
    return postJson(
      {
        url: under(base, '/v2/enqueue'),
        body: JSON.stringify({
          routing_key: routingKey,
          event_action: action,
          dedup_key: `quarterdeck/${notice.site}/${one?.alert ?? notice.id}`.slice(0, 255),
          ...(action === 'trigger' ? {payload, client: 'Quarterdeck'} : {}),
        }),
        words: body => textAt(body, 'message'),
      },
      context,
    );
  },
});
