// What a step does, as data: a process, a request, a statement, a look, a pause, or a person.
import type {DataSource} from './site.ts';

/** What acts: a process, an HTTP request, a look of the console, a pause, or a person. */
export type StepAct =
  | {readonly at: 'command'; readonly argv: readonly [string, ...string[]]}
  | {
      readonly at: 'http';
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Looks at a check (`service/check`, or a name in the run's service) or at a panel; `until`: again until it passes. */
  | {readonly at: 'look'; readonly check?: string; readonly panel?: string; readonly until: boolean}
  | {readonly at: 'pause'; readonly forMs: number}
  /** A program that needs the real terminal; the console hands it over and takes it back. */
  | {readonly at: 'terminal'; readonly argv: readonly [string, ...string[]]}
  /** A statement for a data source of the site (PostgreSQL or SQLite); in a read-only transaction when the effect is `read`. */
  | {readonly at: 'sql'; readonly source: DataSource; readonly text: string}
  /** An instant query; no data is never zero. */
  | {readonly at: 'promql'; readonly source: DataSource; readonly text: string}
  /** Evidence in this order, each with its hash. */
  | {readonly at: 'collect'; readonly items: readonly CollectItem[]}
  /** Every check of a gate of the site, all of which must pass. */
  | {readonly at: 'gate'; readonly gate: string; readonly checks: readonly string[]}
  /** A value is asked for and kept as a variable of the run. */
  | {
      readonly at: 'input';
      readonly name: string;
      readonly pattern?: string;
      readonly default?: string;
      readonly may: 'anything' | 'no-option';
    }
  /** A person says so, with a note that is recorded. */
  | {readonly at: 'attest'}
  | {readonly at: 'person'};

export type CollectItem =
  | {readonly at: 'file'; readonly path: string}
  | {readonly at: 'command'; readonly argv: readonly [string, ...string[]]; readonly text: string}
  | {readonly at: 'url'; readonly url: string};

/** What a step runner says when its step is over and it stays on, to go on with the run should its console go away. */
export const stepOver = '\0';
