// A canary under object lock: it is seen, and then neither deleting its version nor shortening its retention may work.
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import type {Assertion} from './expect.ts';
import {
  failed,
  head,
  isoSeconds,
  leastLeftMs,
  notSeen,
  put,
  type Ask,
  type Canary,
  type LockWanted,
} from './lock-canary.ts';
import {couldNot, type Found} from './reference.ts';
import {answerText, askS3, wordOf, type S3Answered, type S3Request, type Store} from './s3.ts';
import {elementAt} from './xml.ts';

export interface LockDrilled {
  readonly assertions: readonly Assertion[];
  /** What ended it early; the assertions are those made until then. */
  readonly ended: Look | undefined;
  /** What was written, in words. */
  readonly written: readonly string[];
}

const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;
const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** The rule of the bucket: lock enabled, and new objects locked for long enough. */
async function bucketRule(ask: Ask, {mode, retentionDays}: LockWanted): Promise<Found<readonly Assertion[]>> {
  const answer = await ask({method: 'GET', query: {'object-lock': ''}});
  if (!answer.ok) return answer;
  if (answer.status === 404 && answer.code === 'ObjectLockConfigurationNotFoundError')
    return failed('object lock: expected Enabled, got a bucket without it');
  if (answer.status === 404 && answer.code === 'NoSuchBucket') return failed('there is no such bucket');
  if (answer.status !== 200) return notSeen('the lock of the bucket cannot be seen', answer);
  const at = (...names: readonly string[]): string | undefined =>
    elementAt(answer.xml, ['ObjectLockConfiguration', ...names])?.text.trim();
  if (at() === undefined)
    return couldNot('noData', 'the lock of the bucket cannot be seen: the answer is none that can be read');
  const enabled = at('ObjectLockEnabled');
  if (enabled !== 'Enabled')
    return failed(`object lock: expected Enabled, got ${wordOf(enabled) ?? 'something else'}`);
  const rule = (name: string): string | undefined => at('Rule', 'DefaultRetention', name);
  const years = count(rule('Years'));
  const kept = count(rule('Days')) ?? (years === undefined ? undefined : years * 365);
  const ruleMode = rule('Mode');
  return {
    ok: true,
    value: [
      {what: 'object lock', ok: true, expected: 'Enabled', actual: enabled},
      {
        what: 'retention of the bucket',
        ok: kept !== undefined && kept >= retentionDays,
        expected: `at least ${days(retentionDays)}`,
        actual: kept === undefined ? 'no rule' : days(kept),
      },
      {
        what: 'mode of the bucket',
        ok: isAsStrict(ruleMode, mode),
        expected: mode,
        actual: ruleMode === undefined ? 'no rule' : (wordOf(ruleMode) ?? 'something else'),
      },
    ],
  };
}

/** COMPLIANCE binds everybody, GOVERNANCE those without a special right. */
const isAsStrict = (mode: string | undefined, wanted: LockWanted['mode']): boolean =>
  mode === wanted || mode === 'COMPLIANCE';

/** What must not be possible. A delete always names a version: without one it would only hide the object. */
function attemptOf(
  op: LockWanted['ops'][number],
  {key, mode, nowMs}: LockWanted & {readonly nowMs: number},
  {versionId, untilMs, mode: own}: Canary,
): S3Request | undefined {
  if (op === 'deleteVersion') return {method: 'DELETE', key, query: {versionId}};
  if (untilMs === undefined) return undefined;
  return {
    method: 'PUT',
    key,
    query: {retention: '', versionId},
    body:
      '<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      `<Mode>${own === 'COMPLIANCE' || own === 'GOVERNANCE' ? own : mode}</Mode>` +
      `<RetainUntilDate>${isoSeconds(nowMs + (untilMs - nowMs) / 2)}</RetainUntilDate></Retention>`,
  };
}

const opNames: Readonly<Record<LockWanted['ops'][number], string>> = {
  shortenRetention: 'shortening the retention',
  deleteVersion: 'deleting the version',
};

