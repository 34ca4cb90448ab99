// What the walk collects before ids are given: steps, blocks and sections under construction.
import type {
  Certainty,
  DecideOption,
  Effect,
  Phase,
  Problem,
  Prohibition,
  Step,
  StepAttributes,
} from '../domain/runbook.ts';

/** A step without its id. */
export interface Draft {
  type: string;
  title: string;
  line: number;
  lang?: string;
  command?: string;
  argv?: readonly string[];
  expectedOutput?: string;
  effect: Effect;
  certainty: Certainty;
  alert?: NonNullable<Step['alert']>;
  detail: string[];
  attributes: StepAttributes;
  options?: readonly DecideOption[];
  children: Draft[];
}

export interface Block {
  phase: Phase;
  readonly title: string;
  readonly line: number;
  readonly steps: Draft[];
  readonly prose: string[];
}

/** A procedure, or the file outside its procedures. */
export interface Section {
  readonly title: string;
  readonly line: number;
  readonly chapter: string | undefined;
  readonly anchor: string;
  readonly blocks: Block[];
  readonly prohibitions: Prohibition[];
}

/** What every reading function needs: the source, where problems go, and the site's own phase words. */
export interface Source {
  readonly text: string;
  readonly problems: Problem[];
  readonly phases: Readonly<Partial<Record<Phase, readonly string[]>>>;
}
