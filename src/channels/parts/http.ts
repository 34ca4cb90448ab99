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
  /** A 2xx whose body says that it was not taken after all. */
  readonly refused?: (body: string) => boolean;
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
const isAboutNotice = (status: number): boolean => [400, 413, 414, 415, 422].includes(status);

function judge(answer: Answered, post: Post, nowMs: number): Sent {
  const {status, headers} = answer;
  const body = new TextDecoder().decode(answer.body);
  const said = post.words?.(body);
  const message = `HTTP ${status}${said === undefined || said === '' ? '' : `: ${said}`}`;
  if (status >= 200 && status <= 299 && post.refused?.(body) !== true) return {at: 'sent', message};
  if (status >= 300 && status <= 399)
    return {at: 'failed', about: 'channel', message: `${message} (a redirect, which is not followed)`};
  const afterMs = post.retryAfterMs?.(body) ?? retryAfter(headers['retry-after'], nowMs);
  return {
    at: 'failed',
    about: isAboutNotice(status) ? 'notice' : 'channel',
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
