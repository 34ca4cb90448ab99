// What checks look at on a machine: files, processes, sockets, disks, programs. The same for this machine and another.
import type {Kind} from './domain/verdict.ts';
import type {ExecAnswer} from './ports.ts';

/** It could not be looked, which says nothing about the thing itself. One sentence that names the host if it is not this one. */
export interface HostFailure {
  readonly at: 'failed';
  readonly kind: Kind;
  readonly message: string;
}

/** There is no such thing, which is known. */
export interface Missing {
  readonly at: 'missing';
}

export const fileKinds = ['file', 'directory', 'link', 'fifo', 'socket', 'device'] as const;
export type FileKind = (typeof fileKinds)[number];

export interface HostFile {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  /** Permission bits with set-uid, set-gid and sticky, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds, in milliseconds since 1970. */
  readonly modifiedMs: number;
  readonly inode: number;
  /** Where a link points, as it is written. */
  readonly target?: string;
}

export interface HostEntry extends HostFile {
  readonly name: string;
}

/** Bytes of a regular file; anything else is never opened to be read (a FIFO would wait for its writer for ever). */
export type ReadAnswer =
  | {
      readonly at: 'read';
      readonly bytes: Uint8Array;
      /** Where the bytes begin, and how long the file is; 0 for files of the kernel. */
      readonly from: number;
      readonly sizeBytes: number;
      readonly inode: number;
      /** There is more behind them. */
      readonly cut: boolean;
    }
  | {readonly at: 'special'; readonly kind: FileKind}
  | Missing
  | HostFailure;

export interface Space {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** For accounts other than root. */
  readonly freeBytes: number;
  /** Undefined where the file system does not count them, or the host cannot tell. */
  readonly inodes: {readonly total: number; readonly free: number} | undefined;
}

export interface HostProcess {
  readonly pid: number;
  readonly parent: number;
  /** Effective user. */
  readonly uid: number;
  /** The kernel's short name of it. */
  readonly name: string;
  /** Empty for a thread of the kernel. */
  readonly argv: readonly string[];
  /** Milliseconds since 1970, by the host's own clock; exact to a second. */
  readonly startedMs: number;
  /** It has ended, and nobody has collected it. */
  readonly isZombie: boolean;
  /** The innermost service or scope of systemd that it belongs to; empty: to none; undefined: that is not known. */
  readonly unit: string | undefined;
}

export const protocols = ['tcp', 'udp'] as const;
export type Protocol = (typeof protocols)[number];

export interface Listener {
  readonly protocol: Protocol;
  /** Canonical text, such as `127.0.0.1`, `0.0.0.0` or `::`. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** Processes that hold it; empty where this account may not see them. */
  readonly pids: readonly number[];
}

export interface HostRun {
  /** Program and arguments; never passed through a shell of ours. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute; absent: this process's own here, the home of the account on another host. */
  readonly cwd?: string;
  /** Variables besides the few that every look gets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names that are passed on from this process, on this machine. */
  readonly inherit?: readonly string[];
  readonly timeoutMs?: number;
  readonly graceMs: number;
  readonly maxOutputBytes: number;
}

/** One machine during one look: everything ends at that look's limit. No method throws. */
export interface Host {
  /** `local`, or its name in the site file. */
  readonly name: string;
  /** How a program ended there; a host that cannot be reached is a `spawn` failure. */
  run(request: HostRun): Promise<ExecAnswer>;
  /** Of the name itself unless links are followed; following one that leads nowhere gives `missing`. */
  stat(
    path: string,
    options: {readonly follow: boolean},
  ): Promise<{readonly at: 'found'; readonly file: HostFile} | Missing | HostFailure>;
  /** At most `maxBytes` from `from` on (counted from the end when negative), links followed. */
  read(path: string, options: {readonly maxBytes: number; readonly from?: number}): Promise<ReadAnswer>;
  /** SHA-256 (hex) of a regular file of at most `maxBytes`. */
  hash(
    path: string,
    options: {readonly maxBytes: number},
  ): Promise<
    | {readonly at: 'hashed'; readonly sha256: string}
    | {readonly at: 'special'; readonly kind: FileKind}
    | Missing
    | HostFailure
  >;
  /** What is in a folder, sorted by name; links are not followed. */
  list(
    path: string,
  ): Promise<{readonly at: 'listed'; readonly entries: readonly HostEntry[]} | Missing | HostFailure>;
  /** Of the file system that holds the path. */
  space(path: string): Promise<{readonly at: 'measured'; readonly space: Space} | Missing | HostFailure>;
  /** `partial`: processes of other accounts are hidden from this one. */
  processes(): Promise<
    | {readonly at: 'listed'; readonly processes: readonly HostProcess[]; readonly partial: boolean}
    | HostFailure
  >;
  listeners(): Promise<{readonly at: 'listed'; readonly listeners: readonly Listener[]} | HostFailure>;
  /** The environment that a process was started with. */
  environ(
    pid: number,
  ): Promise<
    {readonly at: 'read'; readonly variables: Readonly<Record<string, string>>} | Missing | HostFailure
  >;
  /** The host's own wall clock, in milliseconds since 1970. */
  now(): Promise<{readonly at: 'now'; readonly ms: number} | HostFailure>;
}

/** A host of the site file: its name there, and the alias by which ssh knows it. */
export interface HostPlace {
  readonly name: string;
  readonly ssh: string;
}

export interface Hosts {
  /** The machine for one look; undefined `place` is this one. Nothing is contacted yet. */
  open(
    place: HostPlace | undefined,
    limits: {readonly signal: AbortSignal; readonly timeoutMs: number},
  ): Promise<Host>;
}

/** What came of narrowing the permissions of a file. Nothing was done unless it says `healed`. */
export type HealAnswer =
  | {
      readonly at: 'healed';
      readonly before: number;
      readonly after: number;
      /** Set when what came of it could not be recorded; that it was about to happen is. */
      readonly unrecorded?: string;
    }
  | {readonly at: 'refused'; readonly kind: Kind; readonly message: string};

export interface HealRequest {
  readonly path: string;
  /** Bits that may stay; all others are taken away. */
  readonly mask: number;
}

/** The one thing that a check may change: recorded before it happens, or it does not happen. */
export interface Heal {
  narrow(request: HealRequest & {readonly service: string; readonly check: string}): Promise<HealAnswer>;
}

/** A file of this account, opened and seen to be just that, whose mode can be narrowed. */
export interface NarrowFile {
  readonly at: 'ready';
  readonly before: number;
  readonly after: number;
  readonly inode: number;
  readonly uid: number;
  /** Acts on the file that was opened, whatever its name means by now; the mode that it has then. */
  apply(): Promise<{readonly mode: number} | {readonly problem: string}>;
  close(): Promise<void>;
}

export interface Narrowing {
  /** Refuses what is no regular file of this account alone, or is reached through a link. Changes nothing yet. */
  open(
    request: HealRequest,
  ): Promise<NarrowFile | {readonly at: 'refused'; readonly kind: Kind; readonly message: string}>;
}
