// A command or a script of the runbook.
import {carriedOutAt} from './carried.ts';
import {scriptOf} from './script.ts';
import {stepType} from './step-type.ts';

export const command = stepType({
  type: 'command',
  summary: 'Runs a command or a script of the runbook',
  by: 'runner',
  attributes: [
    'on',
    'run-as',
    'timeout',
    'grace',
    'at-limit',
    'retries',
    'expect',
    'capture',
    're',
    'on-disconnect',
    'login',
    'max-output',
  ],
  example: `1. See how many requests wait, and keep the number.

   \`\`\`sh {"name":"queue","effect":"read","timeout":"10s","retries":2,"capture":"WAITING","re":"^(\\\\d+) waiting"}
   queuectl status <queue name>
   \`\`\`
`,
  plan: (step, setting) => {
    const script = scriptOf(step, setting);
    if ('problem' in script) return script;
    const carried = carriedOutAt(step, setting);
    if ('problem' in carried) return carried;
    const {argv, ...rest} = script;
    return {act: {at: 'command', argv}, ...rest, ...carried};
  },
});
