// Body schemas of the kinds that make up a run: run.*, step.* and guard.refused. A run's state is a fold over them.
import {z} from 'zod';
import {lateFields, leaseSchema} from './entry-schema.ts';
import {effects} from './runbook.ts';
import {environments} from './site.ts';
import {verdictSchema} from './verdict-schema.ts';

const lease = leaseSchema.optional();

/** A commitment to a value that lies beside the entry; the store fills it in. */
export const commitment = z.strictObject({
  sd: z.string().regex(/^[0-9a-f]{64}$/),
  /** For cut values: the same commitment over everything, its size, and how many bytes were kept. */
  full: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  size: z.int().min(0).optional(),
  kept: z.int().min(0).optional(),
});

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const attempt = z.int().min(1);
const reason = commitment.optional();

/** A process named so that a reused pid is never mistaken for it. */
export const processName = z.strictObject({pid: z.int().min(2), start: z.string(), boot: z.string()});

const levels = ['enter', 'yes', 'typed'] as const;
const results = ['passed', 'failed', 'aborted', 'escalated', 'unverified'] as const;
export type Result = (typeof results)[number];

/** How an answer reached the console: keys on a dialog, a line typed, a file of answers, piped input; or nobody gives any. */
const sources = ['keys', 'line', 'answers', 'pipe', 'unattended'] as const;
export type Source = (typeof sources)[number];

export const runStart = z.strictObject({
  runbook: z.string(),
  title: z.string(),
  file: z.string(),
  sha256: hex64,
  procedure: z.string(),
  procedureTitle: z.string(),
  service: z.string(),
  environment: z.enum(environments),
  site: z.string(),
  siteSha256: hex64,
  /** Whether the procedure holds the lease of its service. */
  writes: z.boolean(),
  /** The texts as they were: the runbook's and the site file's. */
  source: commitment.optional(),
  siteSource: commitment.optional(),
  /** `rehearsal`: what would write is shown and confirmed, and not run. */
  mode: z.enum(['live', 'rehearsal']).optional(),
  /** Files that the runbook links to, as they were. */
  linked: z
    .array(z.strictObject({file: z.string(), sha256: hex64, source: commitment.optional()}))
    .optional(),
  /** Names that the environment had set, so that they were not asked for. */
  ambient: z.array(z.string()).optional(),
  lease,
});

export const runResume = z.strictObject({
  from: z.string(),
  why: z.string(),
  /** Nobody sits there: it goes on to what needs a person, and no further. */
  unattended: z.literal(true).optional(),
  lease,
});
export const runPause = z.strictObject({
  why: z.string(),
  /** It is left for somebody else: for this one, or for anybody. */
  handover: z.boolean().optional(),
  to: z.string().optional(),
  reason,
  lease,
});
const runHandover = z.strictObject({
  from: z.strictObject({session: z.string(), operator: z.string()}),
  reason,
  lease,
});
export const runFinish = z.strictObject({
  result: z.enum(results),
  durationMs: z.int().min(0),
  /** How many steps ended in which way. */
  done: z.int().min(0),
  skipped: z.int().min(0),
  notReached: z.int().min(0),
  /** Steps whose outcome is unknown at the end. */
  unknown: z.array(z.string()).optional(),
  rolledBack: z.boolean().optional(),
  reason,
  lease,
  ...lateFields,
});

export const stepConfirm = z.strictObject({
  attempt,
  /** `yes`: may run. `done` and `fails`: a person says how it went. `read`: seen. */
  say: z.enum(['yes', 'done', 'fails', 'read']),
  /** What the dialog showed, line by line. */
  shown: z.array(z.string()),
  target: z.string().optional(),
  environment: z.enum(environments),
  effect: z.enum(effects),
  level: z.enum(levels),
  source: z.enum(sources),
  /** From the painting of the dialog to the answer. */
  delayMs: z.int().min(0),
  typed: z.boolean().optional(),
  reason,
  note: reason,
});

export const stepIntent = z.strictObject({
  attempt,
  /** The `seq` of the confirm that it rests on. */
  confirm: z.int().min(0),
  argv: z.array(z.string()).optional(),
  request: z
    .strictObject({
      method: z.string(),
      url: z.string(),
      headers: z.array(z.string()),
      bodySize: z.int().min(0).optional(),
    })
    .optional(),
  /** A statement or query, with the data source of the site that it goes to. */
  query: z.strictObject({source: z.string(), type: z.string(), text: z.string()}).optional(),
  /** What is collected, in this order: a path, a command or a URL each. */
  collect: z.array(z.string()).optional(),
  /** It gets the real terminal; its output is not captured. */
  terminal: z.literal(true).optional(),
  /** The alias of the host it runs on, and the account, where they are not this one's. */
  on: z.string().optional(),
  runAs: z.string().optional(),
  target: z.string(),
  effect: z.enum(effects),
  /** Names of the variables that the command gets besides its inherited environment. */
  vars: z.array(z.string()),
  runbook: hex64,
  runner: processName,
  timeoutMs: z.int().min(1),
  graceMs: z.int().min(0),
  atLimit: z.enum(['ask', 'kill']),
});

