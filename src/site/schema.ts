// The shape of quarterdeck.yaml, apart from the fields that belong to each check type.
import {z} from 'zod';
import {environments} from '../domain/site.ts';
import {panels, severities} from '../domain/verdict.ts';
import {alertsShape} from './alerts.ts';
import {dependsField} from './depends.ts';
import {durationMs} from './duration.ts';
import {between, id, sshHost, text} from './fields.ts';
import {guardsShape} from './guards.ts';
import {runningShape} from './running.ts';
import {scheduleShape} from './schedule.ts';
import {sloField} from './slo.ts';

const count = z.int().min(1, 'expected at least 1').max(100, 'expected at most 100');

/** So many of so many looks; Monit counts within 64 at most, and so do we. */
const within = z
  .strictObject({
    bad: z.int().min(1, 'expected at least 1'),
    of: z.int().min(2, 'expected at least 2').max(64, 'expected at most 64'),
  })
  .refine(({bad, of}) => bad <= of, {path: ['bad'], error: 'expected no more than `of`'});

const strikes = z.strictObject({
  fail: count.optional(),
  recover: count.optional(),
  within: within.optional(),
  flapping: z.boolean().optional(),
});

/** Fields of every check; the rest are the parameters of its type. */
export const checkShape = {
  type: text,
  panel: z.enum(panels).optional(),
  every: between(1000, 7 * 86_400_000, 'between 1s and 7d').optional(),
  timeout: between(50, 3_600_000, 'between 50ms and 1h').optional(),
  rollup: z.boolean().optional(),
  severity: z.enum(severities).optional(),
  /** For types that change something of their own where they look. */
  allowMutating: z.boolean().optional(),
  strikes: z.union([count, strikes]).optional(),
  dependsOn: dependsField,
};

export const checkField = z.looseObject(checkShape);

const service = z.strictObject({
  title: text.optional(),
  owner: text.optional(),
  labels: z.array(text).optional(),
  runbooks: z.array(text).optional(),
  slo: sloField.optional(),
  checks: z.record(id, checkField).optional(),
});

const dayMs = 86_400_000;
const age = between(dayMs, 36_500 * dayMs, 'between 1d and 36500d');

const keep = z.string().superRefine((value, context) => {
  const ms = value === 'never' ? dayMs : durationMs(value);
  if (ms === undefined)
    context.addIssue({code: 'custom', message: 'expected a duration such as 90d, or `never`'});
  else if (ms < dayMs || ms > 36_500 * dayMs)
    context.addIssue({code: 'custom', message: 'expected between 1d and 36500d, or `never`'});
});

/** When values are erased and entries archived by themselves. */
const retention = z.strictObject({
  outputs: keep.optional(),
  messages: keep.optional(),
  notes: keep.optional(),
  archive: z
    .strictObject({
      after: age,
      dir: text.regex(/^\//, {error: 'expected an absolute path such as /srv/archive'}),
    })
    .optional(),
});
export type RetentionFields = z.infer<typeof retention>;

const absolute = text.regex(/^\//, {error: 'expected an absolute path such as /srv/anchors/notes'});
/** Passed to the remote shell: of characters that no shell reads as anything else, and never an option. */
const remotePath = z.string().regex(/^[A-Za-z0-9_./][A-Za-z0-9_./@+=:-]{0,399}$/, {
  error: 'expected a path of letters, digits and `_`, `.`, `/`, `@`, `+`, `=`, `:`, `-`',
});
/** Where checkpoints are carried to. */
const anchor = z.discriminatedUnion('type', [
  z.strictObject({type: z.literal('file'), path: absolute, offHost: z.boolean().optional()}),
  z.strictObject({type: z.literal('syslog'), socket: absolute.optional(), offHost: z.boolean().optional()}),
  z.strictObject({type: z.literal('ssh'), host: sshHost, path: remotePath}),
]);
export type AnchorFields = z.infer<typeof anchor>;

export const siteSchema = z.strictObject({
  site: id,
  environment: z.enum(environments),
  escalation: z.array(z.strictObject({who: text, phone: text.optional(), when: text.optional()})).optional(),
  services: z.record(id, service).optional(),
  /** Looked at in `resolveSite`: what stands there by mistake may be a secret, and must not be quoted. */
  secrets: z.record(z.string(), z.unknown()).optional(),
  retention: retention.optional(),
  anchors: z.record(id, anchor).optional(),
  ...runningShape,
  ...guardsShape,
  ...scheduleShape,
  ...alertsShape,
});

export type SiteFile = z.infer<typeof siteSchema>;
export type CheckFields = z.infer<typeof checkField>;

/** Names at the top of the file that are spoken for by what is still to come. */
export const reserved = ['access', 'controls'] as const;
