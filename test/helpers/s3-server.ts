// An object store on loopback: it recomputes every signature by itself, keeps versions, and holds to their locks.
import {createHash, createHmac} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {httpServer} from './http-server.ts';

export interface StoredVersion {
  readonly key: string;
  readonly id: string;
  readonly isMarker: boolean;
  readonly marked: string | undefined;
  readonly mode: string | undefined;
  readonly untilMs: number | undefined;
}

type Operation = 'lockRule' | 'head' | 'put' | 'retention' | 'delete';

/** What is wrong with the store. */
export interface S3Fault {
  /** Answers this instead of doing it. */
  readonly answers?: Partial<
    Record<Operation, {readonly status: number; readonly code?: string; readonly xml?: string}>
  >;
  readonly ignoresLocks?: boolean;
  /** Says that it is denied, and does it. */
  readonly liesOfDelete?: boolean;
  readonly hidesLocks?: boolean;
  /** Asked for a version, it shows another one. */
  readonly showsAnother?: boolean;
}

export interface S3Setting {
  readonly nowMs: number;
  readonly bucket: string;
  readonly region: string;
  /** Text of the rule; absent: no lock. */
  readonly rule?: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly fault?: S3Fault;
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');

/** Why the request is not taken, as a code; undefined when its signature is right. */
function refusal(request: IncomingMessage, body: Buffer, setting: S3Setting): string | undefined {
  const [, id, scope = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
      header(request, 'authorization'),
    ) ?? [];
  if (id !== setting.accessKeyId) return 'InvalidAccessKeyId';
  if (header(request, 'x-amz-security-token') !== (setting.sessionToken ?? '')) return 'InvalidToken';
  const date = header(request, 'x-amz-date');
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const skewMs = Math.abs(Date.UTC(year, month - 1, day, hour, minute, second) - setting.nowMs);
  if (!(skewMs < 900_000)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const mustBe = Object.keys(request.headers).filter(name => name === 'host' || name.startsWith('x-amz-'));
  if (mustBe.some(name => !signed.includes(name))) return 'AccessDenied';
  if (header(request, 'x-amz-content-sha256') !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const sorted = query
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const [name = '', value = ''] = pair.split('=');
      return `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`;
    })
    .sort();
  const lines = signed.map(name => `${name}:${header(request, name).trim()}\n`).join('');
  const canonical = [request.method, path, sorted.join('&'), lines, names, sha256(body)].join('\n');
  const expectedScope = `${date.slice(0, 8)}/${setting.region}/s3/aws4_request`;
  if (scope !== expectedScope) return 'AuthorizationHeaderMalformed';
  const key = [date.slice(0, 8), setting.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${setting.secretAccessKey}`,
  );
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  return hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

const withDigest = (request: IncomingMessage, body: Buffer): boolean =>
  header(request, 'content-md5') === createHash('md5').update(body).digest('base64');

export async function s3Server(setting: S3Setting) {
  const {nowMs, bucket, fault = {}} = setting;
  const versions: StoredVersion[] = [];
  const log: string[] = [];
  let made = 0;
  const add = (version: Omit<StoredVersion, 'id'>): StoredVersion => {
    // With what must be encoded in an address, as the ids of AWS have it.
    const stored = {...version, id: `v/${(made += 1)}+x==`};
    versions.push(stored);
    return stored;
  };
  const replace = (old: StoredVersion, by?: StoredVersion): void => {
    versions.splice(versions.indexOf(old), 1, ...(by === undefined ? [] : [by]));
  };
  const isHeld = ({untilMs = 0}: StoredVersion): boolean => untilMs > nowMs && fault.ignoresLocks !== true;

  const handle = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://store');
    const isOwnHost = header(request, 'host').startsWith(`${bucket}.`);
    const key = isOwnHost ? url.pathname.slice(1) : url.pathname.slice(bucket.length + 2);
    const id = url.searchParams.get('versionId');
    const {method = ''} = request;
    const operation: Operation = url.searchParams.has('object-lock')
      ? 'lockRule'
      : url.searchParams.has('retention')
        ? 'retention'
        : method === 'DELETE'
          ? 'delete'
          : method === 'PUT'
            ? 'put'
            : 'head';
    log.push(`${operation}${id === null ? '' : ` ${id}`}`);
    const say = (status: number, text = '', headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, headers).end(method === 'HEAD' ? '' : text);
    };
    const error = (status: number, code: string): void => {
      // As stores do, with the key of the account and what was signed.
      const echo = `<AWSAccessKeyId>${setting.accessKeyId}</AWSAccessKeyId><Echo>${header(request, 'authorization')}</Echo>`;
      say(
        status,
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no: ${code}</Message>${echo}</Error>`,
      );
    };

