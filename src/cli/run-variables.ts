// Variables that a procedure asks for, and values given for them on the command line.
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {planRun} from '../domain/run-plan.ts';
import type {Procedure, Runbook} from '../domain/runbook.ts';
import {
  nameProblem,
  valueProblem,
  variablesOf,
  type AskedVariable,
  type Values,
} from '../domain/variables.ts';
import type {Plans} from '../engine/run/plans.ts';
import {patternProblem} from '../pattern.ts';
import type {Answers} from './run-lines.ts';

/** `NAME=VALUE`, taken apart; throws USAGE for what is none, for names that are refused, and for a name given twice. */
export function givenValues(texts: readonly string[]): Values {
  const values = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    if (at <= 0) {
      throw new QdError('USAGE', `--var ${JSON.stringify(text)} is no NAME=VALUE.`, {
        hint: 'Write for example --var NODE=db-1.',
      });
    }
    const problem = nameProblem(name);
    if (problem !== undefined) throw new QdError('USAGE', `--var: ${problem}.`);
    if (values.has(name)) throw new QdError('USAGE', `--var ${name} is given twice.`);
    values.set(name, text.slice(at + 1));
  }
  return values;
}

/** What a procedure asks for before it acts, and in its `input` steps. */
export function askedBy(
  {
    runbook,
    procedure,
    plans,
  }: {readonly runbook: Runbook; readonly procedure: Procedure; readonly plans: Plans},
  env: CommandContext['env'],
): {readonly first: readonly AskedVariable[]; readonly later: readonly AskedVariable[]} {
  const {walk, safe, rollback} = planRun(procedure, {classify: plans.classify});
  const planned = [...walk, ...safe, ...rollback].map(item => ({step: item.step, plan: plans.planOf(item)}));
  const first = variablesOf(runbook, procedure, {
    needs: planned.flatMap(({step, plan}) => (plan?.needs ?? []).map(name => ({name, step}))),
    isSet: name => env.get(name) !== undefined,
  });
  const later = planned.flatMap(({step, plan}): AskedVariable[] => {
    if (plan?.act.at !== 'input') return [];
    const {name, may, pattern, default: value} = plan.act;
    const more = {
      ...(pattern === undefined ? {} : {pattern}),
      ...(value === undefined ? {} : {default: value}),
    };
    return [{name, description: step.title, may, secret: false, ...more}];
  });
  return {first, later};
}

/** Throws USAGE when a given value is not asked for, or would be refused. */
export function checkGiven(given: Values, asked: readonly AskedVariable[]): void {
  const names = asked.map(({name}) => name);
  for (const [name, value] of given) {
    const variable = asked.find(each => each.name === name);
    if (variable === undefined) {
      throw new QdError('USAGE', `Nothing asks for ${name} here.${didYouMean(name, names)}`, {
        hint: names.length === 0 ? 'It asks for no variables.' : `Asked for: ${names.join(', ')}.`,
      });
    }
    const problem = valueProblem(value, variable.may) ?? patternProblem(value, variable.pattern);
    if (problem !== undefined) {
      throw new QdError('USAGE', `The value of ${name} is refused: ${problem}.`, {
        hint: variable.description,
      });
    }
  }
}

/** Answers that give each of these values once, when its variable is asked for; everything else comes from `answers`. */
export function withValues(answers: Answers, given: Values, {clock}: Pick<CommandContext, 'clock'>): Answers {
  const left = new Map(given);
  return {
    next: async (snapshot, asked) => {
      const {ask} = snapshot;
      const text = ask.at === 'input' ? left.get(ask.name) : undefined;
      if (ask.at !== 'input' || text === undefined) return answers.next(snapshot, asked);
      left.delete(ask.name);
      // It was given before anything was shown: it confirms no dialog.
      const answer = {
        id: ask.id,
        shownAtMs: 0,
        answeredAtMs: clock.monoMs(),
        say: 'value',
        text,
      } as const;
      return {at: 'answer', answer};
    },
  };
}
