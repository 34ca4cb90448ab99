import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {foreignInstant} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import {condition} from './parts/condition.ts';
import {judge} from './parts/expect.ts';
import type {Assertion} from './parts/expect.ts';
import {duration, onHost} from './parts/fields.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {scope, showUnit, unitName} from './parts/host/unit.ts';
import {meets} from './parts/operators.ts';

const state = (what: string, states: readonly string[]) => {
  const one = z.enum(states);
  return z
    .union([one, z.array(one).min(1)])
    .optional()
    .describe(`${what}: one of ${states.join(', ')}; or a list of them.`);
};

const word = z.string().regex(/^[a-z][a-z-]{0,40}$/, 'expected a word such as running');

const params = z.strictObject({
  unit: unitName,
  scope,
  on: onHost,
  expect: z
    .strictObject({
      activeState: state('ActiveState', [
        'active',
        'reloading',
        'inactive',
        'failed',
        'activating',
        'deactivating',
        'maintenance',
      ]),
      subState: z
        .union([word, z.array(word).min(1)])
        .optional()
        .describe('SubState, such as running, or a list.'),
      unitFileState: z
        .union([word, z.array(word).min(1)])
        .optional()
        .describe('UnitFileState, such as enabled, or a list.'),
      nRestartsMax: z.int().min(0).optional().describe('At most so many automatic restarts.'),
      sinceMin: duration.optional().describe('Active without a break for at least so long.'),
      result: z
        .union([word, z.array(word).min(1)])
        .optional()
        .describe('Result of its last run, such as success, exit-code, signal or timeout, or a list.'),
      mainStatus: condition
        .optional()
        .describe('A condition on the exit status of its main process: `0` is a clean end.'),
      mainPid: condition
        .optional()
        .describe('A condition on the main process: `{gt: 0}` is one that runs, `0` none.'),
    })
    .default({})
    .describe('What the unit must be; without it `activeState: active`.'),
});
type Params = z.infer<typeof params>;

const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'MainPID',
  'NRestarts',
  'ActiveEnterTimestamp',
  'Result',
  'ExecMainStatus',
] as const;

function oneOf(
  what: string,
  actual: string | undefined,
  expected: string | readonly string[] | undefined,
): Assertion[] {
  if (expected === undefined) return [];
  const list = typeof expected === 'string' ? [expected] : expected;
  const isKnown = actual !== undefined && actual !== '';
  return [
    {
      what,
      ok: isKnown ? list.includes(actual) : undefined,
      expected: list.join(' or '),
      actual: actual ?? 'nothing',
    },
  ];
}

/** `Thu 2026-02-25 12:46:13 UTC`, as systemctl prints it in that zone; empty when it never was. */
function enteredMs(text: string | undefined): number | undefined {
  const [, date, time] = /^\S+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text ?? '') ?? [];
  return date === undefined || time === undefined ? undefined : foreignInstant(`${date}T${time}Z`);
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

function activeFor(found: ReadonlyMap<string, string>, sinceMin: string, nowMs: number): Assertion[] {
  const entered = enteredMs(found.get('ActiveEnterTimestamp'));
  const isActive = found.get('ActiveState') === 'active';
  const seconds = entered === undefined ? undefined : Math.max(0, Math.round((nowMs - entered) / 1000));
  const actual = isActive ? (seconds === undefined ? 'an unknown time' : `${seconds} s`) : 'not active';
  const isLong = seconds === undefined ? undefined : seconds * 1000 >= (durationMs(sinceMin) ?? 0);
  return [{what: 'active for', ok: isActive ? isLong : false, expected: `at least ${sinceMin}`, actual}];
}

function atMost(what: string, text: string, max: number | undefined): Assertion[] {
  if (max === undefined) return [];
  const number = wholeNumber(text);
  const ok = number === undefined ? undefined : number <= max;
  return [{what, ok, expected: `at most ${max}`, actual: text || 'nothing'}];
}

function judgeUnit(found: ReadonlyMap<string, string>, {unit, expect}: Params, nowMs: number): Look {
  const active = found.get('ActiveState');
  if (active === undefined) return unknown('noData', 'systemctl answered without the state of the unit');
  if (found.get('LoadState') === 'not-found')
    return {
      verdict: 'fail',
      kind: 'notInstalled',
      checked: 1,
      message: `there is no unit ${unit}`,
      expected: `a unit ${unit}`,
      actual: 'none',
    };
  const {mainPid, mainStatus, sinceMin} = expect;
  const pid = found.get('MainPID') ?? '';
  const isBare = Object.keys(expect).length === 0;
  return judge(
    [
      ...oneOf('ActiveState', active, isBare ? 'active' : expect.activeState),
      ...oneOf('SubState', found.get('SubState'), expect.subState),
      ...oneOf('UnitFileState', found.get('UnitFileState'), expect.unitFileState),
      ...atMost('NRestarts', found.get('NRestarts') ?? '', expect.nRestartsMax),
      ...(sinceMin === undefined ? [] : activeFor(found, sinceMin, nowMs)),
      ...(mainPid === undefined ? [] : meets('MainPID', wholeNumber(pid), mainPid, nowMs)),
      ...oneOf('Result', found.get('Result'), expect.result),
      ...(mainStatus === undefined
        ? []
        : meets('ExecMainStatus', wholeNumber(found.get('ExecMainStatus')), mainStatus, nowMs)),
    ],
    `${active} (${found.get('SubState') ?? '?'}), pid ${pid || '?'}`,
  );
}

export const systemd = defineCheck({
  type: 'systemd',
  summary: 'The state of a systemd unit; without systemd it is unknown, never inactive',
  example: `type: systemd
unit: sshd
expect: {activeState: active}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async (given, {host}) => {
    const {unit, scope: manager, expect} = given;
    const shown = await showUnit(host, {unit, scope: manager, properties});
    if (shown.at === 'look') return shown.look;
    const now = expect.sinceMin === undefined ? undefined : await host.now();
    if (now?.at === 'failed') return couldNot(now);
    return judgeUnit(shown.found, given, now?.ms ?? 0);
  },
});
