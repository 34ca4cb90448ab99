// Fetching evidence over HTTP: the bytes as they came, with the request id and whether caching was forbidden (R17, R18).
import {z} from 'zod';
import {QdError} from '../../domain/error.ts';
import type {Http, HttpAnswer, Random} from '../../ports.ts';
import type {Piece} from './cases.ts';
import {maxCaseBytes, safeName} from './folder.ts';

const timeoutMs = 60_000;

export interface FetchRequest {
  readonly url: string;
  /** With their values; none of them is recorded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly name?: string | undefined;
  readonly signal: AbortSignal;
}

const secretive = /token|key|secret|pass|sig|auth|code/i;

/** The URL as it may be recorded: no fragment, and no value of a parameter that may be a credential. */
function urlWithoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.hash = '';
  for (const name of [...shown.searchParams.keys()])
    if (secretive.test(name)) shown.searchParams.set(name, 'withheld');
  return shown.href;
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new QdError('USAGE', 'That is no http or https URL.', {
      hint: 'Give the whole URL, with its scheme.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new QdError('USAGE', 'The URL holds a user name or a password.', {
      hint: 'Put it into an environment variable and name that: --header-env Authorization=NAME',
    });
  }
  return url;
}

/** The last two words of the path, as a JSON file: `/admin/system/export` is `system-export.json`. */
function nameOf(url: URL): string {
  const words = url.pathname.split('/').filter(word => word !== '');
  return `${words.slice(-2).join('-') || url.hostname}.json`;
}

const envelope = z.object({error: z.object({code: z.string()})});

/** The code of an error envelope, with a space before it. */
function codeIn(body: Uint8Array): string {
  try {
    const parsed = envelope.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return parsed.success ? ` ${parsed.data.error.code}` : '';
  } catch {
    return '';
  }
}

type Answered = Extract<HttpAnswer, {at: 'answered'}>;

function warningsAbout({headers}: Answered, sentId: string): string[] {
  const cacheControl = headers['cache-control'];
  const noStore = cacheControl?.split(',').some(word => word.trim().toLowerCase() === 'no-store') === true;
  const requestId = headers['x-request-id'];
  const encoding = headers['content-encoding'];
  return [
    ...(noStore ? [] : [`no Cache-Control: no-store (${cacheControl ?? 'no such header'})`]),
    ...(requestId === undefined ? ['the answer carries no X-Request-Id'] : []),
    ...(requestId !== undefined && requestId !== sentId
      ? ['the X-Request-Id is not the one that was sent']
      : []),
    ...(encoding === undefined || encoding === 'identity'
      ? []
      : [`it came with Content-Encoding: ${encoding} and was unpacked`]),
  ];
}

/** The answer as a piece of a case. Throws USAGE for the URL, and CASE_INVALID when there is nothing to keep. */
export async function fetchPiece(
  {http, random}: {readonly http: Http; readonly random: Random},
  {url: given, headers, name, signal}: FetchRequest,
): Promise<Piece> {
  const url = urlOf(given);
  const sentId = `qd-${Buffer.from(random.bytes(12)).toString('hex')}`;
  const answer = await http.request({
    method: 'GET',
    url: url.href,
    headers: {...headers, accept: 'application/json', 'accept-encoding': 'identity', 'x-request-id': sentId},
    timeoutMs,
    maxBodyBytes: maxCaseBytes,
    signal,
  });
  if (answer.at === 'failed') {
    throw new QdError('CASE_INVALID', `Nothing was fetched: ${answer.message}.`, {
      hint: 'Nothing was stored. Check the URL and whether the service runs, and try again.',
    });
  }
  const requestId = answer.headers['x-request-id'];
  if (answer.status !== 200) {
    throw new QdError(
      'CASE_INVALID',
      `The service answered ${answer.status}${codeIn(answer.body)} (request ${requestId ?? sentId}). Nothing was stored.`,
      {hint: 'Check the URL and the credential; the service finds the request by its id.'},
    );
  }
  if (answer.cut) {
    throw new QdError(
      'CASE_INVALID',
      `The answer is larger than ${maxCaseBytes} bytes. Nothing was stored.`,
      {
        hint: 'Export it in parts, or save it by other means and use `case add`.',
      },
    );
  }
  const cacheControl = answer.headers['cache-control'];
  return {
    name: safeName(name ?? nameOf(url)),
    bytes: answer.body,
    from: urlWithoutSecrets(url),
    requestId: requestId ?? sentId,
    ...(cacheControl === undefined ? {} : {cacheControl}),
    warnings: warningsAbout(answer, sentId),
  };
}
