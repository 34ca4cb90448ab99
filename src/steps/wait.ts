// A wait: for a duration, or until a check passes.
import {durationMs} from '../domain/duration.ts';
import {limitsOf} from './limits.ts';
import {stepType} from './step-type.ts';

/** How long to wait for a check when the step does not say. */
const defaultWithin = '2m';

export const wait = stepType({
  type: 'wait',
  summary: 'Waits for a duration, or until a check passes',
  by: 'engine',
  attributes: ['for', 'until', 'panel', 'timeout'],
  example: `1. Wait until the node answers. <!-- qd: {"type":"wait","until":"api/ready","within":"5m"} -->
`,
  plan: step => {
    const {until, within, timeout, panel, for: duration} = step.attributes;
    if (until !== undefined && panel !== undefined)
      return {problem: 'it may wait for a check ("until") or for a "panel", not for both'};
    const isLook = until !== undefined || panel !== undefined;
    if (isLook === (duration !== undefined))
      return {problem: 'it must say how long ("for") or until what ("until")'};
    if (isLook) {
      const limit = within ?? timeout ?? defaultWithin;
      const {graceMs, timeoutMs} = limitsOf({...step, attributes: {...step.attributes, timeout: limit}});
      return {
        act: {
          at: 'look',
          until: true,
          ...(until === undefined ? {} : {check: until}),
          ...(panel === undefined ? {} : {panel}),
        },
        lines: [`wait until ${until ?? `all checks of ${panel ?? ''}`} passes, at most ${limit}`],
        graceMs,
        timeoutMs,
        atLimit: 'kill',
      };
    }
    const forMs = durationMs(duration ?? '');
    if (forMs === undefined) return {problem: `"for": "${duration ?? ''}" is no duration`};
    return {act: {at: 'pause', forMs}, lines: [`wait ${duration ?? ''}`], ...limitsOf(step)};
  },
});
