// Guards: whether something that is about to be done is forbidden. Pure; may import only domain, define and parsers.
import type {StepPlan} from '../define.ts';
import {parseGuardPattern, type PatternKind} from '../domain/guard-pattern.ts';
import type {Procedure, Prohibition, Runbook} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import {judgeDoing, wantedBy} from './judge.ts';
import {shippedGuards} from './shipped.ts';
import type {Doing, Judging, Refusal, StandingGuard, Texts} from './types.ts';

export type {Doing, Judging, Refusal, StandingGuard, Texts} from './types.ts';
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
export const judgePlan = (plan: StepPlan, judging: Judging): readonly Refusal[] =>
  doingsOf(plan).flatMap(doing => judge(doing, onPlace(plan, judging)));

/** More files than this are not read for one step, and scripts that call each other not deeper. */
const mostFiles = 64;
const deepest = 8;

type Reading = Pick<Judging, 'env' | 'cwd'>;

/** The texts that judging asks for, one after the other: a script may read another. `read` says what stands in a file. */
export async function textsFor(
  doings: readonly Doing[],
  judging: Reading,
  read: (path: string) => Promise<string | undefined>,
): Promise<Texts> {
  const texts = new Map<string, string | undefined>();
  for (let round = 0; round < deepest; round += 1) {
    const wanted = new Set(doings.flatMap(doing => wantedBy(doing, {...judging, texts})));
    const more = [...wanted].slice(0, mostFiles - texts.size);
    for (const path of more) texts.set(path, await read(path));
    if (more.length === 0) break;
  }
  return texts;
}

/** `textsFor` what a step plans; none for what is done on another host. */
export const textsForPlan = async (
  plan: StepPlan,
  judging: Reading,
  read: (path: string) => Promise<string | undefined>,
): Promise<Texts> => textsFor(doingsOf(plan), onPlace(plan, judging), read);

/** Files of this machine mean nothing on another. */
const onPlace = <T extends Reading>({on}: StepPlan, judging: T): T =>
  on === undefined ? judging : {...judging, cwd: undefined};

function doingsOf({act}: StepPlan): readonly Doing[] {
  switch (act.at) {
    case 'command':
    case 'terminal':
      return [{argv: act.argv}];
    case 'sql':
      return [{sql: act.text}];
    case 'collect':
      return act.items.flatMap(item => (item.at === 'command' ? [{argv: item.argv}] : []));
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
