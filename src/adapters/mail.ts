// The real Mail port: one message over SMTP, with the same address rules as http, no connection kept.
import {connect, type Socket} from 'node:net';
import {createTransport} from 'nodemailer';
import type {Mail, MailAnswer, MailRequest} from '../alert-ports.ts';
import {guardedLookup, refuseLiteral} from './address.ts';
import {failure} from './failure.ts';

/** The connection that the library speaks over; refused addresses are never reached. */
async function opened({host, port, signal}: MailRequest): Promise<Socket> {
  const refused = refuseLiteral(host);
  if (refused !== undefined) throw refused;
  return await new Promise<Socket>((resolve, reject) => {
    const socket = connect({
      host: host.replace(/^\[|\]$/g, ''),
      port,
      autoSelectFamily: true,
      lookup: guardedLookup({}),
    });
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    signal.addEventListener('abort', stop, {once: true});
    if (signal.aborted) stop();
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      resolve(socket);
    });
    // Between here and the library, and after it, nobody else listens.
    socket.on('error', error => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
  });
}

/** Codes of the library that say less than the server or the socket did. */
const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;

function answerOf(error: unknown, {host, port, timeoutMs, signal}: MailRequest): MailAnswer {
  const status = statusOf(error);
  if (status !== undefined && error instanceof Error) return {at: 'failed', status, message: error.message};
  if (signal.aborted)
    return {
      at: 'failed',
      status,
      message: `${host}:${port} did not finish within ${timeoutMs} ms, or it was stopped`,
    };
  return {at: 'failed', status, message: failure(error, host).message};
}

async function send(request: MailRequest): Promise<MailAnswer> {
  const {host, port, tls, login, ca, timeoutMs, signal} = request;
  const socket = await opened(request);
  const transport = createTransport({
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    // Without it a server that offers no login would be handed the message all the same.
    ...(login === undefined ? {} : {auth: {user: login.user, pass: login.password}, forceAuth: true}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
    tls: {minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === undefined ? {} : {ca})},
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options, callback) => {
      callback(null, {connection: socket});
    },
  });
  try {
    const {from, to, subject, text, messageId} = request;
    const info = await transport.sendMail({from, to: [...to], subject, text, messageId, signal});
    const refused = info.rejected.length === 0 ? '' : `; refused for ${info.rejected.join(', ')}`;
    return {at: 'sent', message: `${info.response}${refused}`};
  } finally {
    transport.close();
    socket.destroy();
  }
}

/** The Mail port. Every way to fail is an answer; nothing is thrown. */
export const createMail = (): Mail => ({
  send: async request => {
    try {
      return await send(request);
    } catch (error) {
      return answerOf(error, request);
    }
  },
});
