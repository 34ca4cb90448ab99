// Outcomes that could not be appended when they happened: one synced file each, appended as `late` later.
import path from 'node:path';
import type {Actor, NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {timestamp} from '../domain/time.ts';
import {commit} from '../ledger/commitment.ts';
import type {Clock, Random} from '../ports.ts';
import {realDisk} from './disk.ts';
import {pathsOf} from './paths.ts';

export interface SpoolOptions {
  readonly dir: string;
  readonly actor: Actor;
  readonly session: string;
  readonly clock: Clock;
  readonly random: Random;
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

/** The files of the outcomes that wait in the data directory. */
export function spooledIn(dir: string): string[] {
  const {spool} = pathsOf(dir);
  return realDisk
    .list(spool)
    .filter(name => name.endsWith('.json'))
    .map(name => path.join(spool, name));
}

/** Forgets a kept outcome once it stands in the ledger. */
export function unspool(dir: string, file: string): void {
  realDisk.remove(file);
  realDisk.removeDir(pathsOf(dir).spool);
}
