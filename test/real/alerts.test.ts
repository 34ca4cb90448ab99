// Alerts that arrive where others wrote the receiver: Debian's Alertmanager, and a mail server.
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {sendBy, noticeOf} from '../channels/sending.ts';
import {stage, startDaemon} from '../e2e/alerting.ts';
import {authority} from '../helpers/certificates.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {alertmanager, mailServer} from './alert-servers.ts';

const limit = {timeoutMs: 60_000};

test('Alertmanager shows what fires, tells its own receiver once, and is told that it is over', async () => {
  const manager = await alertmanager();
  const on = await stage({channels: `  channels: {am: {type: alertmanager, base: "${manager.url}"}}`});
  const daemon = startDaemon(on.here);
  await daemon.says({event: 'check', state: 'pass'});
  on.well = false;
  await daemon.says({event: 'notice', channel: 'am', ok: true});
  const [shown, ...others] = await manager.active();
  expect(others).toEqual([]);
  expect(shown?.labels).toMatchObject({
    alertname: 'QuarterdeckCheck',
    site: 'small',
    environment: 'staging',
    service: 'api',
    check: 'live',
    severity: 'sev2',
  });
  await waitFor(() => manager.told.length === 1, {...limit, what: 'Alertmanager to tell'});
  on.well = true;
  await waitFor(async () => (await manager.active()).length === 0, {...limit, what: 'the end to be known'});
  await waitFor(() => manager.told.length === 2, {...limit, what: 'Alertmanager to tell the end'});
  expect(manager.told).toEqual(['firing QuarterdeckCheck api/live', 'resolved QuarterdeckCheck api/live']);
  const tried = await on.here.qd('alerts', 'test', 'am');
  expect([tried.status, tried.out]).toEqual([0, 'am took it: HTTP 200\n']);
  expect((await manager.active()).map(({labels}) => labels['alertname'])).toEqual(['QuarterdeckTest']);
  expect(await daemon.stop()).toBe(0);
});

test('a mail server delivers what fires and what is over into a mailbox', async () => {
  const box = await mailServer();
  const on = await stage({
    channels: `  channels:
    mail: {type: email, host: 127.0.0.1, port: ${box.port}, tls: none, from: quarterdeck@example.org, to: [oncall@example.org]}`,
  });
  const daemon = startDaemon(on.here);
  await daemon.says({event: 'check', state: 'pass'});
  on.well = false;
  await waitFor(() => box.mails().length === 1, {...limit, what: 'the first mail'});
  on.well = true;
  await waitFor(() => box.mails().length === 2, {...limit, what: 'the second mail'});
  const subjects = box.mails().map(mail => /^Subject: (.*(?:\n[ \t].*)*)/m.exec(mail)?.[1] ?? '');
  expect(subjects.map(subject => /FIRING|RESOLVED/.exec(subject)?.[0]).sort()).toEqual([
    'FIRING',
    'RESOLVED',
  ]);
  for (const mail of box.mails()) {
    expect(mail).toMatch(/^From: quarterdeck@example\.org$/m);
    expect(mail).toMatch(/^To: oncall@example\.org$/m);
    expect(mail).toMatch(/^Message-ID: <[0-9a-f]{32}@quarterdeck\.invalid>$/im);
  }
  expect(await daemon.stop()).toBe(0);
});

test('a mail server that wants STARTTLS gets it, and only where its certificate is trusted', async () => {
  const ca = await authority();
  const box = await mailServer(await ca.leaf({name: 'mail', ips: ['127.0.0.1']}));
  const caFile = path.join(tempDir(), 'ca.pem');
  writeFileSync(caFile, ca.cert);
  const params = {host: '127.0.0.1', port: box.port, from: 'q@example.org', to: ['oncall@example.org']};
  expect(await sendBy('email', {...params, tls: 'none'})).toMatchObject({at: 'failed'});
  expect(await sendBy('email', params)).toMatchObject({at: 'failed', about: 'channel'});
  expect(box.mails()).toEqual([]);
  expect(await sendBy('email', {...params, caFile}, {notice: noticeOf()})).toMatchObject({at: 'sent'});
  expect(box.mails()).toHaveLength(1);
});
