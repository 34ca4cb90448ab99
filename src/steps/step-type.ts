// What every step type shares: attributes that it cannot carry out are a problem, never ignored.
import {defineStep, type StepDefinition} from '../define.ts';
import {stepAttributes, type Step, type StepAttributes} from '../domain/runbook.ts';
import {parseWhen} from '../domain/variables.ts';

type AttributeName = keyof StepAttributes;

/** What every step may say, whatever its type; the engine carries it out. */
export const everywhere: readonly AttributeName[] = [
  'name',
  'title',
  'type',
  'effect',
  'when',
  'within',
  'rollback',
  'reason',
  'target',
];
/** Looks before and after a step that is itself no look. */
export const around: readonly AttributeName[] = ['pre', 'verify', 'until'];

/** Why a step cannot be walked as it is written; better refused than done otherwise than the file says. */
function attributeProblem(step: Step, {type, by, attributes}: StepDefinition): string | undefined {
  const given = Object.keys(stepAttributes.shape).filter(name => Object.hasOwn(step.attributes, name));
  const known: readonly string[] = [...everywhere, ...(by === 'engine' ? [] : around), ...attributes];
  const stray = given.find(name => !known.includes(name));
  if (stray === 'role' || stray === 'min')
    return `"${stray}" belongs to steps of type "approve"; ${aType(type)} is confirmed by its operator alone`;
  if (stray !== undefined) return `"${stray}" means nothing for ${aType(type)}, so it would be ignored`;
  if (step.attributes.when === undefined) return undefined;
  const when = parseWhen(step.attributes.when);
  return when.at === 'wrong' ? when.problem : undefined;
}

const aType = (type: string): string => `a step of type "${type}"`;

/** A step type whose plan looks at the attributes first. */
export const stepType = (definition: StepDefinition): StepDefinition =>
  defineStep({
    ...definition,
    plan: (step, setting) => {
      const problem = attributeProblem(step, definition);
      return problem === undefined ? definition.plan(step, setting) : {problem};
    },
  });
