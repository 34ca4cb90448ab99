// Carries the newest signed checkpoint to the anchors of a site, and records each sending.
import path from 'node:path';
import {placeOf, type Anchor} from '../domain/anchor.ts';
import type {NewEntry} from '../domain/entry.ts';
import {hexOf} from '../ledger/bytes.ts';
import {parseCheckpoint} from '../ledger/checkpoint.ts';
import type {Clock, Env, Exec, Files, Ledger} from '../ports.ts';
import {carryToFile} from './anchors/file.ts';
import {failed, type Cargo, type Carried} from './anchors/note.ts';
import {isSomethingNew, receiptsOf, standingOf, type Standing} from './anchors/receipts.ts';
import {carryOverSsh} from './anchors/ssh.ts';
import {carryToSyslog} from './anchors/syslog.ts';

export interface AnchorPorts {
  readonly files: Files;
  readonly exec: Exec;
  readonly env: Env;
  readonly clock: Clock;
}

/** What became of one anchor. */
export interface Anchored {
  readonly anchor: Anchor;
  /** `current`: nothing is new since what it has. `pending`: not waited for. */
  readonly at: 'sent' | 'current' | 'failed' | 'pending';
  /** Of the checkpoint; for `current` of the one that it has. */
  readonly size: number;
  readonly message: string;
  readonly readBack: boolean;
  /** The size of an earlier checkpoint that is no longer there. */
  readonly lost: number | undefined;
  /** Whether a receipt was written: not for the second failure of one outage. */
  readonly isRecorded: boolean;
}

export interface SendRequest {
  readonly signal: AbortSignal;
  /** Sends although nothing is new. */
  readonly always?: boolean;
}

const maxNoteBytes = 65_536;
const fileLimitMs = 10_000;

interface Newest {
  readonly size: number;
  readonly root: string;
  readonly raw: Uint8Array;
}

/** Signs what is new; a sentence when there is nothing that could be carried. */
async function newestOf(ledger: Ledger, files: Files): Promise<Newest | {readonly problem: string}> {
  if (ledger.readOnly !== undefined) return {problem: `nothing can be recorded: ${ledger.readOnly}`};
  try {
    await ledger.checkpoint();
  } catch (error) {
    return {problem: `no checkpoint: ${error instanceof Error ? error.message : String(error)}`};
  }
  const answer = await files.read(path.join(ledger.dir, 'checkpoint'), maxNoteBytes);
  if (answer.at === 'failed') return {problem: `the checkpoint cannot be read: ${answer.message}`};
  const parsed = parseCheckpoint(answer.bytes);
  if ('problem' in parsed) return {problem: `the checkpoint cannot be read: ${parsed.problem}`};
  if (parsed.origin !== ledger.origin) return {problem: 'the checkpoint is of another log'};
  return {size: parsed.size, root: hexOf(parsed.root), raw: answer.bytes};
}

/** The answer, or a failure when it takes too long: a file on a dead mount answers nobody. */
async function limited(clock: Clock, work: Promise<Carried>): Promise<Carried> {
  const limit = Promise.withResolvers<Carried>();
  const cancel = clock.after(fileLimitMs, () => {
    limit.resolve(failed(`no answer within ${fileLimitMs / 1000} s`));
  });
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    cancel();
  }
}

async function carry(
  anchor: Anchor,
  cargo: Cargo,
  ports: AnchorPorts,
  signal: AbortSignal,
): Promise<Carried> {
  switch (anchor.type) {
    case 'file':
      return limited(ports.clock, carryToFile(anchor, cargo, ports, signal));
    case 'syslog':
      return carryToSyslog(anchor, cargo, ports, signal);
    case 'ssh':
      return carryOverSsh(anchor, cargo, ports, signal);
  }
}

function receipt(anchor: Anchor, {size, root}: Newest, carried: Carried): NewEntry {
  const {name, type, offHost} = anchor;
  const {ok, message} = carried;
  return {
    kind: 'anchor.receipt',
    body: {
      ...{anchor: name, type, to: placeOf(anchor), offHost, size, root, ok, message},
      ...(carried.ok && carried.readBack === true ? {readBack: true} : {}),
      ...(carried.ok && carried.lost !== undefined ? {lost: carried.lost} : {}),
    },
  };
}

export interface SendTools extends AnchorPorts {
  readonly ledger: Ledger;
}

async function sendOne(
  anchor: Anchor,
  newest: Newest,
  {last, good}: Standing,
  {ledger, ...ports}: SendTools,
  {signal, always = false}: SendRequest,
): Promise<Anchored> {
  const {size, raw} = newest;
  const from = good?.size ?? 0;
  const plain = {anchor, size, readBack: false, lost: undefined, isRecorded: false};
  if (good !== undefined && !always && !(await isSomethingNew(ledger, from, size)))
    return {...plain, at: 'current', size: from, message: 'nothing new since'};
  const carried = await carry(anchor, {origin: ledger.origin, raw, before: good}, ports, signal);
  const {ok, message} = carried;
  // Whoever did not wait for it knows nothing of how it would have ended.
  if (!ok && signal.aborted) return {...plain, at: 'pending', message: 'not waited for'};
  const answer = {
    ...plain,
    at: ok ? 'sent' : 'failed',
    message,
    readBack: carried.ok && carried.readBack === true,
    lost: carried.ok ? carried.lost : undefined,
  } as const;
  if (!ok && last?.ok === false) return answer;
  const recorded = await ledger.append({entries: [receipt(anchor, newest, carried)]});
  if (recorded.ok) return {...answer, isRecorded: true};
  return {...answer, message: `${message}; the receipt could not be recorded: ${recorded.message}`};
}

/**
 * Carries the newest checkpoint to each anchor, all at once, and appends the receipts. Never throws: what goes wrong is
 * an answer. When the signal comes, what has not ended by then is `pending`.
 */
export async function sendCheckpoint(
  anchors: readonly Anchor[],
  tools: SendTools,
  request: SendRequest,
): Promise<readonly Anchored[]> {
  const {ledger, files} = tools;
  const without = (anchor: Anchor, at: 'failed' | 'pending', message: string): Anchored => ({
    ...{anchor, at, message, size: 0, readBack: false, lost: undefined, isRecorded: false},
  });
  const stopped = new Promise<'stopped'>(resolve => {
    if (request.signal.aborted) resolve('stopped');
    request.signal.addEventListener('abort', () => resolve('stopped'), {once: true});
  });
  const prepared = (async () => {
    const newest = await newestOf(ledger, files);
    return 'problem' in newest ? newest : {newest, receipts: await receiptsOf(ledger)};
  })();
  return Promise.all(
    anchors.map(async anchor => {
      const work = (async (): Promise<Anchored> => {
        try {
          const ready = await prepared;
          if ('problem' in ready) return without(anchor, 'failed', ready.problem);
          const standing = standingOf(anchor, ready.receipts);
          return await sendOne(anchor, ready.newest, standing, tools, request);
        } catch (error) {
          return without(anchor, 'failed', error instanceof Error ? error.message : String(error));
        }
      })();
      const first = await Promise.race([work, stopped]);
      return first === 'stopped' ? without(anchor, 'pending', 'not waited for') : first;
    }),
  );
}
