// Body schemas of what the monitor saw: hard states, and when nobody was looking.
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

export const lookingKinds = {
  'check.change': checkChange,
  'slo.window': sloWindow,
  'monitor.start': monitorStart,
  'monitor.stop': monitorStop,
  'monitor.gap': monitorGap,
} as const;
