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

export const lookingKinds = {
  'check.change': checkChange,
  'monitor.start': monitorStart,
  'monitor.stop': monitorStop,
  'monitor.gap': monitorGap,
} as const;
