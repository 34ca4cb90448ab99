// A wait: for a duration, or until a check passes.
import {defineStep} from '../define.ts';
import {durationMs} from '../domain/duration.ts';
import {limitsOf, unsupported} from './limits.ts';

/** How long to wait for a check when the step does not say. */
const defaultWithin = '2m';

export const wait = defineStep({
  type: 'wait',
  summary: 'Waits for a duration, or until a check passes',
  by: 'engine',
  plan: step => {
    const problem = unsupported(step);
    if (problem !== undefined) return {problem};
    const {until, within, timeout, panel} = step.attributes;
    const duration = step.attributes.for;
    if (until !== undefined || panel !== undefined) {
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
    if (forMs === undefined) return {problem: 'it must say how long ("for") or until what ("until")'};
    return {act: {at: 'pause', forMs}, lines: [`wait ${duration ?? ''}`], ...limitsOf(step)};
  },
});
