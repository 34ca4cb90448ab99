// What every step type shares: limits, and attributes that would change what happens but are not carried out.
import type {Step} from '../domain/runbook.ts';
import {durationMs} from '../domain/duration.ts';
import type {StepPlan} from '../define.ts';

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

/** Why a step cannot be walked as it is written; better refused than done otherwise than the file says. */
export function unsupported({attributes}: Step): string | undefined {
  const {on} = attributes;
  if (on !== undefined && on !== 'local')
    return `it runs on "${on}", and only \`"on":"local"\` is carried out`;
  const names = ['run-as', 'when', 'capture', 're', 'role', 'retries'] as const;
  const found = names.find(name => attributes[name] !== undefined);
  if (found !== undefined) return `its attribute "${found}" is not carried out`;
  if ((attributes.min ?? 0) > 1) return 'its attribute "min" is not carried out';
  const left = attributes['on-disconnect'];
  if (left !== undefined && left !== 'finish')
    return `its attribute "on-disconnect" is not carried out as "${left}"`;
  return undefined;
}

/** The plan of a step that a person does. */
export const person = (step: Step, lines: readonly string[] = []): StepPlan => ({
  act: {at: 'person'},
  lines,
  ...limitsOf(step),
});
