// Limits of a step in time and size, and the plan of a step that a person does.
import type {StepAct, StepPlan} from '../define.ts';
import {durationMs} from '../domain/duration.ts';
import type {Step} from '../domain/runbook.ts';

/** After TERM, this long until KILL. */
const graceMs = 5000;
/** Reads are ended after this; at writes the operator is asked. */
const defaultTimeoutMs = {read: 30_000, write: 60_000, irreversible: 60_000} as const;

type Limits = Pick<StepPlan, 'timeoutMs' | 'graceMs' | 'atLimit'>;

/** Time limits of a step: reads are killed at theirs, writes only if the runbook says so. */
export function limitsOf({attributes, effect}: Step): Limits {
  return {
    timeoutMs: Math.max(1, durationMs(attributes.timeout ?? '') ?? defaultTimeoutMs[effect]),
    graceMs: durationMs(attributes.grace ?? '') ?? graceMs,
    atLimit: effect === 'read' ? 'kill' : (attributes['at-limit'] ?? 'ask'),
  };
}

const sizes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Bytes of `64KB`, `10MB`, `1GiB`; undefined when it is no such size, or none that output can have. */
export function sizeBytes(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,8})\s?([KMG]i?B|B)$/i.exec(text) ?? [];
  const size = count === undefined ? undefined : Number(count) * (sizes[unit.toLowerCase()] ?? NaN);
  return size !== undefined && Number.isSafeInteger(size) ? size : undefined;
}

/** The plan of a step that a person does. */
export const person = (
  step: Step,
  lines: readonly string[] = [],
  act: StepAct = {at: 'person'},
): StepPlan => ({
  act,
  lines,
  ...limitsOf(step),
});
