// A runbook as the parser gives it: file > procedure > phase > step. Text inside is raw: show it through `show()`.

import {z} from 'zod';

export type Phase =
  | 'trigger'
  | 'impact'
  | 'preconditions'
  | 'safety'
  | 'diagnose'
  | 'procedure'
  | 'verify'
  | 'dont'
  | 'safe-actions'
  | 'rollback'
  | 'exit-criteria'
  | 'escalate'
  | 'reference';

export const effects = ['read', 'write', 'irreversible'] as const;
export type Effect = (typeof effects)[number];

export type Certainty = 'annotated' | 'guessed';

const text = z.string().min(1, 'must not be empty');
const count = z.int().min(0);
const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, 'must be a duration such as "500ms", "30s", "5m", "2h"');

/** The flat JSON after a fence's language or in a `qd:` comment; keys as written in the file. */
export const stepAttributes = z.strictObject({
  name: text.exactOptional(),
  title: text.exactOptional(),
  type: text.exactOptional(),
  effect: z.enum(effects).exactOptional(),
  on: text.exactOptional(),
  'run-as': text.exactOptional(),
  timeout: duration.exactOptional(),
  retries: count.exactOptional(),
  grace: duration.exactOptional(),
  expect: z.union([z.int(), text]).exactOptional(),
  check: text.exactOptional(),
  panel: text.exactOptional(),
  pre: text.exactOptional(),
  verify: text.exactOptional(),
  until: text.exactOptional(),
  within: duration.exactOptional(),
  for: duration.exactOptional(),
  rollback: text.exactOptional(),
  capture: text.exactOptional(),
  re: text.exactOptional(),
  'on-disconnect': z.enum(['finish', 'abort', 'detach']).exactOptional(),
  'at-limit': z.enum(['ask', 'kill']).exactOptional(),
  when: text.exactOptional(),
  role: text.exactOptional(),
  min: count.exactOptional(),
  reason: z.boolean().exactOptional(),
  target: text.exactOptional(),
  /** `input`: the variable that is asked for, what it must match, and what it is when nothing is typed. */
  var: text.exactOptional(),
  pattern: text.exactOptional(),
  default: text.exactOptional(),
  /** `sql`, `promql`: a data source of the site; `gate`: a gate of the site. */
  source: text.exactOptional(),
  gate: text.exactOptional(),
  /** Run in the environment of a login shell. */
  login: z.boolean().exactOptional(),
  /** More output than this ends a read, and asks at a write: `10MB`. */
  'max-output': text.exactOptional(),
});
export type StepAttributes = Readonly<z.infer<typeof stepAttributes>>;

export interface DecideOption {
  readonly answer: string;
  /** `#slug` of a procedure in this file, or `file.md#slug`, relative to this file, when the answer leads somewhere. */
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
  /** What should come of it, in the author's words (`… -> denied`): a person says whether it did. */
  readonly expected?: string;
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
  /** Set when the block stands outside any procedure and is repeated on each one. */
  readonly from?: 'file';
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
  /** Title of the heading above it that is neither the file's title nor a procedure. */
  readonly chapter?: string;
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
  /** Relative paths of the files that it links to, in order of first use; they are pinned with it. */
  readonly links?: readonly string[];
  readonly problems: readonly Problem[];
  /** The raw text, for the reading view. */
  readonly source: string;
}
