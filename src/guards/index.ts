// Guards: whether something that is about to be done is forbidden. Pure; may import only domain, define and parsers.
import type {StepPlan} from '../define.ts';
import {parseGuardPattern, type PatternKind} from '../domain/guard-pattern.ts';
import type {Procedure, Prohibition, Runbook} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import {judgeDoing} from './judge.ts';
import {shippedGuards} from './shipped.ts';
import type {Doing, Judging, Refusal, StandingGuard} from './types.ts';

export type {Doing, Judging, Refusal, StandingGuard} from './types.ts';
export {shippedGuards} from './shipped.ts';
export {prepareGuards} from './sql-parser.ts';

/** The guards in force for a procedure: those that are shipped, the site's, and those of its prohibitions. */
export const guardsOf = (
  site: Pick<Site, 'guards'> | undefined,
  runbook: Pick<Runbook, 'id' | 'prohibitions'> | undefined,
  procedure: Pick<Procedure, 'prohibitions'> | undefined,
): readonly StandingGuard[] => [
  ...shippedGuards,
  ...(site?.guards ?? []).map((guard): StandingGuard => ({...guard, from: 'site'})),
  ...ofProhibitions(runbook?.id ?? '', procedure?.prohibitions ?? runbook?.prohibitions ?? []),
];

/** A prohibition with patterns is a guard, named `runbook:line`; a pattern that lint complains about is left out. */
function ofProhibitions(id: string, prohibitions: readonly Prohibition[]): StandingGuard[] {
  return prohibitions.flatMap(({text, line, patterns}) => {
    const lists: Record<PatternKind, string[]> = {argv: [], sql: [], path: [], env: []};
    for (const each of patterns) {
      const read = parseGuardPattern(each);
      if ('kind' in read) lists[read.kind].push(read.pattern);
    }
    const isEmpty = Object.values(lists).every(list => list.length === 0);
    return isEmpty
      ? []
      : [{id: `${id}:${line}`, title: text, line, from: 'runbook', absolute: false, ...lists}];
  });
}

/** Why this is not simply done; empty when nothing stands against it. Never throws. */
export const judge = (doing: Doing, judging: Judging): readonly Refusal[] => judgeDoing(doing, judging);

/** `judge` for what a step plans; a person's step, a look and a pause are never refused. */
export function judgePlan(plan: StepPlan, judging: Judging): readonly Refusal[] {
  switch (plan.act.at) {
    case 'command':
    case 'terminal':
      return judge({argv: plan.act.argv}, judging);
    case 'sql':
      return judge({sql: plan.act.text}, judging);
    case 'collect':
      return plan.act.items.flatMap(item => (item.at === 'command' ? judge({argv: item.argv}, judging) : []));
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
