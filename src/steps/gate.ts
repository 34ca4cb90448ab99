// A gate of the site: checks that must all pass before the run goes on.
import {didYouMean} from '../domain/nearest.ts';
import {carriedOut} from './carried.ts';
import {stepType} from './step-type.ts';

export const gate = stepType({
  type: 'gate',
  summary: 'Looks at every check of a gate of the site; all must pass',
  by: 'engine',
  attributes: ['gate', 'timeout', 'retries'],
  example: `1. Everything that a deployment needs is well. <!-- qd: {"type":"gate","gate":"deploy"} -->
`,
  plan: (step, setting) => {
    const {gate: name} = step.attributes;
    if (name === undefined) return {problem: 'it must name a "gate" of the site'};
    const gates = setting.site.gates ?? [];
    const found = gates.find(each => each.name === name);
    if (found === undefined) {
      const near = didYouMean(
        name,
        gates.map(each => each.name),
      );
      return {problem: `"gate": there is no "${name}" under \`gates\` of the site.${near}`};
    }
    const carried = carriedOut(step);
    if ('problem' in carried) return carried;
    const {title, checks} = found;
    return {
      act: {at: 'gate', gate: name, checks},
      lines: [`all of gate ${name}${title === name ? '' : ` (${title})`} must pass:`, ...checks],
      ...carried,
    };
  },
});
