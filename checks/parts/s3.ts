// One signed request to an object store that speaks the S3 API, and what of its answer is read: status, code, headers.
import {createHash} from 'node:crypto';
import aws4 from 'aws4';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import {timestamp} from '../../src/domain/time.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {fromFailure} from './ask.ts';
import {leftMs} from './retries.ts';
import type {Meant} from './tls-fields.ts';
import {elementAt, readXml, type Element} from './xml.ts';

/** A bucket, and who asks about it. */
export interface Store {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly style: 'path' | 'virtualHost';
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly secrets: readonly SecretValue[];
  readonly tls: (Meant['means'] & {readonly insecure?: boolean}) | undefined;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Without it, the bucket itself. */
  readonly key?: string;
  /** An empty value stands for a sub-resource, such as `retention`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type S3Answer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Of an error that says one, such as `AccessDenied`. */
      readonly code: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
      readonly xml: Element | undefined;
    }
  | {readonly ok: false; readonly look: Look};
export type S3Answered = Extract<S3Answer, {readonly ok: true}>;

const maxAnswerBytes = 64 * 1024;
const word = /^[A-Za-z0-9.]{1,80}$/;

/** One word, whole or not at all: nothing else of an answer is quoted, and a secret that was cut could not be masked. */
export const wordOf = (text: string | undefined): string | undefined =>
  text !== undefined && word.test(text) ? text : undefined;

/** `20260102T030405Z`, as signatures date themselves. */
const stamp = (nowMs: number): string => `${timestamp(nowMs).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

function addressOf({endpoint, bucket, style}: Store, {key = '', query = {}}: S3Request): URL {
  const url = new URL(endpoint);
  if (style === 'virtualHost') url.hostname = `${bucket}.${url.hostname}`;
  url.pathname = style === 'path' ? `/${bucket}${key === '' ? '' : `/${key}`}` : `/${key}`;
  url.search = Object.entries(query)
    .map(([name, value]) => `${name}${value === '' ? '' : `=${encodeURIComponent(value)}`}`)
    .join('&');
  return url;
}

/** Every header that is sent on purpose is signed. */
function signedHeaders(
  {region, credentials}: Store,
  {url, request, nowMs}: {readonly url: URL; readonly request: S3Request; readonly nowMs: number},
): Record<string, string> {
  const {method, body, headers = {}} = request;
  const signed = aws4.sign(
    {
      service: 's3',
      region,
      method,
      host: url.host,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...headers,
        Host: url.host,
        'X-Amz-Date': stamp(nowMs),
        ...(body === undefined
          ? {}
          : {
              'Content-Type': 'application/xml',
              // Stores refuse what sets a retention without one.
              'Content-MD5': createHash('md5').update(body).digest('base64'),
            }),
      },
      ...(body === undefined ? {} : {body}),
    },
    credentials,
  );
  return Object.fromEntries(
    Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)] as const),
  );
}

/** Asks, within what is left of the check's time; what got no answer is the look that says so. */
export async function askS3(
  store: Store,
  request: S3Request,
  {context, beganMs}: {readonly context: CheckContext; readonly beganMs: number},
): Promise<S3Answer> {
  const url = addressOf(store, request);
  const answer = await context.http.request({
    method: request.method,
    url: url.href,
    headers: signedHeaders(store, {url, request, nowMs: context.clock.nowMs()}),
    ...(request.body === undefined ? {} : {body: request.body}),
    ...(store.tls === undefined ? {} : {tls: store.tls}),
    timeoutMs: leftMs(context, beganMs),
    maxBodyBytes: maxAnswerBytes,
    signal: context.signal,
  });
  if (answer.at === 'failed') return {ok: false, look: fromFailure(answer)};
  const {status, headers, body, cut} = answer;
  const xml = cut || body.length === 0 ? undefined : readXml(new TextDecoder().decode(body));
  const code = wordOf(elementAt(xml, ['Error', 'Code'])?.text.trim());
  return {ok: true, status, headers, xml, code};
}

/** How an answer is named in messages: `403 AccessDenied`. */
export const answerText = ({status, code}: S3Answered): string =>
  code === undefined ? String(status) : `${status} ${code}`;
