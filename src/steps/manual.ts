// A person does it and says so.
import {person} from './limits.ts';
import {stepType} from './step-type.ts';

export const manual = stepType({
  type: 'manual',
  summary: 'The operator does it and confirms that it is done',
  by: 'operator',
  attributes: [],
  example: `1. Tell the shop that the payment page will be slow for ten minutes.
`,
  plan: step => person(step),
});
