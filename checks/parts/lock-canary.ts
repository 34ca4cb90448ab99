// The canary of a check of object lock: its own object, marked as such, with the version that the store knows it by.
import {foreignInstant, timestamp} from '../../src/domain/time.ts';
import type {Kind, Look} from '../../src/domain/verdict.ts';
import {couldNot, type Found} from './reference.ts';
import {answerText, wordOf, type S3Answer, type S3Answered, type S3Request} from './s3.ts';

export const lockModes = ['COMPLIANCE', 'GOVERNANCE'] as const;
export const lockOps = ['deleteVersion', 'shortenRetention'] as const;

export interface LockWanted {
  readonly key: string;
  readonly mode: (typeof lockModes)[number];
  readonly retentionDays: number;
  readonly ops: readonly (typeof lockOps)[number][];
}

const dayMs = 86_400_000;
/** A canary with less than this left is not tried any more: its lock might end while it is. */
export const leastLeftMs = 3_600_000;
/** Nothing without it is ever tried: the object might be somebody's. */
const markHeader = 'x-amz-meta-quarterdeck';
const mark = 'canary';
const modeHeader = 'x-amz-object-lock-mode';
const untilHeader = 'x-amz-object-lock-retain-until-date';
const versionHeader = 'x-amz-version-id';

export type Ask = (request: S3Request) => Promise<S3Answer>;

export const failed = (message: string): {readonly ok: false; readonly look: Look} => ({
  ok: false,
  look: {verdict: 'fail', kind: 'assertion', checked: 1, message},
});

function kindOf({status, code}: S3Answered): Kind {
  if (status === 401 || status === 403)
    return code === undefined || code === 'AccessDenied' ? 'permission' : 'auth';
  return status === 301 || status === 307 || status === 400 ? 'config' : 'noData';
}

/** An answer that is neither what was asked for nor a denial of it: nothing is known. */
export const notSeen = (what: string, answer: S3Answered): {readonly ok: false; readonly look: Look} =>
  couldNot(kindOf(answer), `${what}: ${answerText(answer)}`);

/** As stores write times in headers and bodies. */
export const isoSeconds = (ms: number): string => `${timestamp(Math.floor(ms)).slice(0, 19)}Z`;

export interface Canary {
  readonly versionId: string;
  /** Undefined where the store does not show them. */
  readonly mode: string | undefined;
  readonly untilMs: number | undefined;
}

const control = 'HeadObject of the canary failed, so that nothing is shown by a denial';

/** What HeadObject says of the newest version, or of the one that is named; `gone` where there is none. */
export async function head(ask: Ask, key: string, versionId?: string): Promise<Found<Canary | 'gone'>> {
  const query = versionId === undefined ? {} : {versionId};
  const answer = await ask({method: 'HEAD', key, query});
  if (!answer.ok) return answer;
  if (answer.status === 404) return {ok: true, value: 'gone'};
  if (answer.status !== 200) return notSeen(control, answer);
  const {
    [markHeader]: marked,
    [versionHeader]: version,
    [modeHeader]: mode,
    [untilHeader]: until,
  } = answer.headers;
  if (marked !== mark)
    return couldNot('config', `${key} is no canary of this check, and is left alone; name a key of its own`);
  if (version === undefined || version === '' || (versionId !== undefined && version !== versionId))
    return couldNot('noData', `${control}: it names ${version === undefined ? 'no' : 'another'} version`);
  return {ok: true, value: {versionId: version, mode: wordOf(mode), untilMs: foreignInstant(until ?? '')}};
}

/** Puts a canary that is locked for as long as the bucket should lock; the id of its version. */
export async function put(
  ask: Ask,
  {key, mode, retentionDays}: LockWanted,
  nowMs: number,
): Promise<Found<string>> {
  const until = isoSeconds(nowMs + retentionDays * dayMs);
  const answer = await ask({
    method: 'PUT',
    key,
    headers: {[markHeader]: mark, [modeHeader]: mode, [untilHeader]: until},
    body: 'Put by a check of Quarterdeck, which tries that this version can be neither deleted nor unlocked.\n',
  });
  if (!answer.ok)
    return {ok: false, look: {...answer.look, message: `putting a canary: ${answer.look.message}`}};
  if (answer.status !== 200) return notSeen('a canary could not be put', answer);
  const version = answer.headers[versionHeader] ?? '';
  return version === ''
    ? failed('the canary that was put has no version: the bucket keeps none')
    : {ok: true, value: version};
}
