// The HTTP manners that gateway and upstreams share: request ids, one error envelope, limited bodies, an in-flight count.
import {randomUUID} from 'node:crypto';
import {type IncomingMessage, type Server, type ServerResponse, createServer} from 'node:http';
import {messageOf} from './text.ts';

const maxBodyBytes = 64 * 1024;
/** What a verification may be sent. */
export const maxEvidenceBytes = 262_144;
const requestIdForm = /^[\w.:-]{1,128}$/;

export type Reply = {readonly status: number; readonly body: unknown; readonly contentType?: string};

/** A failure that the client is told about; everything else becomes INTERNAL_ERROR. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A refusal that the event ledger remembers. */
export class Denial extends HttpFailure {
  readonly tenant: string;

  constructor(status: number, code: string, message: string, tenant = 'system') {
    super(status, code, message);
    this.tenant = tenant;
  }
}

/** The client's X-Request-Id when it is a plain one, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && requestIdForm.test(sent) ? sent : randomUUID();
}

/** The one shape of errors: {"error": {code, message, request_id}}. */
export function errorBody(code: string, message: string, requestId: string): unknown {
  return {error: {code, message, request_id: requestId}};
}

/** Answers and adds the headers that every answer carries. */
export function send(response: ServerResponse, requestId: string, {status, body, contentType}: Reply): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': contentType ?? 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'x-api-version': 'v1',
  });
  response.end(text);
}

/** The whole body of a request; PAYLOAD_TOO_LARGE above `maxBytes`. What is too much is read and dropped, so that the client hears the answer. */
export async function readBody(request: IncomingMessage, maxBytes = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    sizeBytes += bytes.length;
    if (sizeBytes <= maxBytes) chunks.push(bytes);
    if (sizeBytes > maxBytes * 8) break;
  }
  if (sizeBytes > maxBytes) {
    throw new HttpFailure(413, 'PAYLOAD_TOO_LARGE', `The body is larger than ${String(maxBytes)} bytes.`);
  }
  return Buffer.concat(chunks);
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpFailure(400, 'VALIDATION_ERROR', `The body is not JSON: ${messageOf(error)}`);
  }
}

export async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({host: '127.0.0.1', port}, resolve);
  });
}

/** Stops accepting, lets what is in flight finish, and closes each kept-alive connection as soon as it is idle. */
export async function closeGracefully(server: Server): Promise<void> {
  const sweeping = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  await new Promise<void>(resolve => {
    server.close(() => {
      resolve();
    });
  });
  clearInterval(sweeping);
}

export {createServer};
