// A question whose answer moves the run.
import {defineStep} from '../define.ts';
import {person} from './limits.ts';

export const decide = defineStep({
  type: 'decide',
  summary: 'The operator answers a question; an answer may lead to another procedure of the file',
  by: 'operator',
  plan: step => {
    const options = step.options ?? [];
    if (options.length < 2) return {problem: 'a decision needs at least two answers beneath it'};
    return person(
      step,
      options.map(({answer, text}, i) => `${i + 1} ${answer}${text === '' ? '' : `: ${text}`}`),
    );
  },
});
