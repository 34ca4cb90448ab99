// Interfaces to everything outside the program: time, chance, processes, network, files, the ledger. Nothing else.
import type {CheckResult, Kind} from './domain/verdict.ts';
import type {AppendRequest, AppendResult, LedgerHead, StoredEntry, EntryQuery} from './domain/entry.ts';
import type {Shown} from './domain/show.ts';

/** Cancels a timer or a subscription; calling it twice is fine. */
export type Cancel = () => void;

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  nowMs(): number;
  /** Monotonic clock, milliseconds; not comparable between boots. */
  monoMs(): number;
  /** The kernel's boot id, or a random id per process where there is none. */
  readonly bootId: string;
  /** Runs `fn` once after `delayMs`, unless cancelled. */
  after(delayMs: number, fn: () => void): Cancel;
}

export interface Random {
  /** Cryptographically strong random bytes. */
  bytes(count: number): Uint8Array;
}

export interface Env {
  get(name: string): string | undefined;
}

export interface ExecRequest {
  /** Program and arguments; never passed through a shell. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** After `timeoutMs`: TERM, this long, then KILL to everything started. */
  readonly graceMs: number;
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
}

/** How a command ended; `spawn` = could not be started. Output is bytes, cut at the limit. */
export type ExecAnswer =
  | {
      readonly at: 'exited';
      readonly status: number | null;
      readonly bySignal: string | null;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      readonly cut: boolean;
      readonly durationMs: number;
    }
  | {
      readonly at: 'hang';
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      readonly durationMs: number;
    }
  | {readonly at: 'spawn'; readonly kind: Kind; readonly message: string};

export interface Exec {
  run(request: ExecRequest): Promise<ExecAnswer>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Decompressed bytes; more than this ends the request (`cut`). */
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

export type HttpAnswer =
  | {
      readonly at: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      readonly cut: boolean;
      readonly durationMs: number;
    }
  | {readonly at: 'failed'; readonly kind: Kind; readonly message: string; readonly durationMs: number};

/** No redirects are followed; no proxy; one connection per request. */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

export type ConnectAnswer =
  | {readonly at: 'connected'; readonly address: string; readonly durationMs: number}
  | {readonly at: 'failed'; readonly kind: Kind; readonly message: string; readonly durationMs: number};

export interface Net {
  connect(target: {
    readonly host: string;
    readonly port: number;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  }): Promise<ConnectAnswer>;
}

/** A process named so that a reused pid is never mistaken for it. */
export interface ProcessName {
  readonly pid: number;
  /** Start time in clock ticks since boot (/proc/PID/stat field 22), as text. */
  readonly start: string;
  readonly boot: string;
}

export interface Processes {
  self(): ProcessName;
  alive(name: ProcessName): boolean;
  /** Live processes that descend from, or share the session of, the named one: for "what survived". */
  survivors(session: number): readonly {readonly pid: number; readonly command: string}[];
}

/** Why a file could not be read, listed or written. */
export interface FileFailure {
  readonly at: 'failed';
  readonly why:
    'missing' | 'permission' | 'directory' | 'notDirectory' | 'special' | 'tooBig' | 'exists' | 'other';
  /** One sentence without the path. */
  readonly message: string;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Permission bits only, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
}

export interface Files {
  /** The raw bytes of a regular file, links followed; larger than `maxBytes` = `tooBig`, nothing is read then. */
  read(
    path: string,
    maxBytes: number,
  ): Promise<{readonly at: 'read'; readonly bytes: Uint8Array} | FileFailure>;
  /** Names in a directory, sorted by code unit. */
  list(path: string): Promise<{readonly at: 'listed'; readonly names: readonly string[]} | FileFailure>;
  /** Of the name itself: a link is a `link`. Undefined when there is nothing or it cannot be looked at. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The absolute path with all links resolved; undefined when there is nothing. */
  real(path: string): Promise<string | undefined>;
  /** All or nothing and on disk when it resolves; `exclusive` never replaces what is there (`exists`). */
  write(
    path: string,
    bytes: Uint8Array,
    options: {readonly mode: number; readonly exclusive?: boolean},
  ): Promise<{readonly at: 'written'} | FileFailure>;
  /** Makes a directory and its missing parents with `mode`; one that is there already is left as it is. */
  makeDir(path: string, mode: number): Promise<{readonly at: 'made'} | FileFailure>;
}

/** How a line-by-line command talks: prints safe text, asks, and knows whether anybody is there. */
export interface Talk {
  readonly interactive: boolean;
  readonly columns: number;
  out(line: Shown): void;
  err(line: Shown): void;
  /** Prints JSON on standard output in one line; control and bidi characters in strings are \u-escaped. */
  json(value: unknown): void;
  /** The next line typed, without its newline; undefined at end of input. */
  ask(question: Shown): Promise<string | undefined>;
}

/** The one log. All methods are asynchronous to the caller (a worker thread does the work). */
export interface Ledger {
  readonly origin: string;
  readonly dir: string;
  /** Why it cannot be written, when it cannot; reading still works. */
  readonly readOnly: string | undefined;
  head(): Promise<LedgerHead>;
  append(request: AppendRequest): Promise<AppendResult>;
  read(query: EntryQuery): Promise<readonly StoredEntry[]>;
  /** Signs and stores a checkpoint when there is something new; returns the newest note's size and root. */
  checkpoint(): Promise<LedgerHead>;
  /** The raw value behind a commitment, when it was not erased. */
  disclosure(seq: number, pointer: string): Promise<Uint8Array | undefined>;
  /** Calls back after entries were added, by this process or another (polled); coalesced. */
  watch(onChange: (head: LedgerHead) => void): Cancel;
  close(): Promise<void>;
}

/** Samples per slot; never the truth about actions. */
export interface Telemetry {
  sample(result: CheckResult, slotMs: number): void;
  /** Newest first, at most `limit`. */
  recent(service: string, check: string, limit: number): Promise<readonly SampleRow[]>;
  /** Everything buffered is on its way to disk when this resolves. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SampleRow {
  readonly slotMs: number;
  readonly verdict: CheckResult['verdict'];
  readonly durationMs: number;
}
