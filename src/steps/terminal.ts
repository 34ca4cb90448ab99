// A program that needs the real terminal: an editor, a nested shell, a client with a prompt.
import {carriedOutAt} from './carried.ts';
import {scriptOf} from './script.ts';
import {stepType} from './step-type.ts';

export const terminal = stepType({
  type: 'terminal',
  summary:
    'Hands the terminal to a program, such as a shell in a container, and takes it back when that ends',
  by: 'terminal',
  attributes: ['on', 'run-as', 'expect', 'login'],
  example: `1. Look around in the pod; leave with \`exit\`.

   \`\`\`sh {"type":"terminal","effect":"write"}
   kubectl exec -it <pod> -- sh
   \`\`\`
`,
  plan: (step, setting) => {
    const script = scriptOf(step, setting);
    if ('problem' in script) return script;
    const carried = carriedOutAt(step, setting);
    if ('problem' in carried) return carried;
    if (typeof carried.expect === 'string')
      return {problem: '"expect" can only be an exit status: what a terminal shows is not captured'};
    const {argv, ...rest} = script;
    return {act: {at: 'terminal', argv}, ...rest, ...carried};
  },
});
