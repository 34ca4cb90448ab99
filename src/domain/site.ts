// A site as the rest of the program sees it: parsed, resolved, with defaults filled in.
import type {AlertPlan} from './alert-plan.ts';
import type {Anchor} from './anchor.ts';
import type {Job} from './schedule.ts';
import type {Slo} from './slo-spec.ts';
import type {RecurringWindow} from './maintenance.ts';
import type {StrikeLimits} from './strikes.ts';
import type {Panel, Severity} from './verdict.ts';

export const environments = ['development', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

export interface Contact {
  readonly who: string;
  readonly phone?: string;
  readonly when?: string;
}

/** What a check stands on: another check, or all of a service that rolls up. */
export interface Dependency {
  readonly service: string;
  readonly check?: string;
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
  readonly strikes: StrikeLimits;
  /** While one of these is down, no alert is opened for this check; it is looked at all the same. */
  readonly dependsOn?: readonly Dependency[];
  /** It may change what its type says that it changes. */
  readonly allowMutating?: boolean;
  readonly params: unknown;
  /** The host of the site that it looks at, with the alias by which ssh knows it; absent: this machine. */
  readonly host?: {readonly name: string; readonly ssh: string};
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
  /** Undefined: nothing is promised. */
  readonly slo?: Slo;
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

/** Where `sql` and `promql` steps ask. `url` may name a secret: `env:NAME`, `file:/path`. */
export type DataSource =
  | {readonly name: string; readonly type: 'postgres'; readonly url: string}
  | {readonly name: string; readonly type: 'sqlite'; readonly path: string}
  | {readonly name: string; readonly type: 'prometheus'; readonly url: string};

/** What checks may reach besides what every site may. */
export interface Network {
  /** Addresses that are else refused: link-local ones, where clouds keep credentials, and the like. */
  readonly allow: readonly string[];
}

/** Checks (`service/check`) that must all pass. */
export interface Gate {
  readonly name: string;
  readonly title: string;
  readonly checks: readonly string[];
}

/** What a command, a statement, a path or a variable may not be; what matches any of its patterns is refused. */
export interface Guard {
  readonly id: string;
  /** The rule in words, as it is shown when it refuses. */
  readonly title: string;
  /** 1-based line in the site file or runbook; 0 for a shipped one. */
  readonly line: number;
  /** Words that a simple command must begin with or hold; `*` and `?` are wildcards. */
  readonly argv: readonly string[];
  /** `UPDATE event_ledger`, `DELETE event_*`: verb and table. */
  readonly sql: readonly string[];
  /** Files that may not be written, moved or removed, with wildcards. */
  readonly path: readonly string[];
  /** `NAME`, `NAME=value` or `NAME!=value`: assignments that are refused. */
  readonly env: readonly string[];
  /** Nothing opens it, not even a break-glass. */
  readonly absolute: boolean;
}

/** What a site adds to the synonyms of headings: phase → headings, in any language. */
export type PhaseWords = Readonly<Record<string, readonly string[]>>;

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
  /** Who is told about what is wrong; undefined: nobody. */
  readonly alerts?: AlertPlan;
  /** Windows of maintenance that repeat. */
  readonly maintenance?: readonly RecurringWindow[];
  /** SHA-256 (hex) of the raw bytes of the site file and of each runbook, by path relative to `dir`. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly trust: Trust;
  /** Names for `on:` with the alias of ssh_config behind each. */
  readonly hosts?: Readonly<Record<string, {readonly ssh: string}>>;
  /** The account that steps run as when they name none, by host (`local` for this one). */
  readonly runAs?: Readonly<Record<string, string>>;
  readonly sources?: readonly DataSource[];
  readonly network?: Network;
  readonly gates?: readonly Gate[];
  readonly guards?: readonly Guard[];
  readonly phases?: PhaseWords;
  /** Jobs at times of the clock, the shipped ones included; undefined: none. */
  readonly jobs?: readonly Job[];
  /** References (`env:NAME`, `file:/path`) of values that may appear nowhere, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}