/** Denied in the one way that a lock denies; any other refusal has another reason. */
function denied(what: string, answer: S3Answered): Assertion {
  const {status, code} = answer;
  const isDone = status >= 200 && status <= 299;
  return {
    what,
    ok: isDone ? false : status === 403 && code === 'AccessDenied' ? true : undefined,
    expected: '403 AccessDenied',
    actual: isDone ? `${status}: it was done` : answerText(answer),
  };
}

/** The version is still there, and locked for as long as before. */
const unchanged = (canary: Canary, after: Canary | 'gone'): Assertion => ({
  what: 'the canary afterwards',
  ok: after !== 'gone' && (canary.untilMs === undefined || (after.untilMs ?? 0) >= canary.untilMs),
  expected: 'as it was',
  actual: after === 'gone' ? 'gone' : lockText(after),
});

const lockText = ({mode, untilMs}: Canary): string =>
  mode === undefined || untilMs === undefined
    ? 'a lock that the store does not show'
    : `${mode} until ${isoSeconds(untilMs)}`;

/** A canary that is seen under the id of its version; a new one where there is none whose lock lasts. */
async function canaryOf(
  ask: Ask,
  {wanted, nowMs, written}: {readonly wanted: LockWanted; readonly nowMs: number; readonly written: string[]},
): Promise<Found<Canary>> {
  const {key} = wanted;
  const newest = await head(ask, key);
  if (!newest.ok) return newest;
  let versionId = newest.value === 'gone' ? undefined : newest.value.versionId;
  const untilMs = newest.value === 'gone' ? undefined : newest.value.untilMs;
  if (versionId === undefined || (untilMs !== undefined && untilMs - nowMs < leastLeftMs)) {
    const made = await put(ask, wanted, nowMs);
    if (!made.ok) return made;
    versionId = made.value;
    written.push(`a canary was put: ${key}, locked for ${days(wanted.retentionDays)}`);
  }
  const seen = await head(ask, key, versionId);
  if (!seen.ok) return seen;
  return seen.value === 'gone'
    ? couldNot('noData', 'HeadObject of the canary failed: 404; nothing is shown by a denial')
    : {ok: true, value: seen.value};
}

/** Rule, canary, control, attempts, and the canary again; `written` is filled as it happens. */
export async function drillLock(
  store: Store,
  wanted: LockWanted,
  context: CheckContext,
): Promise<LockDrilled> {
  const assertions: Assertion[] = [];
  const written: string[] = [];
  const ending = (ended?: Look): LockDrilled => ({assertions, ended, written});
  const beganMs = context.clock.monoMs();
  const nowMs = context.clock.nowMs();
  const ask: Ask = async request => askS3(store, request, {context, beganMs});

  const rule = await bucketRule(ask, wanted);
  if (!rule.ok) return ending(rule.look);
  assertions.push(...rule.value);
  const found = await canaryOf(ask, {wanted, nowMs, written});
  if (!found.ok) return ending(found.look);
  const canary = found.value;
  const {mode, untilMs} = canary;
  assertions.push({
    what: 'lock of the canary',
    ok:
      mode === undefined || untilMs === undefined
        ? undefined
        : isAsStrict(mode, wanted.mode) && untilMs > nowMs,
    expected: wanted.mode,
    actual: lockText(canary),
  });
  for (const op of wanted.ops) {
    const what = opNames[op];
    const request = attemptOf(op, {...wanted, nowMs}, canary);
    if (request === undefined) {
      const actual = 'not tried: nobody knows what would be shorter';
      assertions.push({what, ok: undefined, expected: '403 AccessDenied', actual});
      continue;
    }
    const answer = await ask(request);
    if (!answer.ok) return ending({...answer.look, message: `${what}: ${answer.look.message}`});
    assertions.push(denied(what, answer));
  }
  const after = await head(ask, wanted.key, canary.versionId);
  if (!after.ok) return ending(after.look);
  assertions.push(unchanged(canary, after.value));
  return ending();
}
