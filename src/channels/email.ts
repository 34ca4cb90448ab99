import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {subjectOf, textOf} from '../domain/notice.ts';
import {isLoopback, secret} from './parts/fields.ts';
import {shortId} from './parts/json.ts';

const mostCharacters = 100_000;
const maxCaBytes = 256 * 1024;

/** Plain addresses only: a name beside one is one more thing that can be read in two ways. */
const mailbox = z
  .string()
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, {
    error: 'expected an address such as oncall@example.org',
  });

const host = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$|^\[[0-9A-Fa-f:.]+\]$/, {
  error: 'expected a host such as mail.example.org',
});

const params = z
  .strictObject({
    host: host.describe('The mail server.'),
    port: z.int().min(1).max(65_535).default(587).describe('Its port.'),
    tls: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('`starttls` is demanded, not tried; `none` is for this machine.'),
    caFile: z
      .string()
      .regex(/^\//, 'expected an absolute path')
      .optional()
      .describe('PEM certificates to trust besides the usual ones.'),
    user: z.string().min(1).optional().describe('The login, plainly or as `env:NAME`.'),
    password: secret.optional().describe('Where the password is kept.'),
    from: mailbox.describe('The sender.'),
    to: z.array(mailbox).min(1, 'expected at least one address').max(50).describe('Who gets it.'),
  })
  .refine(({user, password}) => (user === undefined) === (password === undefined), {
    path: ['user'],
    error: 'a login has both `user` and `password`',
  })
  .refine(({tls, host: to}) => tls !== 'none' || isLoopback(to), {
    path: ['tls'],
    error: '`none` sends in the clear, and is for a server on this machine only',
  });

export const email = defineChannel({
  type: 'email',
  summary: 'A mail over SMTP',
  example: `type: email
host: mail.example.org
user: quarterdeck
password: env:SMTP_PASSWORD
from: quarterdeck@example.org
to: [oncall@example.org]`,
  params,
  fields: {user: 'setting', password: 'secret'},
  target: ({host: server, port, to}) => `${to.join(', ')} by ${server}:${port}`,
  send: async (given, notice, {mail, files, timeoutMs, signal}) => {
    const {host: server, port, tls, caFile, user, password, from, to} = given;
    const ca = caFile === undefined ? undefined : await files.read(caFile, maxCaBytes);
    if (ca?.at === 'failed')
      return {at: 'failed', about: 'channel', message: `caFile: ${caFile ?? ''} ${ca.message}`};
    const answer = await mail.send({
      host: server,
      port,
      tls,
      ...(user === undefined || password === undefined ? {} : {login: {user, password}}),
      ...(ca === undefined ? {} : {ca: new TextDecoder().decode(ca.bytes)}),
      from,
      to,
      subject: subjectOf(notice),
      text: `${textOf(notice, mostCharacters)}\n`,
      messageId: `<${shortId(notice)}@quarterdeck.invalid>`,
      timeoutMs,
      signal,
    });
    if (answer.at === 'sent') return {at: 'sent', message: answer.message};
    // Only what the server says after DATA is about this message; a refused login or sender is about all of them.
    const isAboutNotice = answer.status === 552 || answer.status === 554;
    return {at: 'failed', about: isAboutNotice ? 'notice' : 'channel', message: answer.message};
  },
});
