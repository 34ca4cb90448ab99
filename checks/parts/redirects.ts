// Where a redirect may lead: nowhere, or to the same origin, and never with what was meant for the first address.
import type {HttpAnswer, HttpRequest} from '../../src/ports.ts';
import {excerpt} from './expect.ts';

export type Redirects = 'none' | 'sameOrigin';

const mostHops = 3;
/** All that travels on: nothing that could be a secret, whatever its name is. */
const travelling = /^(?:accept(?:-[a-z]+)?|user-agent|host|x-request-id)$/i;

interface Hop {
  readonly request: HttpRequest;
  readonly answer: Extract<HttpAnswer, {at: 'answered'}>;
  readonly redirects: Redirects;
  /** How many were followed before. */
  readonly hops: number;
  readonly hasSecretBody: boolean;
}

export type Next =
  {readonly at: 'go'; readonly request: HttpRequest} | {readonly at: 'stay'; readonly note: string};

function refusalOf(
  {request, redirects, hops, hasSecretBody, answer}: Hop,
  to: URL | undefined,
): string | undefined {
  if (redirects === 'none') return 'not followed';
  if (to === undefined) return 'not followed: it is no address';
  const from = new URL(request.url);
  if (from.protocol === 'https:' && to.protocol === 'http:') return 'not followed: it leaves TLS';
  if (from.origin !== to.origin) return 'not followed: it is another origin';
  if (to.username !== '' || to.password !== '') return 'not followed: it has a password in it';
  if (hops >= mostHops) return `not followed: it is the ${hops + 1}th in a row`;
  if ((answer.status === 307 || answer.status === 308) && request.body !== undefined && hasSecretBody)
    return 'not followed: the body holds a secret';
  return undefined;
}

/** What comes after an answer: the request to the next address, or nothing, with what is to be said about it. */
export function nextHop(hop: Hop): Next {
  const {request, answer, hops} = hop;
  const {status, headers} = answer;
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
    return {
      at: 'stay',
      note:
        hops === 0
          ? ''
          : ` (after ${hops === 1 ? 'a redirect' : `${hops} redirects`} to ${excerpt(request.url)})`,
    };
  const to = URL.canParse(location, request.url) ? new URL(location, request.url) : undefined;
  const refusal = refusalOf(hop, to);
  if (refusal !== undefined || to === undefined)
    return {at: 'stay', note: ` (redirect to ${excerpt(location)}, ${refusal ?? 'not followed'})`};
  to.hash = '';
  const isSame = status === 307 || status === 308 || request.method === 'HEAD';
  const {body, ...rest} = request;
  return {
    at: 'go',
    request: {
      ...rest,
      url: to.href,
      method: isSame ? request.method : 'GET',
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => travelling.test(name))),
      ...(isSame && body !== undefined ? {body} : {}),
    },
  };
}
