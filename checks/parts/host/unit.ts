// What systemd knows of a unit, and names of units.
import {z} from 'zod';
import type {Host} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {excerpt} from '../expect.ts';
import {unknown} from './could-not.ts';

export const unitName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.@:\\-]{0,127}$/, 'not the name of a unit')
  .describe('The unit; without a suffix it is a service.');

export const scope = z.enum(['system', 'user']).default('system').describe('Which manager is asked.');

const suffix = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** The name as systemd and the kernel write it. */
export const fullName = (unit: string): string => (suffix.test(unit) ? unit : `${unit}.service`);

/** `Key=value` lines as `systemctl show` prints them. */
function readProperties(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap(line => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

export interface UnitQuestion {
  readonly unit: string;
  readonly scope: 'system' | 'user';
  readonly properties: readonly string[];
}

/** Properties of a unit, or why they cannot be known. Without systemd that is unknown, never `inactive`. */
export async function showUnit(
  host: Host,
  {unit, scope: manager, properties}: UnitQuestion,
): Promise<{readonly at: 'shown'; readonly found: ReadonlyMap<string, string>} | {at: 'look'; look: Look}> {
  const answer = await host.run({
    argv: [
      'systemctl',
      ...(manager === 'user' ? ['--user'] : []),
      '--no-pager',
      'show',
      `--property=${properties.join(',')}`,
      '--',
      unit,
    ],
    // Times are printed in the zone of whoever asks.
    env: {TZ: 'UTC'},
    inherit: ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
    graceMs: 1_000,
    maxOutputBytes: 64 * 1024,
  });
  const look = (one: Look) => ({at: 'look', look: one}) as const;
  if (answer.at === 'spawn') return look(unknown(answer.kind, answer.message));
  if (answer.at === 'hang')
    return look(unknown('timeout', `systemctl did not answer within ${answer.durationMs} ms`));
  if (answer.status !== 0) {
    // No bus, no systemd, no permission: that says nothing about the unit.
    const said = excerpt(new TextDecoder().decode(answer.stderr).trim().replaceAll('\n', ' '));
    const kind = /access denied|permission denied|not permitted/i.test(said) ? 'permission' : 'noData';
    const why = said || `exit ${answer.status ?? answer.bySignal ?? '?'}`;
    return look(unknown(kind, `systemctl could not look: ${why}`));
  }
  const found = readProperties(new TextDecoder().decode(answer.stdout));
  if (!found.has('LoadState'))
    return look(unknown('noData', 'systemctl answered without the state of the unit'));
  return {at: 'shown', found};
}
