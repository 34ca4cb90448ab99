// A value is asked for and kept as a variable of the run.
import {mayOf, nameProblem, valueProblem} from '../domain/variables.ts';
import {patternProblem, readPattern} from '../pattern.ts';
import {person} from './limits.ts';
import {stepType} from './step-type.ts';

export const input = stepType({
  type: 'input',
  summary: 'Asks the operator for a value, which later steps get as a variable',
  by: 'operator',
  attributes: ['var', 'pattern', 'default'],
  example: `1. Which node is it? <!-- qd: {"type":"input","var":"NODE","pattern":"[a-z]+-[0-9]+","default":"db-1"} -->
`,
  plan: step => {
    const {var: name, pattern, default: value} = step.attributes;
    if (name === undefined) return {problem: 'it must say which variable takes the value ("var")'};
    const wrong = nameProblem(name);
    if (wrong !== undefined) return {problem: `"var": ${wrong}`};
    if (pattern !== undefined) {
      const read = readPattern(pattern);
      if ('problem' in read) return {problem: `"pattern": ${read.problem}`};
    }
    const may = mayOf({pattern, default: value});
    const unfit =
      value === undefined ? undefined : (valueProblem(value, may) ?? patternProblem(value, pattern));
    if (unfit !== undefined) return {problem: `"default": "${value ?? ''}": ${unfit}`};
    return person(step, [`asks for ${name}${pattern === undefined ? '' : `, which must match ${pattern}`}`], {
      at: 'input',
      name,
      may,
      ...(pattern === undefined ? {} : {pattern}),
      ...(value === undefined ? {} : {default: value}),
    });
  },
});
