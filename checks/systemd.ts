import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Kind, Look} from '../src/domain/verdict.ts';
import {excerpt, judge} from './parts/expect.ts';
import type {Assertion} from './parts/expect.ts';
import {onHost} from './parts/fields.ts';

const state = (what: string, states: readonly string[]) => {
  const one = z.enum(states);
  return z
    .union([one, z.array(one).min(1)])
    .optional()
    .describe(`${what}: one of ${states.join(', ')}; or a list of them.`);
};

const word = z.string().regex(/^[a-z][a-z-]{0,40}$/, 'expected a word such as running');

const params = z.strictObject({
  unit: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$/, 'not the name of a unit')
    .describe('The unit; without a suffix it is a service.'),
  scope: z.enum(['system', 'user']).default('system').describe('Which manager is asked.'),
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
    })
    .default({})
    .describe('What the unit must be; without it `activeState: active`.'),
});
type Params = z.infer<typeof params>;

const properties = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'MainPID', 'NRestarts'] as const;

/** `Key=value` lines as `systemctl show` prints them. */
function readProperties(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap(line => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

const unknown = (kind: Kind, message: string): Look => ({verdict: 'unknown', kind, checked: 0, message});

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

function judgeUnit(found: ReadonlyMap<string, string>, {unit, expect}: Params): Look {
  const load = found.get('LoadState');
  const active = found.get('ActiveState');
  if (load === undefined || active === undefined)
    return unknown('noData', 'systemctl answered without the state of the unit');
  if (load === 'not-found')
    return {
      verdict: 'fail',
      kind: 'notInstalled',
      checked: 1,
      message: `there is no unit ${unit}`,
      expected: `a unit ${unit}`,
      actual: 'none',
    };
  const restarts = found.get('NRestarts') ?? '';
  const max = expect.nRestartsMax;
  const isBare = Object.keys(expect).length === 0;
  return judge(
    [
      ...oneOf('ActiveState', active, isBare ? 'active' : expect.activeState),
      ...oneOf('SubState', found.get('SubState'), expect.subState),
      ...oneOf('UnitFileState', found.get('UnitFileState'), expect.unitFileState),
      ...(max === undefined
        ? []
        : [
            {
              what: 'NRestarts',
              ok: /^\d+$/.test(restarts) ? Number(restarts) <= max : undefined,
              expected: `at most ${max}`,
              actual: restarts || 'nothing',
            },
          ]),
    ],
    `${active} (${found.get('SubState') ?? '?'}), pid ${found.get('MainPID') ?? '?'}`,
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
  run: async (given, {host, timeoutMs}) => {
    const answer = await host.run({
      argv: [
        'systemctl',
        ...(given.scope === 'user' ? ['--user'] : []),
        '--no-pager',
        'show',
        `--property=${properties.join(',')}`,
        '--',
        given.unit,
      ],
      inherit: ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
      graceMs: 1_000,
      maxOutputBytes: 64 * 1024,
    });
    if (answer.at === 'spawn') return unknown(answer.kind, answer.message);
    if (answer.at === 'hang') return unknown('timeout', `systemctl did not answer within ${timeoutMs} ms`);
    if (answer.status !== 0) {
      // No bus, no systemd, no permission: that says nothing about the unit.
      const said = excerpt(new TextDecoder().decode(answer.stderr).trim().replaceAll('\n', ' '));
      const kind = /access denied|permission denied|not permitted/i.test(said) ? 'permission' : 'noData';
      return unknown(
        kind,
        `systemctl could not look: ${said || `exit ${answer.status ?? answer.bySignal ?? '?'}`}`,
      );
    }
    return judgeUnit(readProperties(new TextDecoder().decode(answer.stdout)), given);
  },
});
