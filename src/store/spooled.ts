// Kept outcomes, read back. Apart from their writing: they are rare, and nobody who has none waits for zod.
import {z} from 'zod';
import {actorSchema} from '../domain/entry-schema.ts';
import type {Actor, Json} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import type {Disclosure} from '../ledger/commitment.ts';
import {parseJson} from '../ledger/json.ts';
import type {Said} from '../ledger/line.ts';
import {realDisk} from './disk.ts';

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
const base64 = z.base64().transform(text => new Uint8Array(Buffer.from(text, 'base64')));

const saidFields = {
  step: z.string().optional(),
  body: z.record(z.string(), json),
  disclosures: z.array(z.strictObject({ptr: z.string(), sd: z.string(), salt: base64, value: base64})),
};

const fileSchema = z.strictObject({
  v: z.literal(1),
  occurredAt: z.string(),
  actor: actorSchema,
  session: z.string(),
  kind: z.enum(['step.outcome', 'run.finish']),
  run: z.string(),
  of: z.int().optional(),
  fence: z.int().optional(),
  ...saidFields,
  /** The variable that takes its output. */
  value: z.strictObject({kind: z.literal('step.value'), ...saidFields}).optional(),
});

/** An entry as it was kept. */
export interface SpooledEntry {
  readonly said: Said & {readonly run: string};
  readonly disclosures: readonly Disclosure[];
}

/** An outcome as it was kept, ready to be appended late, with the value that it gives. */
export interface Spooled {
  readonly file: string;
  readonly actor: Actor;
  readonly session: string;
  readonly entries: readonly [SpooledEntry, ...SpooledEntry[]];
}

/** An outcome that was kept; undefined when another process has appended it meanwhile. Throws LEDGER_UNREADABLE. */
export function readSpooled(file: string): Spooled | undefined {
  const raw = realDisk.read(file);
  if (raw === undefined) return undefined;
  let content: unknown;
  try {
    content = parseJson(raw.toString());
  } catch {
    content = undefined;
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    throw new QdError('LEDGER_UNREADABLE', `The kept outcome ${file} cannot be read.`, {
      hint: 'It says how a step ended. Look at it, then move it out of the spool directory.',
      file,
    });
  }
  const {actor, session, occurredAt, kind, run, step, of, fence, disclosures, value} = parsed.data;
  const said = {
    kind,
    run,
    body: {...parsed.data.body, late: true, occurredAt},
    ...(step === undefined ? {} : {step}),
    ...(of === undefined ? {} : {of}),
    ...(fence === undefined ? {} : {fence}),
  };
  return {
    file,
    actor,
    session,
    entries: [{said, disclosures}, ...(value === undefined ? [] : [valueOf(value, run)])],
  };
}

const valueOf = (
  {kind, step, body, disclosures}: NonNullable<z.infer<typeof fileSchema>['value']>,
  run: string,
): SpooledEntry => ({said: {kind, run, body, ...(step === undefined ? {} : {step})}, disclosures});