    const refused = refusal(request, body, setting);
    if (refused !== undefined) {
      error(403, refused);
      return;
    }
    if (!isOwnHost && url.pathname.split('/')[1] !== bucket) {
      error(404, 'NoSuchBucket');
      return;
    }
    const ordered = fault.answers?.[operation];
    if (ordered !== undefined) {
      if (ordered.xml !== undefined) say(ordered.status, ordered.xml);
      else if (ordered.code === undefined) say(ordered.status);
      else error(ordered.status, ordered.code);
      return;
    }
    if (operation === 'lockRule') {
      if (setting.rule === undefined) error(404, 'ObjectLockConfigurationNotFoundError');
      else say(200, setting.rule);
      return;
    }
    if (operation === 'put') {
      const until = Date.parse(header(request, 'x-amz-object-lock-retain-until-date'));
      if (!withDigest(request, body) || !(until > nowMs)) {
        error(400, 'InvalidRequest');
        return;
      }
      const mode = header(request, 'x-amz-object-lock-mode');
      const marked = header(request, 'x-amz-meta-quarterdeck');
      say(200, '', {'x-amz-version-id': add({key, isMarker: false, marked, mode, untilMs: until}).id});
      return;
    }
    const mine = versions.filter(version => version.key === key);
    const found = id === null ? mine.at(-1) : mine.find(version => version.id === id);
    if (operation === 'delete') {
      // Without a version the object is only hidden, lock or not, and that is a success.
      if (id === null) add({key, isMarker: true, marked: undefined, mode: undefined, untilMs: undefined});
      else if (found !== undefined) {
        const held = isHeld(found);
        if (!held || fault.liesOfDelete === true) replace(found);
        if (held) {
          error(403, 'AccessDenied');
          return;
        }
      }
      say(204);
      return;
    }
    if (found === undefined || found.isMarker) {
      error(404, 'NoSuchKey');
      return;
    }
    if (operation === 'retention') {
      const until = Date.parse(/<RetainUntilDate>([^<]+)</.exec(body.toString())?.[1] ?? '');
      const mode = /<Mode>([^<]+)</.exec(body.toString())?.[1] ?? '';
      if (!withDigest(request, body) || !(until > nowMs)) error(400, 'InvalidRequest');
      else if (isHeld(found) && (until < (found.untilMs ?? 0) || mode !== found.mode))
        error(403, 'AccessDenied');
      else {
        replace(found, {...found, mode, untilMs: until});
        say(200);
      }
      return;
    }
    say(200, '', {
      'x-amz-version-id': id !== null && fault.showsAnother === true ? 'another' : found.id,
      ...(found.marked === undefined ? {} : {'x-amz-meta-quarterdeck': found.marked}),
      ...(found.mode === undefined || found.untilMs === undefined || fault.hidesLocks === true
        ? {}
        : {
            'x-amz-object-lock-mode': found.mode,
            'x-amz-object-lock-retain-until-date': new Date(found.untilMs).toISOString(),
          }),
    });
  };

  const {origin, port} = await httpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      handle(request, response, Buffer.concat(chunks));
    });
  });
  return {origin, port, versions, log, add};
}

/** A rule as stores write it. */
export const lockRule = (period: string, mode = 'COMPLIANCE', enabled = 'Enabled'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>${enabled}</ObjectLockEnabled><Rule><DefaultRetention><Mode>${mode}</Mode>${period}</DefaultRetention></Rule></ObjectLockConfiguration>`;
