// A question whose answer moves the run.
import {person} from './limits.ts';
import {stepType} from './step-type.ts';

export const decide = stepType({
  type: 'decide',
  summary:
    'The operator answers a question; an answer may lead to another procedure, of this file or of another',
  by: 'operator',
  attributes: [],
  example: `1. Does the primary answer?
   - **Yes** → go on with the next step.
   - **No** → [fail over](#fail-over)
`,
  plan: step => {
    const options = step.options ?? [];
    if (options.length < 2) return {problem: 'a decision needs at least two answers beneath it'};
    return person(
      step,
      options.map(({answer, text}, i) => `${i + 1} ${answer}${text === '' ? '' : `: ${text}`}`),
    );
  },
});
