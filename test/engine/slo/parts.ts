// What the tests of promises share: a service, telemetry with a history, and how one is written into it.
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {Site} from '../../../src/domain/site.ts';
import {sloDefaults} from '../../../src/domain/slo-spec.ts';
import type {Slo} from '../../../src/domain/slo-spec.ts';
import type {Telemetry} from '../../../src/ports.ts';
import type {Excluded} from '../../../src/rollup-ports.ts';
import {openTelemetry} from '../../../src/store/telemetry.ts';
import {tempDir} from '../../helpers/temp.ts';
import {checkOf, minuteMs, write} from '../../store/rollup-reference.ts';

export const never: Excluded = () => false;
export const midnightMs = Date.UTC(2026, 2, 1);

export const sloOf = (more: Partial<Slo> = {}): Slo => ({
  ...sloDefaults,
  checks: ['live'],
  slotMs: minuteMs,
  method: 'timeslices',
  missing: 'unknown',
  ...more,
});

export const serviceSite = (slo: Slo | undefined, id = 'api'): Pick<Site, 'services'> => ({
  services: [{id, title: id, labels: [], runbooks: [], checks: [], ...(slo === undefined ? {} : {slo})}],
});

export function opened(file = join(tempDir(), 'telemetry.db')): Telemetry {
  const telemetry = openTelemetry(file, midnightMs);
  onTestFinished(() => telemetry.close());
  telemetry.register(['live', 'other'].map(name => checkOf(name, minuteMs)));
  return telemetry;
}

/** Writes a letter a minute from a moment on: `p` pass, `f` fail, `u` unknown, a dot nobody looked. */
export function history(
  telemetry: Telemetry,
  letters: string,
  {fromMs = midnightMs, check = 'live'} = {},
): void {
  const verdicts = {p: 'pass', f: 'fail', u: 'unknown'} as const;
  for (const [i, letter] of Array.from(letters).entries()) {
    if (letter !== 'p' && letter !== 'f' && letter !== 'u') continue;
    write(telemetry, {
      check,
      slotMs: fromMs + i * minuteMs,
      verdict: verdicts[letter],
      durationMs: 10,
      kind: 'assertion',
      excluded: false,
      retried: false,
    });
  }
}
