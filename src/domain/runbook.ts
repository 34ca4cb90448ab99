// A runbook as the parser gives it: file > procedure > phase > step. Text inside is raw: show it through `show()`.

export const phases = [
  'trigger',
  'impact',
  'preconditions',
  'safety',
  'diagnose',
  'procedure',
  'verify',
  'dont',
  'safe-actions',
  'rollback',
  'exit-criteria',
  'escalate',
  'reference',
] as const;
export type Phase = (typeof phases)[number];

export const effects = ['read', 'write', 'irreversible'] as const;
export type Effect = (typeof effects)[number];

export type Certainty = 'annotated' | 'guessed';

/** The flat JSON after a fence's language or in a `qd:` comment; keys as written in the file. */
export interface StepAttributes {
  readonly name?: string;
  readonly title?: string;
  readonly type?: string;
  readonly effect?: Effect;
  readonly on?: string;
  readonly 'run-as'?: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly grace?: string;
  readonly expect?: number | string;
  readonly check?: string;
  readonly panel?: string;
  readonly pre?: string;
  readonly verify?: string;
  readonly until?: string;
  readonly within?: string;
  readonly for?: string;
  readonly rollback?: string;
  readonly capture?: string;
  readonly re?: string;
  readonly 'on-disconnect'?: 'finish' | 'abort' | 'detach';
  readonly 'at-limit'?: 'ask' | 'kill';
  readonly when?: string;
  readonly role?: string;
  readonly min?: number;
  readonly reason?: boolean;
  readonly target?: string;
}

export interface DecideOption {
  readonly answer: string;
  /** Slug of a procedure in this file (`#slug`) or a relative link, when the answer leads somewhere. */
  readonly link?: string;
  readonly text: string;
}

export interface Step {
  /** `name`, else `<procedure slug>/<ordinal path>`. */
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly line: number;
  readonly lang?: string;
  /** Exactly what runs (prompts cut), or the http text, for steps that have one. */
  readonly command?: string;
  /** Set for a single inline command, which runs without a shell. */
  readonly argv?: readonly string[];
  readonly expectedOutput?: string;
  readonly effect: Effect;
  readonly certainty: Certainty;
  readonly alert?: 'caution' | 'warning' | 'note' | 'tip' | 'important';
  /** Prose that belongs to the step, plain text, one paragraph each. */
  readonly detail: readonly string[];
  readonly attributes: StepAttributes;
  readonly options?: readonly DecideOption[];
  readonly children: readonly Step[];
}

export interface PhaseBlock {
  readonly phase: Phase;
  readonly title: string;
  readonly line: number;
  readonly steps: readonly Step[];
  /** Prose of the phase that is no step (symptoms, meaning …), plain text. */
  readonly prose: readonly string[];
}

export interface Prohibition {
  readonly text: string;
  readonly line: number;
  readonly patterns: readonly string[];
}

export interface Procedure {
  readonly id: string;
  readonly title: string;
  readonly line: number;
  readonly phases: readonly PhaseBlock[];
  /** Its own, then those of the file. */
  readonly prohibitions: readonly Prohibition[];
}

export interface Problem {
  readonly code: string;
  readonly line: number;
  readonly message: string;
  readonly level: 'error' | 'warning';
}

export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly default?: string;
  readonly pattern?: string;
}

export interface RunbookMeta {
  readonly owner?: string;
  readonly severity?: string;
  readonly tags: readonly string[];
  readonly services: readonly string[];
  readonly version?: string;
  readonly reviewed?: string;
  readonly reviewEvery?: string;
  readonly environments: readonly string[];
  readonly requires: readonly string[];
  readonly roles: readonly string[];
  readonly vars: readonly Variable[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly kind: 'runbook' | 'drill';
  readonly shell?: string;
  readonly cwd?: string;
  /** Unknown front matter keys, kept as they are. */
  readonly other: Readonly<Record<string, string>>;
}

export interface Runbook {
  readonly file: string;
  /** SHA-256 (hex) of the raw bytes. */
  readonly sha256: string;
  /** Front matter `id`, else the file name without `.md`. */
  readonly id: string;
  readonly title: string;
  readonly meta: RunbookMeta;
  readonly procedures: readonly Procedure[];
  readonly prohibitions: readonly Prohibition[];
  readonly placeholders: readonly string[];
  readonly problems: readonly Problem[];
  /** The raw text, for the reading view. */
  readonly source: string;
}
