// Shared by the runbook tests: parse a text, find steps.
import {lintRunbook, parseRunbook, stepsOf} from '../../src/runbook/index.ts';
import type {LintContext} from '../../src/runbook/index.ts';
import type {Procedure, Runbook, Step} from '../../src/domain/runbook.ts';

/** Parses lines joined by newlines, as the file `notes.md`. */
export const parse = (...lines: readonly string[]): Runbook =>
  parseRunbook({file: 'notes.md', bytes: new TextEncoder().encode(lines.join('\n'))});

export const codes = (runbook: Runbook, context?: LintContext): string[] =>
  lintRunbook(runbook, context).map(({code}) => code);

export const allSteps = (runbook: Runbook): Step[] => [...new Set(runbook.procedures.flatMap(stepsOf))];

/** The only procedure; a test that meets another number fails. */
export function onlyProcedure(runbook: Runbook): Procedure {
  const [procedure, ...more] = runbook.procedures;
  if (procedure === undefined || more.length > 0) throw new Error(`${runbook.procedures.length} procedures`);
  return procedure;
}

export function onlyStep(runbook: Runbook): Step {
  const [step, ...more] = allSteps(runbook);
  if (step === undefined || more.length > 0)
    throw new Error(`${more.length + (step === undefined ? 0 : 1)} steps`);
  return step;
}
