// Body schemas of what the monitor saw: hard states, when nobody was looking, and what a check was told to put right.
import {z} from 'zod';
import {commitment} from './kinds-run.ts';
import {kinds as verdictKinds, severities} from './verdict.ts';
import {verdictSchema} from './verdict-schema.ts';

/** A hard state of a check began, or flapping started or stopped. */
const checkChange = z.strictObject({
  service: z.string(),
  check: z.string(),
  state: z.string(),
  from: z.string().optional(),
  verdict: verdictSchema,
  kind: z.enum(verdictKinds).optional(),
  /** It may quote what a service or a command said. */
  message: z.union([z.string(), commitment]),
  severity: z.enum(severities).optional(),
  flapping: z.boolean().optional(),
  strikes: z.int().min(0).optional(),
});
const monitorStart = z.strictObject({checks: z.int().min(0), by: z.string().optional()});
const monitorStop = z.strictObject({why: z.string()});
const monitorGap = z.strictObject({from: z.string(), to: z.string(), why: z.string()});
const count = z.int().min(0);
/** An hour of every service that promises something, and the SHA-256 (hex) of the samples it comes from. */
const sloWindow = z.strictObject({
  from: z.string(),
  to: z.string(),
  services: z.array(
    z.strictObject({
      service: z.string(),
      checks: z.array(z.string()),
      slotMs: z.int().min(1),
      good: count,
      bad: count,
      excluded: count,
      unknown: count,
      retried: count,
      samples: count,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** A check that changes something of its own is about to begin. */
const checkIntent = z.strictObject({
  service: z.string(),
  check: z.string(),
  type: z.string(),
  mutates: z.enum(['canary']),
});
/** What came of it; `of` is the entry that announced it. */
const checkOutcome = z.strictObject({
  service: z.string(),
  check: z.string(),
  verdict: verdictSchema,
  kind: z.enum(verdictKinds),
  checked: z.int().min(0),
});
/** A person answers the question of an `attest` check. */
const checkAttest = z.strictObject({
  service: z.string(),
  check: z.string(),
  says: z.union([z.string(), commitment]),
  role: z.string().optional(),
  /** The file that shows it; it stays where it is. */
  evidence: z
    .strictObject({file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0)})
    .optional(),
  until: z.string(),
  untilMs: z.int().min(0),
});

const octal = z.string().regex(/^[0-7]{4}$/);
const heal = {
  service: z.string(),
  check: z.string(),
  path: z.string(),
  /** Permission bits, before and after; an act of healing only ever takes some away. */
  before: octal,
  after: octal,
};
/** The permissions of a file are about to be narrowed, because the site says so of this check. */
const healIntent = z.strictObject({...heal, inode: z.int().min(0), uid: z.int().min(0)});
/** What came of it; `of` names the intent. */
const healOutcome = z.strictObject({...heal, verdict: verdictSchema, message: z.string()});

export const lookingKinds = {
  'check.change': checkChange,
  'check.intent': checkIntent,
  'check.outcome': checkOutcome,
  'check.attest': checkAttest,
  'slo.window': sloWindow,
  'monitor.start': monitorStart,
  'monitor.stop': monitorStop,
  'monitor.gap': monitorGap,
  'heal.intent': healIntent,
  'heal.outcome': healOutcome,
} as const;
