// Text to be read before going on.
import {person} from './limits.ts';
import {stepType} from './step-type.ts';

export const note = stepType({
  type: 'note',
  summary: 'Text that the operator reads before going on',
  by: 'operator',
  reading: true,
  attributes: [],
  example: `1. The next two steps take the database away for a moment. <!-- qd: {"type":"note"} -->
`,
  plan: step => person(step),
});
