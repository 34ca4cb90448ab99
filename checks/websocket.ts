import {createHash} from 'node:crypto';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import {asInsecure, fromFailure} from './parts/ask.ts';
import {readCertificate} from './parts/certificate.ts';
import {excerpt, judge, type Assertion} from './parts/expect.ts';
import {httpStatus, requestHeaders} from './parts/fields.ts';
import {resolveReferences} from './parts/reference.ts';
import {retries, withRetries} from './parts/retries.ts';
import {cleaner, withoutSecrets} from './parts/secrets.ts';
import {httpTls, tlsMeans, type Meant} from './parts/tls-fields.ts';

const maxBytes = 16 * 1024;

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'expected an address such as ws://127.0.0.1:8080/agent';
  const {protocol, username, password} = new URL(text);
  if (protocol !== 'ws:' && protocol !== 'wss:') return `${protocol} is not ws: or wss:`;
  return username === '' && password === ''
    ? undefined
    : 'a password does not belong into the address: use a header with env:NAME';
}

const params = z.strictObject({
  url: z
    .string()
    .superRefine((text, context) => {
      const message = urlProblem(text);
      if (message !== undefined) context.addIssue({code: 'custom', message});
    })
    .describe('The address; ws: or wss:.'),
  headers: requestHeaders.default({}),
  protocols: z
    .array(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not the name of a protocol'))
    .min(1)
    .optional()
    .describe('Protocols to offer, of which the server must take one.'),
  status: httpStatus
    .default(101)
    .describe('The HTTP status of the answer; 101 is a connection, 401 a refusal that can be right.'),
  tls: httpTls.optional(),
  retries,
});
type Params = z.infer<typeof params>;

/** RFC 6455, 4.2.2: what a server makes of the key, so that no cache and no ordinary web server can answer. */
const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

interface Opening {
  readonly given: Params;
  readonly headers: Readonly<Record<string, string>>;
  readonly meant: Meant | undefined;
  readonly context: CheckContext;
  /** Takes secrets out of what came back, before any of it is quoted. */
  readonly clean: (text: string) => string;
  readonly timeoutMs: number;
}

function openingText({given, headers}: Opening, key: string): string {
  const url = new URL(given.url);
  const lines = Object.entries({
    Host: url.host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    ...(given.protocols === undefined ? {} : {'Sec-WebSocket-Protocol': given.protocols.join(', ')}),
    'User-Agent': 'quarterdeck',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Status and headers of an answer; undefined for what is no HTTP. */
function answerIn(
  text: string,
): {readonly status: number; readonly headers: ReadonlyMap<string, string>} | undefined {
  const [head = ''] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [, status] = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) return undefined;
  const headers = lines.map(line => {
    const at = line.indexOf(':');
    return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  return {status: Number(status), headers: new Map(headers)};
}

function assertions(text: string, key: string, {status: wanted, protocols}: Params): Assertion[] {
  const answer = answerIn(text);
  if (answer === undefined)
    return [{what: 'answer', ok: false, expected: 'HTTP/1.1', actual: JSON.stringify(excerpt(text, 60))}];
  const {status, headers} = answer;
  const list = [{what: 'status', ok: status === wanted, expected: String(wanted), actual: String(status)}];
  if (wanted !== 101 || status !== 101) return list;
  const header = (name: string, ok: (value: string) => boolean, expected: string): Assertion => {
    const value = headers.get(name);
    return {
      what: name,
      ok: value !== undefined && ok(value),
      expected,
      actual: value === undefined ? 'nothing' : excerpt(value, 60),
    };
  };
  return [
    ...list,
    header('upgrade', value => value.toLowerCase() === 'websocket', 'websocket'),
    header('connection', value => /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(value), 'Upgrade'),
    header('sec-websocket-accept', value => value === acceptOf(key), acceptOf(key)),
    ...(protocols === undefined
      ? []
      : [
          header(
            'sec-websocket-protocol',
            value => protocols.includes(value),
            `one of ${protocols.join(', ')}`,
          ),
        ]),
  ];
}

/** What came back for the opening, or the look that says why nothing did. */
async function exchange(
  opening: Opening,
  text: string,
): Promise<{readonly text: string} | {readonly look: Look}> {
  const {given, meant, context, timeoutMs} = opening;
  const url = new URL(given.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const say = {text, until: '\r\n\r\n', maxBytes};
  const {signal} = context;
  if (url.protocol === 'ws:') {
    const port = url.port === '' ? 80 : Number(url.port);
    const answer = await context.net.connect({host, port, say, timeoutMs, signal});
    return answer.at === 'failed'
      ? {look: fromFailure(answer)}
      : {text: new TextDecoder().decode(answer.received)};
  }
  const port = url.port === '' ? 443 : Number(url.port);
  const answer = await context.tls.talk({...meant?.means, host, port, say, timeoutMs, signal});
  if (answer.at === 'failed') return {look: fromFailure(answer)};
  const [leaf] = answer.chain.flatMap(der => readCertificate(der) ?? []);
  const name = given.tls?.servername ?? host;
  const wrong = answer.distrust ?? (leaf?.isFor(name) === true ? undefined : `it is not for ${name}`);
  if (wrong !== undefined && given.tls?.insecure !== true)
    return {look: fromFailure({kind: 'tls', message: `the server’s certificate is not trusted: ${wrong}`})};
  return {text: new TextDecoder().decode(answer.received)};
}

async function look(opening: Opening): Promise<Look> {
  const {given, context} = opening;
  const key = Buffer.from(context.random.bytes(16)).toString('base64');
  const seen = await exchange(opening, openingText(opening, key));
  if ('look' in seen) return seen.look;
  const text = opening.clean(seen.text);
  const judged = judge(assertions(text, key, given), `HTTP ${given.status}, as it must be`);
  return given.tls?.insecure === true ? asInsecure(judged) : judged;
}

export const websocket = defineCheck({
  type: 'websocket',
  summary: 'A WebSocket opens, proved by the answer to a key of its own, or is refused as it must be',
  example: `type: websocket
url: ws://127.0.0.1:8080/agent
headers: {Authorization: Bearer env:AGENT_TOKEN}
protocols: [agent.v1]`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    const headers = await resolveReferences(given.headers, context);
    if (!headers.ok) return headers.look;
    const meant = given.tls === undefined ? undefined : await tlsMeans(given.tls, context);
    if (meant?.ok === false) return meant.look;
    const secrets = [...headers.secrets, ...(meant?.value.secrets ?? [])];
    const seen = await withRetries(given.retries, context, async timeoutMs =>
      look({
        given,
        headers: headers.values,
        meant: meant?.value,
        context,
        clean: cleaner(secrets),
        timeoutMs,
      }),
    );
    return withoutSecrets(seen, secrets);
  },
});
