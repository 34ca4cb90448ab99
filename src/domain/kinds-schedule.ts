// Body schemas of the schedule: jobs that act, slots that were missed, and pauses with their reasons.
import {z} from 'zod';
import {commitment} from './kinds-run.ts';

const job = z.string().min(1);
const slot = z.string();

/** On disk before the program is started. */
const jobIntent = z.strictObject({
  job,
  slot,
  argv: z.array(z.string()).min(1),
  limitMs: z.int().min(0),
  late: z.boolean().optional(),
  by: z.string().optional(),
});
const jobOutcome = z.strictObject({
  job,
  slot,
  outcome: z.enum(['passed', 'failed', 'unknown']),
  /** It may quote what the program said. */
  message: z.union([z.string(), commitment]),
  durationMs: z.int().min(0).optional(),
});
const jobMissed = z.strictObject({job, slots: z.int().min(1), until: slot, why: z.string()});
export const jobPause = z.strictObject({job, reason: z.union([z.string(), commitment])});
export const jobResume = z.strictObject({job});

export const scheduleKinds = {
  'job.intent': jobIntent,
  'job.outcome': jobOutcome,
  'job.missed': jobMissed,
  'job.pause': jobPause,
  'job.resume': jobResume,
} as const;
