// PagerDuty and Alertmanager: each alert under a key of its own, by services that take the same request as the real ones.
import {describe, expect, test} from 'vitest';
import {alertOf, noticeOf, receiver, resolved, sendBy} from './sending.ts';

describe('pagerduty', () => {
  const key = 'a-routing-key-of-the-test';
  const by = async (origin: string, more = {}) =>
    sendBy('pagerduty', {routingKey: 'env:PD', base: origin}, {env: {PD: key}, ...more});
  const accepts = async () =>
    receiver(
      (_, response) => void response.writeHead(202).end('{"status":"success","message":"Event processed"}'),
    );

  test('an incident is triggered, acknowledged and resolved under one key', async () => {
    const pd = await accepts();
    for (const alert of [alertOf(), alertOf({as: 'acknowledged', acked: 'mara'}), resolved()])
      expect(await by(pd.origin, {notice: noticeOf([alert])})).toEqual({
        at: 'sent',
        message: 'HTTP 202: Event processed',
      });
    expect(pd.seen.map(({path}) => path)).toEqual(Array.from({length: 3}, () => '/v2/enqueue'));
    const all = pd.seen.map(seen => seen.json() as Record<string, unknown>);
    expect(all.map(({event_action: action}) => action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(all.map(({dedup_key: dedup}) => dedup))).toEqual(
      new Set(['quarterdeck/acme/alert-0a1b2c3d']),
    );
    expect(all[0]).toEqual({
      routing_key: key,
      event_action: 'trigger',
      dedup_key: 'quarterdeck/acme/alert-0a1b2c3d',
      client: 'Quarterdeck',
      payload: {
        summary: '[sev2] FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
        source: 'api/live',
        severity: 'error',
        timestamp: '2026-01-02T03:04:05.000Z',
        component: 'api',
        group: 'acme',
        custom_details: {
          environment: 'production',
          key: 'check api/live',
          severity: 'sev2',
          message: 'status: expected 2xx, got <503> & more',
          labels: ['edge'],
          runbooks: ['restart'],
        },
      },
    });
  });

  test.each([
    ['sev1', 'critical'],
    ['sev2', 'error'],
    ['sev3', 'warning'],
    ['sev4', 'info'],
  ] as const)('%s is %s', async (severity, grade) => {
    const pd = await accepts();
    await by(pd.origin, {notice: noticeOf([alertOf({severity})])});
    expect(pd.seen[0]?.json()).toMatchObject({payload: {severity: grade}});
  });

  test('what it refuses is about the notice, what is too much about the channel; its key is never said', async () => {
    const says = async (status: number) => {
      const pd = await receiver((_, response) => {
        response
          .writeHead(status)
          .end(JSON.stringify({status: 'invalid', message: `Event object is invalid: ${key}`}));
      });
      return by(pd.origin);
    };
    expect(await says(400)).toMatchObject({about: 'notice'});
    expect(await says(429)).toMatchObject({about: 'channel'});
    expect(await says(500)).toMatchObject({about: 'channel'});
    expect(JSON.stringify([await says(400), await says(500)])).not.toContain(key);
  });
});

describe('alertmanager', () => {
  test('an alert is told with its end in the future, and its end is told with when it was', async () => {
    const am = await receiver();
    for (const alert of [alertOf(), resolved()])
      expect(await sendBy('alertmanager', {base: am.origin}, {notice: noticeOf([alert])})).toMatchObject({
        at: 'sent',
      });
    expect(am.seen.map(({path}) => path)).toEqual(['/api/v2/alerts', '/api/v2/alerts']);
    const [[firing], [over]] = am.seen.map(seen => seen.json()) as [object[], object[]];
    const labels = {
      alertname: 'QuarterdeckCheck',
      site: 'acme',
      environment: 'production',
      service: 'api',
      check: 'live',
      severity: 'sev2',
      quarterdeck_alert: 'alert-0a1b2c3d',
    };
    expect(firing).toEqual({
      labels,
      annotations: {
        summary: 'api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
        description: 'status: expected 2xx, got <503> & more',
        runbooks: 'restart',
        labels: 'edge',
      },
      startsAt: '2026-01-02T03:04:05.000Z',
      endsAt: '2026-01-02T03:08:35.000Z',
    });
    expect(over).toMatchObject({labels, endsAt: '2026-01-02T03:16:05.000Z'});
  });

  test('it is logged in with what is kept elsewhere', async () => {
    const am = await receiver();
    const env = {AM: 'prometheus:a-password-of-the-test'};
    await sendBy('alertmanager', {base: `${am.origin}/am/`, basic: 'env:AM'}, {env});
    expect(am.seen[0]?.path).toBe('/am/api/v2/alerts');
    expect(am.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(env.AM).toString('base64')}`);
  });

  test('one that is busy or does not understand is told apart', async () => {
    const says = async (status: number) => {
      const am = await receiver(
        (_, response) => void response.writeHead(status).end('start time must be before end time'),
      );
      return sendBy('alertmanager', {base: am.origin});
    };
    expect(await says(400)).toEqual({at: 'failed', about: 'notice', message: 'HTTP 400'});
    expect(await says(503)).toEqual({at: 'failed', about: 'channel', message: 'HTTP 503'});
  });
});
