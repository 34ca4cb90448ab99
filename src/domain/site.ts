// A site as the rest of the program sees it: parsed, resolved, with defaults filled in.
import type {Anchor} from './anchor.ts';
import type {Panel, Severity} from './verdict.ts';

export const environments = ['development', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

export interface Contact {
  readonly who: string;
  readonly phone?: string;
  readonly when?: string;
}

/** One check of one service. `params` was validated by the definition of `type`. */
export interface CheckSpec {
  readonly service: string;
  readonly id: string;
  readonly type: string;
  readonly panel: Panel;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly rollup: boolean;
  readonly severity: Severity;
  readonly strikes: {readonly fail: number; readonly recover: number};
  readonly params: unknown;
  /** 1-based line in the site file, for messages. */
  readonly line: number;
}

export interface Service {
  readonly id: string;
  readonly title: string;
  readonly owner?: string;
  readonly labels: readonly string[];
  readonly runbooks: readonly string[];
  readonly checks: readonly CheckSpec[];
}

/** How long values are kept, by what they are; undefined = for good. */
export interface Retention {
  /** What steps printed. */
  readonly outputsMs: number | undefined;
  /** What checks said about a change. */
  readonly messagesMs: number | undefined;
  /** Notes, and the reasons that were typed in runs. */
  readonly notesMs: number | undefined;
  /** Entries older than this are copied, as bundles, into a folder (absolute). */
  readonly archive: {readonly afterMs: number; readonly dir: string} | undefined;
}

/** `trusted`: pinned by the operator and unchanged; anything else is read-only (no commands, no runs). */
export type Trust =
  | {readonly at: 'trusted'}
  | {readonly at: 'new'; readonly why: string}
  | {readonly at: 'changed'; readonly why: string; readonly files: readonly string[]};

export interface Site {
  readonly name: string;
  readonly environment: Environment;
  /** Absolute path of the folder, and of the file inside it. */
  readonly dir: string;
  readonly file: string;
  readonly escalation: readonly Contact[];
  readonly services: readonly Service[];
  /** Undefined: nothing is erased or archived by itself. */
  readonly retention?: Retention;
  /** Where checkpoints are carried to; undefined: nowhere. */
  readonly anchors?: readonly Anchor[];
  /** SHA-256 (hex) of the raw bytes of the site file and of each runbook, by path relative to `dir`. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly trust: Trust;
  /** References (`env:NAME`, `file:/path`) of values that may appear nowhere, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}
