// A look at a named check of the site, or at all checks of a panel.
import {defineStep} from '../define.ts';
import {panels} from '../domain/verdict.ts';
import {limitsOf, unsupported} from './limits.ts';

export const check = defineStep({
  type: 'check',
  summary: 'Looks at a check of the site, or at every check of a panel',
  by: 'engine',
  plan: step => {
    const problem = unsupported(step);
    if (problem !== undefined) return {problem};
    const {check: name, panel} = step.attributes;
    if ((name === undefined) === (panel === undefined)) {
      return {problem: 'it must name a "check" or a "panel"'};
    }
    if (panel !== undefined && !panels.some(known => known === panel)) {
      return {problem: `there is no panel "${panel}"; panels are ${panels.join(', ')}`};
    }
    return {
      act: {
        at: 'look',
        until: false,
        ...(name === undefined ? {} : {check: name}),
        ...(panel === undefined ? {} : {panel}),
      },
      lines: [name === undefined ? `look at all checks of ${panel ?? ''}` : `look at check ${name}`],
      ...limitsOf(step),
    };
  },
});
