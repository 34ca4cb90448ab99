// What the list of step types says about the steps of one runbook.
import type {Item} from '../../domain/run.ts';
import type {Classify} from '../../domain/run.ts';
import type {Runbook, Step} from '../../domain/runbook.ts';
import type {StepDefinition, StepPlan, StepSetting} from '../../define.ts';

export interface Plans {
  readonly classify: Classify;
  /** Exactly what the step would do; undefined when it cannot be walked. */
  readonly planOf: (item: Item) => StepPlan | undefined;
}

/** A type that is not in the list, or a step that cannot be planned, is a problem that stops the walk there. */
export function plansFor(
  runbook: Runbook,
  definitions: readonly StepDefinition[],
  site: StepSetting['site'] = {},
): Plans {
  const setting: StepSetting = {shell: runbook.meta.shell, placeholders: runbook.placeholders, site};
  const find = (step: Step): StepDefinition | undefined => definitions.find(({type}) => type === step.type);
  const plan = (
    step: Step,
  ): {readonly definition: StepDefinition; readonly plan: StepPlan} | {readonly problem: string} => {
    const definition = find(step);
    if (definition === undefined) {
      const known = definitions.map(({type}) => type).join(', ');
      return {
        problem: `"${step.type}" (line ${step.line}) is no step type that this version walks; it knows ${known}`,
      };
    }
    // A step that only groups others needs no plan of its own.
    const planned = definition.plan(step, setting);
    return 'problem' in planned
      ? {problem: `line ${step.line}: ${planned.problem}`}
      : {definition, plan: planned};
  };
  return {
    classify: step => {
      const planned = plan(step);
      if ('problem' in planned) return planned;
      const {by, reading = false} = planned.definition;
      return {by, reading};
    },
    planOf: item => {
      const planned = plan(item.step);
      return 'problem' in planned ? undefined : planned.plan;
    },
  };
}
