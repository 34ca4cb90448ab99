// What the step types say about the steps of a file: those that could not be walked as they are written, and hints.
import type {StepDefinition, StepSetting} from '../../define.ts';
import type {Problem, Runbook, Step} from '../../domain/runbook.ts';
import {planStep} from './plans.ts';

export interface StepRules {
  readonly definitions: readonly StepDefinition[];
  /** Undefined: what depends on a site is not looked at. */
  readonly site: StepSetting['site'] | undefined;
}

/** By line, one for each step; a step that a line has an error for already, or of an unknown type, is left out. */
export function stepProblems(
  {
    meta,
    placeholders,
    procedures,
    problems,
  }: Pick<Runbook, 'meta' | 'placeholders' | 'procedures' | 'problems'>,
  {definitions, site}: StepRules,
): Problem[] {
  const wrong = new Set(problems.filter(({level}) => level === 'error').map(({line}) => line));
  const out = new Map<string, Problem>();
  const all = (steps: readonly Step[]): readonly Step[] =>
    steps.flatMap(step => [step, ...all(step.children)]);
  for (const step of procedures.flatMap(({phases}) => phases.flatMap(({steps}) => all(steps)))) {
    const {line, certainty} = step;
    const definition = definitions.find(({type}) => type === step.type);
    if (definition === undefined || wrong.has(line)) continue;
    if (site === undefined && dependsOnSite(step, definition)) continue;
    const plan = planStep(step, {definition, of: {meta, placeholders}, site: site ?? {}});
    const add = (code: string, level: Problem['level'], message: string): void => {
      out.set(`${line} ${message}`, {code, line, level, message});
    };
    if ('problem' in plan)
      add(
        'step-plan',
        certainty === 'annotated' ? 'error' : 'warning',
        `This step cannot be walked: ${plan.problem}.`,
      );
    else for (const hint of definition.hints?.(step) ?? []) add('step-hint', 'warning', `${hint}.`);
  }
  return [...out.values()].sort((a, b) => a.line - b.line);
}

/** Whether only the site can say if the step can be planned: a host, a source or a gate by its name. */
function dependsOnSite({attributes: {on = 'local'}}: Step, {attributes}: StepDefinition): boolean {
  const isNamed = on !== 'local' && !on.startsWith('ssh:');
  return isNamed || attributes.includes('source') || attributes.includes('gate');
}