export const stepOutcome = z.strictObject({
  attempt,
  verdict: verdictSchema,
  message: z.string(),
  /** Who says so: a process's end or a check (`machine`), or a person (`attested`). */
  by: z.enum(['machine', 'attested']),
  status: z.int().optional(),
  signal: z.string().optional(),
  /** Why it was ended from outside, when it was. */
  ended: z.enum(['limit', 'operator', 'disconnect']).optional(),
  /** Of a request: the id under which the other side knows it. */
  requestId: z.string().optional(),
  durationMs: z.int().min(0),
  /** What should have come of it, in the runbook's words: the next outcome of the step, by a person, says whether it did. */
  expected: z.string().optional(),
  output: commitment.optional(),
  results: z
    .array(
      z.strictObject({service: z.string(), check: z.string(), verdict: verdictSchema, message: z.string()}),
    )
    .optional(),
  survivors: z.array(z.strictObject({pid: z.int(), command: z.string()})).optional(),
  /** How often it was tried, when more than once. */
  tries: z.int().min(2).optional(),
  /** What was collected: `/body/items/N/content` discloses it. An item without it could not be had. */
  items: z
    .array(z.strictObject({what: z.string(), message: z.string(), content: commitment.optional()}))
    .optional(),
  ...lateFields,
});

/** Over its limit of time, or (with `limitBytes`) of output. */
export const stepLimit = z.strictObject({
  attempt,
  limitMs: z.int().min(1),
  limitBytes: z.int().min(1).optional(),
  note: z.string(),
});

/** A choice that moves the run: an option of a question, or what to do about a failed, unknown or running step. */
export const stepDecide = z.strictObject({
  attempt,
  about: z.enum(['question', 'failed', 'unknown', 'running', 'confirmed', 'expected']),
  answer: z.enum(['option', 'retry', 'undo', 'safe', 'happened', 'did-not-happen', 'stop']),
  /** For `option`: the key and text chosen; for `safe`: the id of the safe action. */
  option: z.string().optional(),
  text: z.string().optional(),
  /** Where an option leads: the slug of a procedure of the same file, or `file.md#slug` of a linked one. */
  goto: z.string().optional(),
  source: z.enum(sources),
  reason,
});

export const stepSkip = z.strictObject({
  attempt,
  source: z.enum(sources),
  reason,
  /** Passed over by the runbook's own `when`, not by the operator. */
  when: z.string().optional(),
});

/** A variable of the run got its value: typed, taken from output, or from the runbook. */
export const stepValue = z.strictObject({
  attempt,
  name: z.string(),
  from: z.enum(['typed', 'output', 'default']),
  value: commitment.optional(),
});

export const stepUnknown = z.strictObject({
  attempt,
  why: z.string(),
  survivors: z.array(z.strictObject({pid: z.int(), command: z.string()})),
});

const guardRefused = z.strictObject({
  prohibition: z.string(),
  /** Of the prohibition in the runbook or of the guard in the site file; 0 for a shipped one. */
  line: z.int(),
  pattern: z.string(),
  guard: z.string().optional(),
  /** The simple command, statement, path or assignment that matched. */
  matched: commitment.optional(),
  absolute: z.boolean().optional(),
});

/** Guards that are opened for a while, by somebody, for a reason. */
export const breakglassOpen = z.strictObject({
  glass: z.string(),
  guards: z.array(z.string()).min(1),
  untilMs: z.int().min(0),
  until: z.string(),
  reason,
});
export const breakglassClose = z.strictObject({
  glass: z.string(),
  why: z.enum(['closed', 'expired']),
  /** How many refusals it let pass. */
  used: z.int().min(0),
  reason,
});
/** A refusal that an open break-glass let pass. */
export const breakglassUse = z.strictObject({
  glass: z.string(),
  guard: z.string(),
  pattern: z.string(),
  matched: commitment.optional(),
});

/** Kind → body schema, for the list of kinds. */
export const runKinds = {
  'run.start': runStart,
  'run.pause': runPause,
  'run.resume': runResume,
  'run.handover': runHandover,
  'run.finish': runFinish,
  'step.confirm': stepConfirm,
  'step.intent': stepIntent,
  'step.outcome': stepOutcome,
  'step.limit': stepLimit,
  'step.decide': stepDecide,
  'step.skip': stepSkip,
  'step.unknown': stepUnknown,
  'step.value': stepValue,
  'guard.refused': guardRefused,
  'breakglass.open': breakglassOpen,
  'breakglass.use': breakglassUse,
  'breakglass.close': breakglassClose,
} as const;
