// What the guards are asked, and what they answer.
import type {Glass} from '../domain/breakglass.ts';
export type {Refusal} from '../domain/run.ts';
import type {Guard} from '../domain/site.ts';

/** A guard in force: its rule, its patterns, and where it stands. */
export interface StandingGuard extends Guard {
  readonly from: 'shipped' | 'site' | 'runbook';
}

/** What is about to be done. A shell reads `text`; `env` is what it sets on purpose, judged as assignments are. */
export interface Doing {
  readonly argv?: readonly string[];
  readonly text?: string;
  readonly sql?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Texts of files by their absolute path; undefined: it cannot be had, and nothing is known of it. */
export type Texts = ReadonlyMap<string, string | undefined>;

/** Everything that judging looks at beside what is about to be done. */
export interface Judging {
  readonly guards: readonly StandingGuard[];
  readonly opened: readonly Glass[];
  /** Variables of the run, by name: what `$NAME` stands for where it is known. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of this machine that it is done in; absent: it is done elsewhere, or no file is looked at. */
  readonly cwd?: string | undefined;
  /** Texts of the files of this machine that it reads as scripts. */
  readonly texts?: Texts;
}
