// What the walk collects before ids are given: steps, blocks and sections under construction.
import type {Node} from '../markdown/index.ts';
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
import type {PhaseTable} from './phases.ts';
import type {CodeReadings} from './fence.ts';

/** A step without its id. */
export interface Draft {
  type: string;
  title: string;
  line: number;
  lang?: string;
  command?: string;
  argv?: readonly string[];
  expectedOutput?: string;
  expected?: string;
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
  /** Set while something is only looked at ahead of its turn: its problems are told when it is read. */
  readonly quiet: boolean;
  readonly codes: CodeReadings;
  /** Node whose problems were told. */
  readonly told: WeakSet<Node>;
  readonly phases: PhaseTable;
}

/** The same source for a look ahead: nothing found on the way is told. */
export const quietly = (source: Source): Source =>
  source.quiet ? source : {...source, problems: [], quiet: true};
