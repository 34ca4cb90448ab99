// What a step runner is told to do: one JSON document on its standard input.
import {z} from 'zod';
import {actorSchema} from '../../domain/entry.ts';
import {effects} from '../../domain/runbook.ts';

const words = z.tuple([z.string()], z.string());

export const jobSchema = z.strictObject({
  v: z.literal(1),
  /** Where and as whom the ledger is opened. */
  ledger: z.strictObject({dir: z.string(), site: z.string(), host: z.string(), version: z.string()}),
  actor: actorSchema,
  run: z.string(),
  step: z.string(),
  attempt: z.int().min(1),
  /** The confirm that this rests on; it must still be the newest entry of the run. */
  confirm: z.int().min(0),
  fence: z.int().min(0),
  /** SHA-256 of the pinned runbook. */
  runbook: z.string(),
  effect: z.enum(effects),
  target: z.string(),
  act: z.discriminatedUnion('at', [
    z.strictObject({at: z.literal('command'), argv: words}),
    z.strictObject({
      at: z.literal('http'),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string().optional(),
    }),
  ]),
  timeoutMs: z.int().min(1),
  graceMs: z.int().min(0),
  atLimit: z.enum(['ask', 'kill']),
  expect: z.union([z.int(), z.string()]).optional(),
  cwd: z.string(),
  /** Variables that the command gets besides the inherited environment. */
  vars: z.record(z.string(), z.string()),
  /** Declared secrets of the runbook: variables of the command, and `env:NAME` in headers. Never on disk or in arguments. */
  secrets: z.record(z.string(), z.string()).optional(),
  /** Everything else that may not appear in what is recorded. */
  mask: z.array(z.strictObject({name: z.string(), value: z.string()})).optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** How what a step started is recognised: the value of `QD_STEP` in its environment. */
export const markOf = (run: string, step: string, attempt: number): string => `${run}/${step}#${attempt}`;
