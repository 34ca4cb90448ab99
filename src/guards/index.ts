// Guards: whether something that is about to be done is forbidden. Pure; may import only domain, define and parsers.
import type {StepPlan} from '../define.ts';
import {glassFor} from '../domain/breakglass.ts';
import type {Procedure, Runbook} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import type {Doing, Judging, Refusal, StandingGuard} from './types.ts';

export type {Doing, Judging, Refusal, StandingGuard} from './types.ts';

/** The guards in force for a procedure: those that are shipped, the site's, and those of its prohibitions. */
export function guardsOf(
  site: Pick<Site, 'guards'> | undefined,
  runbook: Runbook | undefined,
  procedure: Procedure | undefined,
): readonly StandingGuard[] {
  const of = {line: 0, from: 'site'} as const;
  return runbook === undefined && procedure === undefined
    ? []
    : (site?.guards ?? []).map(guard => ({...guard, ...of}));
}

/** Why this is not simply done; empty when nothing stands against it. Never throws. */
export function judge(doing: Doing, {guards, opened}: Judging): readonly Refusal[] {
  const command = doing.argv?.join(' ') ?? '';
  return guards.flatMap(guard => {
    const pattern = guard.argv.find(words => command.startsWith(words));
    if (pattern === undefined) return [];
    const glass = glassFor(guard, opened)?.glass;
    const {id, title, line, absolute} = guard;
    const refusal = {guard: id, title, line, pattern, matched: command, absolute, certain: true};
    return [glass === undefined ? refusal : {...refusal, glass}];
  });
}

/** `judge` for what a step plans; a person's step, a look and a pause are never refused. */
export function judgePlan(plan: StepPlan, judging: Judging): readonly Refusal[] {
  const env = judging.env ?? {};
  switch (plan.act.at) {
    case 'command':
    case 'terminal':
      return judge({argv: plan.act.argv, env}, judging);
    case 'sql':
      return judge({sql: plan.act.text, env}, judging);
    case 'collect':
      return plan.act.items.flatMap(item =>
        item.at === 'command' ? judge({argv: item.argv, env}, judging) : [],
      );
    case 'http':
    case 'look':
    case 'pause':
    case 'promql':
    case 'gate':
    case 'input':
    case 'attest':
    case 'person':
      return [];
  }
}

/** What refuses, as opposed to what only asks for a typed confirmation. */
export const refusing = (refusals: readonly Refusal[]): readonly Refusal[] =>
  refusals.filter(({certain, glass}) => certain && glass === undefined);
