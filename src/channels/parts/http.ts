// Sending JSON over HTTP, and what the answer means for a notice.
import type {ChannelContext, Sent} from '../../define-channel.ts';
import {instantOf} from '../../domain/time.ts';
import type {HttpAnswer} from '../../ports.ts';

type Answered = Extract<HttpAnswer, {at: 'answered'}>;

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the receiver says in its own words; undefined when it says nothing that is worth quoting. */
  readonly words?: (body: string) => string | undefined;
  /** How long it wants to be left alone, when its body says that. */
  readonly retryAfterMs?: (body: string) => number | undefined;
  /** Whether a refusal is about this notice and not about all of them; without it the status tells. */
  readonly isAboutNotice?: (status: number, body: string) => boolean;
}

const maxBodyBytes = 64 * 1024;

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Seconds, or a date as HTTP writes it (RFC 9110, 10.2.3). */
function retryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/.test(text)) return Number(text) * 1000;
  const [, day = '', month = '', year = '', time = ''] =
    /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text) ?? [];
  const at = instantOf(`${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day}T${time}Z`);
  return at === undefined ? undefined : Math.max(0, at - nowMs);
}

/** It understood, and does not want this one. Anything else may be another story in a minute. */
const isRefusal = (status: number): boolean => [400, 413, 414, 415, 422].includes(status);

function judge(answer: Answered, post: Post, nowMs: number): Sent {
  const {status, headers} = answer;
  const body = new TextDecoder().decode(answer.body);
  // Not cut here: half a secret is not known as one (engine/alerts/deliver.ts masks, then cuts).
  const said = post.words?.(body);
  const message = `HTTP ${status}${said === undefined || said === '' ? '' : `: ${said}`}`;
  if (status >= 200 && status <= 299) return {at: 'sent', message};
  if (status >= 300 && status <= 399)
    return {at: 'failed', about: 'channel', message: `${message} (a redirect, which is not followed)`};
  const afterMs = post.retryAfterMs?.(body) ?? retryAfter(headers['retry-after'], nowMs);
  return {
    at: 'failed',
    about: (post.isAboutNotice?.(status, body) ?? isRefusal(status)) ? 'notice' : 'channel',
    message,
    ...(afterMs === undefined ? {} : {retryAfterMs: afterMs}),
  };
}

export async function postJson(post: Post, context: ChannelContext): Promise<Sent> {
  const answer = await context.http.request({
    method: 'POST',
    url: post.url,
    headers: {'content-type': 'application/json', ...post.headers},
    body: post.body,
    timeoutMs: context.timeoutMs,
    maxBodyBytes,
    signal: context.signal,
  });
  if (answer.at === 'failed') return {at: 'failed', about: 'channel', message: answer.message};
  return judge(answer, post, context.clock.nowMs());
}

function valueAt(body: string, path: readonly string[]): unknown {
  try {
    let value: unknown = JSON.parse(body);
    for (const key of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = Object.entries(value).find(([name]) => name === key)?.[1];
    }
    return value;
  } catch {
    return undefined;
  }
}

/** A text inside JSON, at this place; undefined when there is none. */
export function textAt(body: string, ...path: readonly string[]): string | undefined {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : undefined;
}

/** The same for a number that is not negative. */
export function numberAt(body: string, ...path: readonly string[]): number | undefined {
  const value = valueAt(body, path);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
