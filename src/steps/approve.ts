// Somebody else says that the run may go on. There is no way yet to ask them, and nothing approves itself.
import {stepType} from './step-type.ts';

export const approve = stepType({
  type: 'approve',
  summary:
    'Others must agree before the run goes on; this version has no approvals, so such a step is refused',
  by: 'operator',
  attributes: ['role', 'min'],
  example: `1. The lead on duty agrees. <!-- qd: {"type":"approve","role":"lead","min":2} -->
`,
  neverSkipped: true,
  plan: () => ({
    problem:
      'approvals are not part of this version: nothing approves itself. Abort or escalate, and do it with those who must agree',
  }),
});
