// Body schemas of alerts: what was wrong, who took it, who was told, and when nobody wanted to be told.
import {z} from 'zod';
import {commitment} from './kinds-run.ts';
import {severities} from './verdict.ts';

const ms = z.int().min(0);
const reason = commitment.optional();
/** `service`, `service/check`, `label:NAME` or `*`. */
const scope = z.array(z.string().min(1)).min(1);

export const alertOpen = z.strictObject({
  /** Its name; every outage has one of its own. */
  alert: z.string().min(1),
  /** What is wrong, the same for every outage of it. */
  key: z.string().min(1),
  service: z.string().min(1),
  check: z.string().optional(),
  slo: z.string().optional(),
  labels: z.array(z.string()).optional(),
  severity: z.enum(severities),
  title: z.string(),
  sinceMs: ms,
  since: z.string(),
  /** It may quote what a service or a command said. */
  message: commitment.optional(),
});

/** Somebody takes care of it; it lapses when the alert closes. */
export const alertAck = z.strictObject({alert: z.string(), text: commitment.optional()});

export const alertSilence = z.strictObject({
  silence: z.string().min(1),
  how: z.enum(['set', 'lift']),
  on: scope.optional(),
  untilMs: ms.optional(),
  until: z.string().optional(),
  /** It also ends when nothing that it covers is open any more. */
  untilResolved: z.boolean().optional(),
  reason,
});

export const tellings = ['firing', 'reminder', 'acknowledged', 'resolved'] as const;

/** A notice was taken by a channel, failed for the first time, or was given up. */
const alertSent = z.strictObject({
  channel: z.string(),
  type: z.string(),
  alerts: z.array(z.strictObject({alert: z.string(), as: z.enum(tellings)})),
  ok: z.boolean(),
  message: z.string(),
  attempts: z.int().min(1),
  /** Why there is no more coming of one that failed. */
  givenUp: z.boolean().optional(),
  digest: z.boolean().optional(),
  /** Sent by `alerts test`. */
  test: z.boolean().optional(),
  /** An earlier process ended while sending it: it may have arrived twice. */
  repeated: z.boolean().optional(),
});

export const alertClose = z.strictObject({
  alert: z.string(),
  key: z.string(),
  /** `worse`: another alert of the same key, more severe, takes its place. */
  why: z.enum(['recovered', 'removed', 'worse']),
  atMs: ms,
  at: z.string(),
});

export const maintenanceSet = z.strictObject({
  window: z.string().min(1),
  on: scope,
  fromMs: ms,
  from: z.string(),
  untilMs: ms,
  until: z.string(),
  reason,
});

export const maintenanceEnd = z.strictObject({
  window: z.string(),
  /** Its time was over, somebody ended it, or it was taken back before it began. */
  why: z.enum(['over', 'ended', 'cancelled']),
});

export const alertKinds = {
  'alert.open': alertOpen,
  'alert.ack': alertAck,
  'alert.silence': alertSilence,
  'alert.sent': alertSent,
  'alert.close': alertClose,
  'maintenance.set': maintenanceSet,
  'maintenance.end': maintenanceEnd,
} as const;
