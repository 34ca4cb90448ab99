// A look at a named check of the site, or at all checks of a panel.
import {panels} from '../domain/verdict.ts';
import {didYouMean} from '../domain/nearest.ts';
import {carriedOut} from './carried.ts';
import {stepType} from './step-type.ts';

export const check = stepType({
  type: 'check',
  summary: 'Looks at a check of the site, or at every check of a panel',
  by: 'engine',
  attributes: ['check', 'panel', 'timeout', 'retries'],
  example: `- The service can take work again. <!-- qd: {"check":"api/ready","retries":2} -->
`,
  plan: step => {
    const {check: name, panel} = step.attributes;
    if ((name === undefined) === (panel === undefined)) {
      return {problem: 'it must name a "check" or a "panel"'};
    }
    if (panel !== undefined && !panels.some(known => known === panel)) {
      const near = didYouMean(panel, panels);
      return {problem: `there is no panel "${panel}"; panels are ${panels.join(', ')}.${near}`};
    }
    const carried = carriedOut(step);
    if ('problem' in carried) return carried;
    return {
      act: {
        at: 'look',
        until: false,
        ...(name === undefined ? {} : {check: name}),
        ...(panel === undefined ? {} : {panel}),
      },
      lines: [name === undefined ? `look at all checks of ${panel ?? ''}` : `look at check ${name}`],
      ...carried,
    };
  },
});
