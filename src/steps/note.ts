// Text to be read before going on.
import {defineStep} from '../define.ts';
import {person} from './limits.ts';

export const note = defineStep({
  type: 'note',
  summary: 'Text that the operator reads before going on',
  by: 'operator',
  reading: true,
  plan: step => person(step),
});
