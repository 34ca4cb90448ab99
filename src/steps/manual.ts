// A person does it and says so.
import {defineStep} from '../define.ts';
import {person, unsupported} from './limits.ts';

export const manual = defineStep({
  type: 'manual',
  summary: 'The operator does it and confirms that it is done',
  by: 'operator',
  plan: step => {
    const problem = unsupported(step);
    return problem === undefined ? person(step) : {problem};
  },
});
