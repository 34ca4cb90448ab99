// Interfaces to everything outside the program: time, chance, processes, network, files, the ledger. Nothing else.
import type {CheckResult, Kind, Verdict} from './domain/verdict.ts';
import type {CheckSpec} from './domain/site.ts';
import type {Strikes} from './domain/strikes.ts';
import type {Say, TlsMeans} from './look/net.ts';
import type {SecretFound, SecretValue} from './domain/secret.ts';
import type {Evidence} from './domain/evidence.ts';
import type {LedgerSnapshot} from './domain/snapshot.ts';
import type {Rollups} from './rollup-ports.ts';
import type {
  AppendRequest,
  AppendResult,
  EntryQuery,
  LedgerHead,
  NewEntry,
  StoredEntry,
} from './domain/entry.ts';
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
  /** What it reads on standard input; without it, nothing. */
  readonly input?: Uint8Array;
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
  /** `insecure`: whoever answers is believed to be the server. */
  readonly tls?: TlsMeans & {readonly insecure?: boolean};
  /** Connects there instead of where the name leads. */
  readonly address?: string;
  /** Addresses that may be reached although they are else refused. */
  readonly allow?: readonly string[];
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
  | {
      readonly at: 'failed';
      readonly kind: Kind;
      readonly message: string;
      /** The connection stood; what failed came after it. */
      readonly reached?: boolean;
      readonly durationMs: number;
    };

/** No redirects are followed; no proxy; one connection per request. */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

export type ConnectAnswer =
  | {
      readonly at: 'connected';
      readonly address: string;
      /** What came back; empty without `say`. */
      readonly received: Uint8Array;
      readonly durationMs: number;
    }
  | {readonly at: 'failed'; readonly kind: Kind; readonly message: string; readonly durationMs: number};

