// An open run as screens and commands use it: what it shows, and how it is answered.
import type {Choice, Refusal, RunAnswer, RunState, Valued} from '../../domain/run.ts';
import type {Ask} from '../../domain/run-rules.ts';
import type {Contact} from '../../domain/site.ts';
import type {StepPlan} from '../../define.ts';
import type {Cancel} from '../../ports.ts';

/** Everything a screen or a line-by-line command needs to show; texts are raw. */
export interface RunSnapshot {
  readonly state: RunState;
  readonly ask: Ask;
  readonly choices: readonly Choice[];
  /** What the current step would do; undefined when there is none, or it cannot be walked. */
  readonly plan: StepPlan | undefined;
  /** What the dialog shows of it, recorded when it is confirmed. */
  readonly shown: readonly string[];
  readonly target: string;
  readonly watching: boolean;
  /** The last thing that went wrong, until the next answer. */
  readonly notice: string | undefined;
  /** Guards that the current step runs into. */
  readonly guards: readonly Refusal[];
  /** Variables of the run; a value that was erased, or is not read yet, is undefined. */
  readonly values: readonly RunValue[];
  /** Whom to call when this is escalated, and what to tell them. */
  readonly contacts: readonly Contact[];
  readonly brief: readonly string[];
}

export interface RunValue {
  readonly name: string;
  readonly value: string | undefined;
  readonly from: Valued['from'];
}

export type Answered = {readonly ok: true} | {readonly ok: false; readonly why: string};

export interface OpenRun {
  readonly run: string;
  snapshot(): RunSnapshot;
  answer(answer: RunAnswer): Promise<Answered>;
  /** Output of a step: what was captured so far, or the recorded one; undefined when there is none. */
  output(item: string): Promise<Uint8Array | undefined>;
  /** Values that this variable had in earlier runs, newest first, at most 20; never a secret. */
  history(name: string): Promise<readonly string[]>;
  /** Reads what others have written and looks whether the step runner still lives. */
  refresh(): Promise<void>;
  onChange(changed: () => void): Cancel;
  /** Stops looks of its own and watching; step runners go on. */
  close(): void;
}
