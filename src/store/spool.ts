// Outcomes that could not be appended when they happened: one synced file each, appended as `late` later.
import path from 'node:path';
import {z} from 'zod';
import {actorSchema, type Actor, type Json, type NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {timestamp} from '../domain/time.ts';
import type {Disclosure} from '../ledger/commitment.ts';
import {commit} from '../ledger/commitment.ts';
import {parseJson} from '../ledger/json.ts';
import type {Said} from '../ledger/line.ts';
import type {Clock, Random} from '../ports.ts';
import {realDisk} from './disk.ts';
import {pathsOf} from './paths.ts';

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

export interface SpoolOptions {
  readonly dir: string;
  readonly actor: Actor;
  readonly session: string;
  readonly clock: Clock;
  readonly random: Random;
}

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

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What an entry says, with its commitments made. Throws ENTRY_INVALID. */
function keptOf({kind, step, body, disclosed = []}: NewEntry, random: Random) {
  const committed = commit(body, disclosed, () => random.bytes(16));
  if ('problem' in committed) throw new QdError('ENTRY_INVALID', `${committed.problem}.`);
  const disclosures = committed.disclosures.map(({ptr, sd, salt, value}) => {
    return {ptr, sd, salt: toBase64(salt), value: toBase64(value)};
  });
  return {kind, step, body: committed.body, disclosures};
}

/**
 * Keeps an outcome that the ledger did not take, and the value of the variable that takes its output; returns the file's
 * path. They are appended, the outcome marked `late`, by the next process that opens the ledger or appends after
 * trouble. Throws ENTRY_INVALID, or the file system's error.
 */
export function spoolOutcome(
  {dir, actor, session, clock, random}: SpoolOptions,
  {outcome, value}: {readonly outcome: NewEntry; readonly value?: NewEntry | undefined},
): string {
  const {kind, run, of, fence} = outcome;
  if ((kind !== 'step.outcome' && kind !== 'run.finish') || run === undefined) {
    throw new QdError(
      'ENTRY_INVALID',
      `A ${kind} entry is no outcome of a run; only outcomes may be written late.`,
    );
  }
  const content = {
    v: 1,
    occurredAt: timestamp(clock.nowMs()),
    actor,
    session,
    run,
    of,
    fence,
    ...keptOf(outcome, random),
    ...(value === undefined ? {} : {value: keptOf(value, random)}),
  };
  const {spool} = pathsOf(dir);
  realDisk.makeDir(spool);
  const file = path.join(spool, `${Buffer.from(random.bytes(8)).toString('hex')}.json`);
  realDisk.replace(file, JSON.stringify(content));
  return file;
}

function spooledFrom(file: string): Spooled | undefined {
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

/** Every outcome that waits in the data directory. Throws LEDGER_UNREADABLE for a file that is none. */
export function spooledIn(dir: string): Spooled[] {
  const {spool} = pathsOf(dir);
  const names = realDisk.list(spool).filter(name => name.endsWith('.json'));
  return names.map(name => spooledFrom(path.join(spool, name))).filter(spooled => spooled !== undefined);
}

/** Forgets a kept outcome once it stands in the ledger. */
export function unspool(dir: string, {file}: Spooled): void {
  realDisk.remove(file);
  realDisk.removeDir(pathsOf(dir).spool);
}
