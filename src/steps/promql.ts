// An instant query to a Prometheus that the site names.
import {carriedOut} from './carried.ts';
import {openText} from './open-text.ts';
import {sourceOf} from './source.ts';
import {stepType} from './step-type.ts';

export const promql = stepType({
  type: 'promql',
  summary: 'Asks a Prometheus of the site; no data is never zero',
  by: 'runner',
  attributes: ['source', 'timeout', 'retries', 'expect', 'capture', 're', 'on-disconnect', 'max-output'],
  example: `1. See whether errors are back to normal.

   \`\`\`promql {"type":"promql","source":"metrics","capture":"ERRORS"}
   sum(rate(http_requests_total{service="<service>",code=~"5.."}[5m]))
   \`\`\`
`,
  plan: (step, setting) => {
    if (step.effect !== 'read') return {problem: 'a query only reads; its "effect" must be "read"'};
    const source = sourceOf(step, setting, ['prometheus']);
    if ('problem' in source) return source;
    const open = openText(step.command ?? '', setting);
    if ('problem' in open) return open;
    const {text, ...filling} = open;
    if (text.trim() === '') return {problem: 'there is no query in it'};
    const carried = carriedOut(step);
    if ('problem' in carried) return carried;
    return {
      act: {at: 'promql', source, text},
      lines: [`${source.name} (${source.type}):`, ...text.split('\n')],
      ...filling,
      ...carried,
    };
  },
});
