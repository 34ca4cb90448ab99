// From what a caller says to what the worker takes: opening, entries with their commitments, the stamp of who and when.
import type {AppendResult, NewEntry} from '../domain/entry.ts';
import {bodyProblem} from '../domain/body.ts';
import {reserveBytes} from '../domain/limits.ts';
import {timestamp} from '../domain/time.ts';
import {commit, saltBytes} from '../ledger/commitment.ts';
import {draftOf, type Stamp} from '../ledger/line.ts';
import type {OpenHere} from './ledger.ts';
import type {OpenSpec, WireEntry} from './protocol.ts';

export type Invalid = AppendResult & {ok: false};

const invalid = (message: string): Invalid => ({
  ok: false,
  why: 'invalid',
  message: `The entry is not written: ${message}.`,
  hint: 'Nothing was recorded and nothing may be started because of it. This is a bug: report it.',
});

export const stampOf = ({clock, session, actor}: Pick<OpenHere, 'clock' | 'session' | 'actor'>): Stamp => ({
  ts: timestamp(clock.nowMs()),
  mono: Math.floor(clock.monoMs()),
  boot: clock.bootId,
  session,
  actor,
});

/** The entry as it will be written, apart from its place; or why it may not be. */
export function wireEntry(
  entry: NewEntry,
  stamp: Stamp,
  {origin, random}: {readonly origin: string} & Pick<OpenHere, 'random'>,
): WireEntry | Invalid {
  const committed = commit(entry.body, entry.disclosed ?? [], () => random.bytes(saltBytes));
  if ('problem' in committed) return invalid(committed.problem);
  const problem = bodyProblem(entry.kind, committed.body);
  if (problem !== undefined) return invalid(problem);
  const said = committed.body === entry.body ? entry : {...entry, body: committed.body};
  const draft = draftOf(origin, stamp, said);
  return 'problem' in draft ? invalid(draft.problem) : {...draft, disclosures: committed.disclosures};
}

/** How the worker opens it. */
export function specOf(options: OpenHere): OpenSpec {
  const {dir, site, host, version, mode, random, follows} = options;
  return {
    dir,
    site,
    host,
    version,
    uid: -1,
    stamp: stampOf(options),
    mode,
    adopt: options.adopt ?? false,
    entropy: random.bytes(40),
    reserveBytes: options.reserveBytes ?? reserveBytes,
    pragmas: options.pragmas ?? [],
    ...(follows === undefined ? {} : {follows}),
  };
}
