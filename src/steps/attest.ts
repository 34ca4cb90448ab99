// A person says that something is so, with a note that is recorded.
import {person} from './limits.ts';
import {stepType} from './step-type.ts';

export const attest = stepType({
  type: 'attest',
  summary: 'The operator attests that something is so, with a note that is recorded',
  by: 'operator',
  attributes: [],
  example: `- The customer has confirmed that orders arrive. <!-- qd: {"type":"attest"} -->
`,
  plan: step => person(step, [], {at: 'attest'}),
});
