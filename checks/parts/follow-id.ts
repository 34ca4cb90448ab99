// Where the id of a request turns up after it was sent.
import type {CheckContext} from '../../src/define.ts';
import {prepare, type Asked} from './ask.ts';
import type {Given} from './condition.ts';
import {parseJson} from './json.ts';
import {meetsAt} from './operators.ts';

/** How long a log file was before the request. */
export interface LogMark {
  readonly path: string;
  readonly sizeBytes: number;
}

export type Sight =
  | {readonly at: 'found'; readonly how: string}
  | {readonly at: 'missing'; readonly how: string}
  /** The place could not be looked at. */
  | {readonly at: 'unknown'; readonly how: string};

/** More is not read of what a log grew by. */
const mostBytes = 8 * 1024 * 1024;

/** The end of the file as it is now; a log may be a link. */
export async function logMark(path: string, {files}: Pick<CheckContext, 'files'>): Promise<LogMark> {
  const real = await files.real(path);
  const stat = real === undefined ? undefined : await files.stat(real);
  return {path, sizeBytes: stat?.kind === 'file' ? stat.sizeBytes : 0};
}

/** Whether the id is in what the log grew by; a log that became shorter was begun again. */
export async function seenInLog(
  id: string,
  mark: LogMark,
  {files}: Pick<CheckContext, 'files'>,
): Promise<Sight> {
  const real = await files.real(mark.path);
  const stat = real === undefined ? undefined : await files.stat(real);
  if (real === undefined || stat === undefined) return {at: 'unknown', how: 'there is no such file'};
  if (stat.kind !== 'file') return {at: 'unknown', how: 'it is no file'};
  const from = stat.sizeBytes < mark.sizeBytes ? 0 : mark.sizeBytes;
  const grown = stat.sizeBytes - from;
  try {
    const bytes = await files.readAt(real, from, Math.min(grown, mostBytes));
    if (Buffer.from(bytes).includes(id)) return {at: 'found', how: 'it is there'};
  } catch (error) {
    return {at: 'unknown', how: error instanceof Error ? error.message : String(error)};
  }
  return grown > mostBytes
    ? {at: 'unknown', how: 'it grew by more than 8 MiB, which are not read'}
    : {at: 'missing', how: `${grown} new bytes without it`};
}

type AddressGiven = Pick<Asked, 'url' | 'headers' | 'tls'> & {
  readonly jsonAt?: Readonly<Record<string, Given>> | undefined;
};

/** What of the JSON is not as it must be; empty when all is. */
function wrongIn(body: Uint8Array, jsonAt: AddressGiven['jsonAt'], {clock}: CheckContext): string {
  if (jsonAt === undefined) return '';
  const parsed = parseJson(new TextDecoder().decode(body));
  if (parsed === undefined) return 'an answer that is no JSON';
  const wrong = meetsAt(parsed.value, jsonAt, clock.nowMs()).find(({ok}) => ok !== true);
  return wrong === undefined ? '' : `${wrong.what} ${wrong.actual}`;
}

/** Whether the id is in what an address answers. */
export async function seenThere(
  id: string,
  {url, headers, tls, jsonAt}: AddressGiven,
  {context, timeoutMs}: {readonly context: CheckContext; readonly timeoutMs: number},
): Promise<Sight> {
  const asked = {url: url.replaceAll('{id}', encodeURIComponent(id)), method: 'GET', headers, tls};
  const prepared = await prepare(asked, context);
  if (!prepared.ok) return {at: 'unknown', how: prepared.look.message};
  const {answer} = await prepared.value.send(timeoutMs);
  if (answer.at === 'failed') return {at: 'unknown', how: answer.message};
  if (answer.status < 200 || answer.status > 299)
    return answer.status === 404
      ? {at: 'missing', how: 'HTTP 404'}
      : {at: 'unknown', how: `HTTP ${answer.status} instead of an answer`};
  const wrong = wrongIn(answer.body, jsonAt, context);
  if (Buffer.from(answer.body).includes(id) && wrong === '') return {at: 'found', how: 'it is there'};
  if (wrong !== '' && !answer.cut) return {at: 'missing', how: wrong};
  return answer.cut
    ? {at: 'unknown', how: 'the answer has more than 1 MiB'}
    : {at: 'missing', how: 'an answer without it'};
}
