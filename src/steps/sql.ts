// A statement for a database that the site names.
import {carriedOut} from './carried.ts';
import {openText} from './open-text.ts';
import {sourceOf} from './source.ts';
import {stepType} from './step-type.ts';

export const sql = stepType({
  type: 'sql',
  summary: 'Runs SQL on a database of the site; a read runs in a read-only transaction',
  by: 'runner',
  attributes: [
    'source',
    'timeout',
    'grace',
    'at-limit',
    'retries',
    'expect',
    'capture',
    're',
    'on-disconnect',
    'max-output',
  ],
  example: `1. See what the order waits for.

   \`\`\`sql {"type":"sql","source":"orders","effect":"read","timeout":"10s","expect":"waiting"}
   select state, waiting_for from orders where id = '<order id>'
   \`\`\`
`,
  plan: (step, setting) => {
    const source = sourceOf(step, setting, ['postgres', 'sqlite']);
    if ('problem' in source) return source;
    const open = openText(step.command ?? '', setting);
    if ('problem' in open) return open;
    const {text, ...filling} = open;
    if (text.trim() === '') return {problem: 'there is no statement in it'};
    const carried = carriedOut(step);
    if ('problem' in carried) return carried;
    return {
      act: {at: 'sql', source, text},
      lines: [`${source.name} (${source.type}):`, ...text.split('\n')],
      ...filling,
      ...carried,
    };
  },
});
