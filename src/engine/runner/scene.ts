// What a step runner needs of the outside, and what each act gives back.
import type {Disclosed, Json, NewEntry} from '../../domain/entry.ts';
import type {Verdict} from '../../domain/verdict.ts';
import type {
  Children,
  Clock,
  Exec,
  Files,
  Http,
  Ledger,
  ProcessName,
  Processes,
  Random,
  Scopes,
} from '../../ports.ts';
import type {Capture} from './output.ts';
import type {Ending, Ended} from './ending.ts';

export interface Scene {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly self: ProcessName;
  readonly processes: Pick<Processes, 'alive' | 'marked'>;
  readonly children: Children;
  /** For what is done beside the step: reaching a host, ending what another account started. */
  readonly exec: Exec;
  readonly files: Pick<Files, 'stream' | 'real' | 'stat'>;
  /** Loaded only for a request: the client costs start-up time. */
  readonly http: () => Promise<Http>;
  /** The first group of a pattern in a text, or the whole match; or what is wrong with the pattern. */
  readonly firstMatch: (
    pattern: string,
    text: string,
  ) => Promise<{found: string | undefined} | {problem: string}>;
  /** Why a value does not fit the pattern of its variable; undefined when it does. */
  readonly patternProblem: (value: string, pattern: string) => Promise<string | undefined>;
  /** The program that asks a database, as an argument vector. */
  readonly sqlProgram: readonly [string, ...string[]];
  /** Where the data source of the job is; absent: where the job itself says. It may hold a password. */
  readonly sourceUrl: string | undefined;
  /** SHA-256 of a stream, hex. */
  readonly hash: () => {readonly update: (chunk: Uint8Array) => void; readonly digest: () => string};
  /** The environment that commands inherit. */
  readonly env: Readonly<Record<string, string>>;
  /** Shows the output in the file in which it can be watched while the step runs. */
  readonly append: (chunk: Uint8Array) => void;
  /** Keeps an outcome that could not be appended, on disk, to be appended as `late`, with the value that it gives. */
  readonly spool: (outcome: NewEntry, value: NewEntry | undefined) => Promise<void>;
  /** Takes out secrets before anything is hashed, written, compared or said. */
  readonly mask: StepMask;
  /** Aborted when the operator asks to stop the step. */
  readonly stop: AbortSignal;
  /** A folder of this account alone for the sockets of ssh; undefined: every step connects anew. */
  readonly sockets: string | undefined;
  /** Undefined where no scopes can be made. */
  readonly scopes: Scopes | undefined;
  /** The effective user id: root needs no sudo to end what it started. */
  readonly uid: number;
}

/** What this needs of a masker; `stream` for output that comes in pieces. */
export interface StepMask {
  text(text: string): string;
  json<T>(value: T): T;
  stream(): {push(chunk: Uint8Array): Uint8Array; end(): Uint8Array};
}

export interface Survivor {
  readonly pid: number;
  readonly command: string;
}

/** How an act ended. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly message: string;
  readonly status?: number;
  readonly signal?: string;
  readonly ended?: Ended;
  readonly requestId?: string;
  /** Set where a person says whether it went so. */
  readonly expected?: string;
  readonly survivors?: readonly Survivor[];
  readonly items?: Json;
  /** Values of `items` that lie beside the entry. */
  readonly disclosed?: readonly Disclosed[];
  /** What the variable of `capture` is taken from; absent: standard output. */
  readonly value?: string;
}

/** One try of an act: where its output goes, and what ends it. */
export interface Try {
  readonly output: Capture;
  readonly ending: Ending;
}