export interface Net {
  connect(target: {
    readonly host: string;
    readonly port: number;
    /** A socket file of this machine instead of a host and a port. */
    readonly path?: string;
    /** Said once it is connected; then what comes back is read until `until` was in it, at most `maxBytes`. */
    readonly say?: Say;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly allow?: readonly string[];
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
  /** Live processes that carry this mark in their environment (`QD_STEP`), and their descendants. */
  marked(mark: string): readonly {readonly pid: number; readonly command: string}[];
  /** Sends TERM to that very process; false when it is gone (a reused pid is never hit). */
  terminate(name: ProcessName): boolean;
}

/** The command of a step: started in a session of its own, ended only when told to. */
export interface Child {
  /** How it ended; `spawn` = could not be started. Output has been handed over by then, or belongs to what it left. */
  readonly ended: Promise<
    | {readonly at: 'exited'; readonly status: number | null; readonly bySignal: string | null}
    | {readonly at: 'spawn'; readonly kind: Kind; readonly message: string}
  >;
  /** TERM to everything it started, then KILL after `graceMs`; `ended` resolves even if something cannot be killed. */
  stop(graceMs: number): void;
  /** What it started and is still alive. */
  survivors(): readonly {readonly pid: number; readonly command: string}[];
}

export interface Children {
  start(request: {
    readonly argv: readonly [string, ...string[]];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    /** Value of `QD_STEP` in the child's environment: how survivors are recognised. */
    readonly mark: string;
    /** What it reads on standard input; without it, nothing. */
    readonly input?: string;
    /** Standard output and error, in the order of arrival; what comes from where is one stream each. */
    readonly onOutput: (chunk: Uint8Array, from: 'out' | 'err') => void;
    /** What it writes on file descriptor 3, which it gets only with this. */
    readonly onReport?: (chunk: Uint8Array) => void;
  }): Child;
  /**
   * A program that takes the terminal of this process, in its session and its foreground group. One that a key stops
   * (Ctrl-Z) is continued, for there is no shell here that could do it.
   */
  onTerminal(request: {
    readonly argv: readonly [string, ...string[]];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly mark: string;
  }): Child;
}

/** Scopes of systemd, in which everything that a command started can be found. A unit is named without `.scope`. */
export interface Scopes {
  /** Made by this account's own manager, not by the machine's. */
  readonly user: boolean;
  processes(unit: string): readonly number[];
  /** Ends all that is in it at once; false when the kernel cannot. */
  kill(unit: string): boolean;
}

/** Starts step runners: processes of their own that outlive this one. */
export interface Runners {
  /** The job goes through a pipe, never through arguments. `ended` brings what the runner said when it refused. */
  start(job: string): {readonly ended: Promise<{readonly said: string}>};
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
  /** Writes a new file piece by piece, on disk when it resolves; `exists` when the name is taken. Half a file is removed. */
  create(
    path: string,
    chunks: AsyncIterable<Uint8Array>,
    options: {readonly mode: number},
  ): Promise<{readonly at: 'written'; readonly sizeBytes: number} | FileFailure>;
  /**
   * Adds bytes to the end of a regular file, made with `mode` when it is not there, in one write; on disk when it
   * resolves. A link is not followed. What was there before is not touched, whatever happens.
   */
  append(
    path: string,
    bytes: Uint8Array,
    options: {readonly mode: number},
  ): Promise<{readonly at: 'appended'; readonly sizeBytes: number} | FileFailure>;
  /** The bytes of a regular file, piece by piece, links not followed. Iterating throws when it cannot be read. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Bytes from the middle of a regular file; fewer only where it ends. Throws as `stream` does. */
  readAt(path: string, at: number, length: number): Promise<Uint8Array>;
  /** Removes a file; false when it was not there or could not be removed. */
  remove(path: string): Promise<boolean>;
  /** Makes a directory and its missing parents with `mode`; one that is there already is left as it is. */
  makeDir(path: string, mode: number): Promise<{readonly at: 'made'} | FileFailure>;
  /** Gives a file or directory another name in the same folder, on disk when it resolves; `exists` when it is taken. */
  move(from: string, to: string): Promise<{readonly at: 'moved'} | FileFailure>;
  /** Removes a directory with everything in it, links not followed; fine when it is not there. */
  removeTree(path: string): Promise<{readonly at: 'removed'} | FileFailure>;
}

/** What may appear nowhere: declared values, and what looks like a secret. Knows more as more is declared. */
export interface Secrets {
  text(text: string): string;
  bytes(bytes: Uint8Array): Uint8Array;
  /** Every string inside; what holds none comes back as the same object. */
  json<T>(value: T): T;
  find(bytes: Uint8Array): readonly SecretFound[];
  /** Every declared value that is known by now. */
  values(): readonly SecretValue[];
  /**
   * Looks up what references name (`env:NAME`, `file:/path`), which is masked from then on. `file:` must be a file of
   * this user that others cannot read. A problem names the secret, never its value.
   */
  resolve(
    declared: Readonly<Record<string, string>>,
  ): Promise<
    | {readonly at: 'resolved'; readonly values: readonly SecretValue[]}
    | {readonly at: 'failed'; readonly message: string; readonly hint: string}
  >;
}

/** How a line-by-line command talks: prints safe text, asks, and knows whether anybody is there. */
export interface Talk {
  readonly interactive: boolean;
  readonly columns: number;
  out(line: Shown): void;
  err(line: Shown): void;
  /** Prints JSON on standard output in one line; control and bidi characters in strings are \u-escaped. */
  json(value: unknown): void;
  /** The next line typed, without its newline; undefined at end of input. An empty question prints nothing. */
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
  /** Whether the disk has room for new actions now; takes the reserve again when it has. Missing where it cannot change. */
  hasRoom?(): Promise<boolean>;
  /** Calls back after entries were added, by this process or another (polled); coalesced. */
  watch(onChange: (head: LedgerHead) => void): Cancel;
  close(): Promise<void>;
}

/** Who runs the monitor of a data directory. */
export interface MonitorHolder extends ProcessName {
  /** SHA-256 of the site file that it looks at, hex. */
  readonly site?: string;
  readonly session: string;
  /** For the screen: the operator's name, or `daemon`. */
  readonly who: string;
  readonly sinceMs: number;
}

/** What a check is, for telemetry. */
export type SampledCheck = Pick<CheckSpec, 'service' | 'id' | 'type' | 'panel' | 'everyMs' | 'rollup'>;

/** The newest look of a check, with all that a restart or another console needs to go on from it. */
export interface LastLook {
  readonly result: CheckResult;
  readonly seenMs: number;
  /** The newest slot with a sample. */
  readonly slotMs: number | undefined;
  readonly strikes: Strikes;
}

/** Ledgers as files: for commands that must not, or cannot, open one for writing. */
export interface LedgerFiles {
  /** Opens for reading only, also a ledger that must not be written. Throws LEDGER_UNREADABLE. */
  openToRead(dir: string): Promise<Ledger>;
  /** Opens for writing although the data directory was moved, and records that. Throws LEDGER_*. */
  adopt(dir: string): Promise<Ledger>;
  /** Moves the old log aside and starts a new one that names it. */
  newOrigin(dir: string, reason: string): Promise<NewOrigin>;
  /** Opens for writing, for what a console does not do by itself. Throws LEDGER_*. */
  keeper(dir: string): Promise<LedgerKeeper>;
  /** What a verification reads, from a data directory or its database. Throws LEDGER_UNREADABLE. */
  evidence(path: string): Promise<{readonly evidence: Evidence; readonly close: () => void}>;
  /** What an export reads: a data directory at this moment. Throws LEDGER_UNREADABLE. */
  snapshot(dir: string): Promise<LedgerSnapshot>;
}

/** What only the keeper of a ledger does: signing, erasing, a new key. Every method throws LEDGER_* when it cannot. */
export interface LedgerKeeper {
  /** Signs a text (ending in a newline) as a C2SP note with the ledger's newest key. */
  signText(text: string): Promise<string>;
  /**
   * Erases the values behind commitments and appends the entries that say so, in one transaction; then the bytes are
   * taken out of the database, its log and `artifacts/`. The entries name what is erased (`redact`,
   * `retention.apply`); that they may is the caller's to know, from the first `asOf` entries: it is refused when a
   * hold was set or lifted since. `remains` says where bytes are still left, because somebody was reading.
   */
  erase(
    places: readonly {readonly seq: number; readonly ptr: string}[],
    entries: readonly NewEntry[],
    asOf: number,
  ): Promise<AppendResult & {readonly remains?: string}>;
  /** A new signing key, vouched for by the old one, which is destroyed. */
  rotateKey(reason: string): Promise<{readonly vkey: string; readonly seq: number}>;
  close(): Promise<void>;
}

export interface NewOrigin {
  readonly origin: string;
  readonly vkey: string;
  /** Where the old database and its files are now. */
  readonly aside: string;
  /** The log that it follows; undefined when the old database could not be read. */
  readonly follows: {readonly log: string; readonly size: number} | undefined;
}

/** Samples per slot; never the truth about actions. Writes are collected until `flush`, or until somebody reads. */
export interface Telemetry extends Rollups {
  /** Set when samples are not kept, or an unusable file was put aside: what happened. */
  readonly problem: string | undefined;
  /** Tells which checks there are; before the first sample of each. */
  register(checks: readonly SampledCheck[]): void;
  /** The first sample of a slot counts. `excluded`: in a maintenance window that was recorded before it began. */
  sample(result: CheckResult, slotMs: number, marks?: {readonly excluded?: boolean}): void;
  remember(look: LastLook): void;
  /** The newest look of every check that ever was, in no order. */
  lastLooks(): Promise<readonly LastLook[]>;
  /** Newest first, at most `limit`. */
  recent(service: string, check: string, limit: number): Promise<readonly SampleRow[]>;
  /** The worst verdict of each minute over the checks that roll up, oldest first; the last one is the minute of `nowMs`. */
  strip(service: string, nowMs: number, minutes: number): Promise<readonly (Verdict | undefined)[]>;
  /** Takes the monitor lease when nobody living has it; the answer is who has it now. */
  takeMonitor(me: MonitorHolder, isAlive: (name: ProcessName) => boolean): Promise<MonitorHolder>;
  monitorHolder(): Promise<MonitorHolder | undefined>;
  /** Does nothing when somebody else has it. */
  releaseMonitor(me: MonitorHolder): Promise<void>;
  /** Takes out what these checks said last, to the last byte: it may repeat what is erased in the ledger. */
  forgetLooks(checks: readonly {readonly service: string; readonly check: string}[]): Promise<void>;
  /** Forgets what is too old at this moment, a part now and the rest with the next flushes. */
  prune(nowMs: number): Promise<void>;
  /** Everything collected is on its way to disk when this resolves. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SampleRow {
  readonly slotMs: number;
  readonly verdict: CheckResult['verdict'];
  readonly durationMs: number;
}

export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export interface InputStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeAllListeners(event: 'data' | 'end' | 'close'): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Asks the terminal itself: another program may have had it when it was resized. Throws when it is gone. */
  getWindowSize?(): readonly [columns: number, rows: number];
  write(data: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** What the console needs of its process and terminal. */
export interface ConsoleHost {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  /** The live environment: colour variables are set in it while Ink loads, and put back. */
  readonly env: Record<string, string | undefined>;
  readonly clock: Clock;
  /** False for a session leader: stopping it would leave nobody to continue it. */
  readonly canSuspend: boolean;
  /** `crash` is before an uncaught error is printed, `exit` the last moment of the process. */
  on(event: EndSignal | 'SIGCONT' | 'SIGQUIT' | 'SIGTSTP' | 'exit' | 'crash', listener: () => void): Cancel;
  /** Stops this process as Ctrl-Z does. */
  stop(): void;
  /** Notes how the terminal behaves; what it gives puts that back, whatever was done to it meanwhile. */
  keepModes(): Promise<() => Promise<void>>;
}
