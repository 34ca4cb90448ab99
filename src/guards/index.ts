// Guards: whether something that is about to be done is forbidden. Pure; may import only domain, define and parsers.
import type {StepPlan} from '../define.ts';
import type {Procedure, Runbook} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import {judgeDoing} from './judge.ts';
import type {Doing, Judging, Refusal, StandingGuard} from './types.ts';

export type {Doing, Judging, Refusal, StandingGuard} from './types.ts';
export {unclear} from './judge.ts';
export {prepareGuards} from './sql-parser.ts';

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
export const judge = (doing: Doing, judging: Judging): readonly Refusal[] => judgeDoing(doing, judging);

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
