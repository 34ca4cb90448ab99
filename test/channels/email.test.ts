import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {authority} from '../helpers/certificates.ts';
import {smtpServer} from '../helpers/smtp-server.ts';
import {tempDir} from '../helpers/temp.ts';
import {alertOf, channelOf, closedPort, noticeOf, resolved, sendBy} from './sending.ts';

const password = 'a-password-of-the-test';
const env = {SMTP_PASSWORD: password};
const parts = (port: number, more: object = {}) => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  from: 'quarterdeck@example.org',
  to: ['oncall@example.org', 'lead@example.org'],
  ...more,
});

/** The text of a mail as its reader sees it. */
const textOf = (data: string): string => {
  const [head = '', ...rest] = data.split('\n\n');
  const body = rest.join('\n\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return /quoted-printable/i.test(head)
    ? Buffer.from(
        body
          .replace(/=\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString()
    : body;
};

test('a mail has a subject, a text, and a name that stays the same when it is sent again', async () => {
  const smtp = await smtpServer();
  const notice = noticeOf([alertOf(), resolved({check: 'port'})]);
  for (let i = 0; i < 2; i++)
    expect(await sendBy('email', parts(smtp.port), {notice})).toEqual({
      at: 'sent',
      message: '250 2.0.0 taken',
    });
  const [first, again] = smtp.mails;
  expect(first).toMatchObject({
    from: 'quarterdeck@example.org',
    to: ['oncall@example.org', 'lead@example.org'],
    isEncrypted: false,
    user: undefined,
  });
  expect(first?.data).toContain('Subject: [sev2] acme (production): 1 firing, 1 resolved');
  expect(textOf(first?.data ?? '')).toContain(
    'FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
  );
  const id = (data = ''): string | undefined => /^Message-ID: (.*)$/im.exec(data)?.[1];
  expect(id(first?.data)).toMatch(/^<[0-9a-f]{32}@quarterdeck\.invalid>$/);
  expect(id(again?.data)).toBe(id(first?.data));
});

test('nothing in a title becomes a header', async () => {
  const smtp = await smtpServer();
  const notice = noticeOf([alertOf({title: 'api/live\r\nBcc: evil@example.org\r\n\r\nhello'})]);
  await sendBy('email', parts(smtp.port), {notice});
  const head = smtp.mails[0]?.data.split('\n\n')[0] ?? '';
  expect(head).not.toMatch(/^Bcc:/im);
  expect(smtp.mails[0]?.to).toEqual(['oncall@example.org', 'lead@example.org']);
});

describe('over TLS', () => {
  async function safe(login = true) {
    const ca = await authority();
    const {cert, key} = await ca.leaf({ips: ['127.0.0.1']});
    const caFile = join(tempDir(), 'ca.pem');
    writeFileSync(caFile, ca.cert);
    const smtp = await smtpServer({
      tls: {cert, key},
      ...(login ? {login: {user: 'quarterdeck', password}} : {}),
    });
    const more = {tls: 'starttls', caFile, user: 'quarterdeck', password: 'env:SMTP_PASSWORD'};
    return {smtp, params: parts(smtp.port, more)};
  }

  test('it logs in once the connection is safe', async () => {
    const {smtp, params} = await safe();
    expect(await sendBy('email', params, {env})).toMatchObject({at: 'sent'});
    expect(smtp.mails).toMatchObject([{isEncrypted: true, user: 'quarterdeck'}]);
    expect(smtp.commands.indexOf('STARTTLS')).toBeLessThan(smtp.commands.indexOf('AUTH'));
  });

  test('a server that offers no TLS gets neither login nor mail', async () => {
    const smtp = await smtpServer({login: {user: 'quarterdeck', password}});
    const params = parts(smtp.port, {tls: 'starttls', user: 'quarterdeck', password: 'env:SMTP_PASSWORD'});
    expect(await sendBy('email', params, {env})).toMatchObject({at: 'failed', about: 'channel'});
    expect(smtp.mails).toEqual([]);
    expect(smtp.commands).not.toContain('AUTH');
  });

  test('a server whose certificate nobody vouches for gets neither', async () => {
    const {smtp, params} = await safe();
    const {caFile: _, ...without} = params as Record<string, unknown>;
    expect(await sendBy('email', without, {env})).toMatchObject({at: 'failed', about: 'channel'});
    expect(smtp.commands).not.toContain('AUTH');
    expect(smtp.mails).toEqual([]);
  });

  test('a login that is refused is said to be, and the password is not repeated', async () => {
    const {params, smtp} = await safe();
    const wrong = {SMTP_PASSWORD: 'a-wrong-one-of-the-test'};
    const sent = await sendBy('email', params, {env: wrong});
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(sent.message).toContain('535');
    expect(JSON.stringify(sent)).not.toContain('a-wrong-one-of-the-test');
    expect(smtp.mails).toEqual([]);
  });

  test('a server that offers no login does not get the mail without one', async () => {
    const {smtp, params} = await safe(false);
    expect(await sendBy('email', params, {env})).toMatchObject({at: 'failed', about: 'channel'});
    expect(smtp.mails).toEqual([]);
  });
});

describe('a server that does not take it', () => {
  const says = async (when: string, what: string) => {
    const smtp = await smtpServer({says: command => (command.startsWith(when) ? what : undefined)});
    return sendBy('email', parts(smtp.port));
  };

  test('for now, or because of its sender, is asked again', async () => {
    expect(await says('MAIL', '451 4.3.0 later')).toMatchObject({at: 'failed', about: 'channel'});
    expect(await says('connect', '421 4.3.2 busy')).toMatchObject({at: 'failed', about: 'channel'});
    expect((await says('MAIL', '550 5.7.1 not you')).message).toContain('550 5.7.1 not you');
  });

  test('because of what it says is another story', async () => {
    expect(await says('.', '554 5.6.0 looks like spam')).toMatchObject({at: 'failed', about: 'notice'});
  });

  test('and repeats the password in its answer is not quoted with it', async () => {
    const smtp = await smtpServer({
      login: {user: 'quarterdeck', password},
      says: command => (command.startsWith('AUTH') ? `535 5.7.8 you said ${password}` : undefined),
    });
    const params = parts(smtp.port, {user: 'quarterdeck', password: 'env:SMTP_PASSWORD'});
    const sent = await sendBy('email', params, {env});
    expect(sent.message).toContain('535');
    expect(sent.message).not.toContain(password);
  });

  test('because it is not there, or says nothing, is given up', async () => {
    expect((await sendBy('email', parts(await closedPort()))).message).toContain('ECONNREFUSED');
    const smtp = await smtpServer({says: () => 'hang'});
    const stop = new AbortController();
    const sending = sendBy('email', parts(smtp.port), {signal: stop.signal});
    stop.abort(new Error('over'));
    expect(await sending).toMatchObject({at: 'failed', about: 'channel'});
  });
});

test('metadata addresses are not reached, whatever the site says', async () => {
  const params = parts(25, {host: '169.254.169.254', tls: 'starttls'});
  expect((await sendBy('email', params)).message).toContain('link-local');
});

test('half a login, a mail in the clear to elsewhere, and what is no address are refused', () => {
  const {params} = channelOf('email');
  const issues = (given: object) => params.safeParse(given).error?.issues.map(({path}) => path.join('.'));
  expect(issues(parts(25, {user: 'x'}))).toEqual(['user']);
  expect(issues(parts(25, {host: 'mail.example.org'}))).toEqual(['tls']);
  expect(issues(parts(25, {to: ['a@b.example\r\nRCPT TO:<evil@x>'], from: 'no address'}))).toEqual([
    'from',
    'to.0',
  ]);
  expect(issues(parts(25, {to: ['Name <a@b.example>']}))).toEqual(['to.0']);
});
