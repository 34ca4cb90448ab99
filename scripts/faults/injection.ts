// SIGKILL, EIO and ENOSPC at every file system call that an append, its commit and its checkpoint make, with strace.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {acknowledged, complained, holdSet, message, placeIn, run, type Place, type Said} from './program.ts';
import {byFrequency, type Row} from './row.ts';
import {after} from './state.ts';

/** What touches a file on the way of an entry to the disk; what is never called simply has no row. */
const calls = [
  'openat',
  'pread64',
  'pwrite64',
  'write',
  'fsync',
  'fdatasync',
  'ftruncate',
  'rename',
  'unlink',
  'close',
  'fcntl',
  'mkdir',
] as const;
type Call = (typeof calls)[number];

const faults = {SIGKILL: 'signal=KILL', EIO: 'error=EIO', ENOSPC: 'error=ENOSPC'} as const;
type Fault = keyof typeof faults;

const names = [
  'ledger.db',
  'ledger.db-wal',
  'ledger.db-shm',
  'ledger.db-journal',
  'checkpoint',
  'checkpoint.new',
  'ledger.vkey',
  'ledger.reserve',
  'keys/ledger.key',
  '',
];
const watched = ({home}: Place): string[] => names.flatMap(name => ['-P', path.join(home, name)]);

/** With modes: a data directory that others may enter is refused. */
export const copyTree = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to]);

/** A data directory with a few entries, kept aside so that each run begins from the same bytes in the same place. */
export async function prepared(dir: string): Promise<Place> {
  mkdirSync(dir, {recursive: true, mode: 0o700});
  const place = placeIn(dir);
  const said = await run(holdSet(place, 'first'), place);
  if (said.status !== 0) throw new Error(`the ledger could not be made: ${said.err}`);
  copyTree(place.home, `${place.home}.kept`);
  return place;
}

function restore({home}: Place): void {
  rmSync(home, {recursive: true, force: true});
  copyTree(`${home}.kept`, home);
}

/** How often each call is made by the thread that makes it most often: so far `when` can count. */
export async function counts(place: Place): Promise<ReadonlyMap<Call, number>> {
  restore(place);
  const log = path.join(place.dir, 'trace');
  const traced = [
    'strace',
    '-f',
    '-qq',
    '-o',
    log,
    ...watched(place),
    '-e',
    `trace=${calls.join(',')}`,
  ] as const;
  await run([...traced, ...holdSet(place, 'counted')], place);
  const byThread = new Map<string, number>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const match = /^(\d+) +(\w+)\(/.exec(line);
    if (match !== null)
      byThread.set(`${match[1]} ${match[2]}`, (byThread.get(`${match[1]} ${match[2]}`) ?? 0) + 1);
  }
  const found = new Map<Call, number>();
  for (const call of calls) {
    const most = Math.max(0, ...[...byThread].filter(([key]) => key.endsWith(` ${call}`)).map(([, n]) => n));
    if (most > 0) found.set(call, most);
  }
  return found;
}

interface Injected {
  readonly said: Said;
  readonly acked: number | undefined;
  readonly lost: number;
  readonly verdict: string;
  readonly next: Said;
}

async function inject(
  place: Place,
  {call, fault, when}: {call: Call; fault: Fault; when: number},
): Promise<Injected> {
  restore(place);
  const how = `inject=${call}:${faults[fault]}:when=${when}`;
  const said = await run(
    [
      'strace',
      '-f',
      '--seccomp-bpf',
      '-qq',
      '-o',
      '/dev/null',
      ...watched(place),
      '-e',
      `trace=${call}`,
      '-e',
      how,
      ...holdSet(place, 'faulty'),
    ],
    place,
  );
  const acked = acknowledged(said);
  // First as it was left, then after the next start, which must put everything right by itself.
  const left = await after(place, acked === undefined ? [] : [acked]);
  const next = await run(holdSet(place, 'next'), place);
  const again = acknowledged(next);
  const now = await after(
    place,
    [acked, again].filter(seq => seq !== undefined),
  );
  return {
    said,
    acked,
    next,
    lost: left.lost.length + now.lost.length,
    verdict: left.verdict === 'intact' ? now.verdict : left.verdict,
  };
}

const died = ({signal, status}: Said): boolean => signal !== null || (status ?? 0) > 128;

/** One row for a call and a fault; `stride` leaves out all but every n-th place. */
export async function injections(
  place: Place,
  {
    call,
    fault,
    count,
    stride,
    first = 1,
  }: {
    readonly call: Call;
    readonly fault: Fault;
    readonly count: number;
    readonly stride: number;
    readonly first?: number;
  },
): Promise<Row> {
  const all: Injected[] = [];
  for (let when = first; when <= count; when += stride) all.push(await inject(place, {call, fault, when}));
  const tally = (test: (one: Injected) => boolean): number => all.filter(test).length;
  return {
    fault,
    where: call,
    runs: all.length,
    acknowledged: tally(one => one.acked !== undefined),
    refused: tally(({acked, said}) => acked === undefined && !died(said) && complained(said)),
    died: tally(({acked, said}) => acked === undefined && died(said)),
    lost: all.reduce((sum, {lost}) => sum + lost, 0),
    notVerified: tally(({verdict}) => verdict !== 'intact'),
    silent: tally(({acked, said}) => acked === undefined && !died(said) && !complained(said)),
    stuck: tally(({next}) => next.status !== 0),
    said: byFrequency(
      all.flatMap(({said, acked, next}) => [
        ...(acked === undefined && !died(said) ? [message(said, place)] : []),
        ...(next.status === 0 ? [] : [`next start: ${message(next, place)}`]),
      ]),
    ),
  };
}

export const faultNames: readonly Fault[] = ['SIGKILL', 'EIO', 'ENOSPC'];
export type {Call};
