// What the tests of the alerts share: a ledger in memory that can be read, findings that the test decides, a channel
// that remembers.
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {Outbox} from '../../../src/alert-ports.ts';
import type {Sent} from '../../../src/define-channel.ts';
import {defaultPlan, type AlertPlan} from '../../../src/domain/alert-plan.ts';
import type {Finding} from '../../../src/domain/alert.ts';
import type {Actor, AppendRequest, Json, NewEntry, StoredEntry} from '../../../src/domain/entry.ts';
import {bodyProblem} from '../../../src/domain/body.ts';
import type {RecurringWindow} from '../../../src/domain/maintenance.ts';
import type {Notice} from '../../../src/domain/notice.ts';
import {timestamp} from '../../../src/domain/time.ts';
import {
  createAlerts,
  type Alerts,
  type ChannelFacts,
  type FindingSource,
} from '../../../src/engine/alerts/index.ts';
import type {Clock, Ledger} from '../../../src/ports.ts';
import {openOutbox} from '../../../src/store/outbox.ts';
import {fakeClock, fakeRandom, type FakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';

const actorOf = (operator: string): Actor => ({operator, uid: 1, user: operator, via: 'local'});

export interface ReadableLedger extends Ledger {
  readonly stored: StoredEntry[];
  /** Writes as another process would. */
  write(operator: string, entry: NewEntry): StoredEntry;
  refuse: string | undefined;
  /** The bodies of one kind, oldest first. */
  bodies(kind: string): Readonly<Record<string, Json>>[];
}

const unexpected = (what: string) => (): never => {
  throw new Error(`the test did not expect ${what}`);
};

/** Checks every body against the schema of its kind, as the real one does. */
function readableLedger(clock: Clock): ReadableLedger {
  const stored: StoredEntry[] = [];
  const values = new Map<string, string>();
  const watchers = new Set<() => void>();
  const zeros = '0'.repeat(64);
  const write = (operator: string, {kind, body, disclosed = []}: NewEntry): StoredEntry => {
    const seq = stored.length;
    for (const {ptr, value} of disclosed) values.set(`${seq} ${ptr}`, String(value));
    const commitments = disclosed.map(({ptr}) => [ptr.replace('/body/', ''), {sd: zeros}] as const);
    const full: Record<string, Json> = {...body, ...Object.fromEntries(commitments)};
    const problem = bodyProblem(kind, full);
    if (problem !== undefined) throw new Error(problem);
    const entry: StoredEntry = {
      seq,
      line: '',
      leaf: '',
      entry: {
        v: 1,
        log: 'l',
        seq,
        prev: '',
        ts: timestamp(clock.nowMs()),
        mono: 0,
        boot: 'b',
        session: 's',
        actor: actorOf(operator),
        kind,
        body: full,
      },
    };
    stored.push(entry);
    for (const watcher of watchers) watcher();
    return entry;
  };
  const ledger: ReadableLedger = {
    origin: 'quarterdeck/test/host/0000000000000000',
    dir: '/nowhere',
    readOnly: undefined,
    refuse: undefined,
    stored,
    write,
    bodies: kind => stored.filter(({entry}) => entry.kind === kind).map(({entry}) => entry.body),
    head: () => Promise.resolve({size: stored.length, checkpointSize: 0, checkpointRoot: ''}),
    append(request: AppendRequest) {
      if (ledger.refuse !== undefined)
        return Promise.resolve({ok: false, why: 'full', message: ledger.refuse, hint: 'make room'});
      return Promise.resolve({ok: true, entries: request.entries.map(entry => write('daemon', entry))});
    },
    read: ({kinds, from = 0, to = Infinity}) =>
      Promise.resolve(
        stored.filter(
          ({seq, entry}) => seq >= from && seq < to && (kinds === undefined || kinds.includes(entry.kind)),
        ),
      ),
    disclosure: (seq, ptr) => {
      const value = values.get(`${seq} ${ptr}`);
      return Promise.resolve(value === undefined ? undefined : new TextEncoder().encode(value));
    },
    watch: onChange => {
      const watcher = (): void => onChange({size: stored.length, checkpointSize: 0, checkpointRoot: ''});
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    checkpoint: unexpected('checkpoint'),
    close: unexpected('close'),
  };
  return ledger;
}

export const findingOf = (check: string, more: Partial<Finding> = {}): Finding => ({
  key: `check api/${check}`,
  service: 'api',
  check,
  labels: ['edge'],
  at: 'firing',
  severity: 'sev2',
  title: `api/${check} UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z`,
  message: 'refused',
  sinceMs: 1_767_323_045_000,
  ...more,
});

export const channelOf = (name: string, more: Partial<ChannelFacts> = {}): ChannelFacts & {type: string} => ({
  name,
  type: 'webhook',
  each: false,
  tellsAck: false,
  refreshMs: undefined,
  local: false,
  ...more,
});

/** One notice as the receiver sees it: who was told what, in the order of the alphabet. */
const wordsOf = ({alerts, about}: Notice): string => {
  const words = alerts.map(({as, check}) => `${as} ${check ?? ''}`).sort();
  return `${about === 'alerts' ? '' : `${about}: `}${words.join(', ')}`;
};

export interface Bed {
  readonly clock: FakeClock;
  readonly ledger: ReadableLedger;
  readonly outbox: Outbox;
  readonly alerts: Alerts;
  /** What each channel took, with the time in seconds since the beginning. */
  readonly told: {
    readonly channel: string;
    readonly atS: number;
    readonly words: string;
    readonly notice: Notice;
  }[];
  /** What is found from now on. */
  find(...findings: readonly Finding[]): void;
  /** What the channels answer from now on; undefined: they take it. */
  answer: ((notice: Notice, channel: string) => Sent | Promise<Sent>) | undefined;
  isMine: boolean;
  /** Words of what this channel took. */
  words(channel?: string): string[];
}

export interface BedOptions {
  readonly plan?: Partial<AlertPlan>;
  readonly channels?: readonly (ChannelFacts & {type: string})[];
  readonly recurring?: readonly RecurringWindow[];
  readonly clock?: FakeClock;
  readonly ledger?: ReadableLedger;
  readonly file?: string;
  readonly pid?: number;
  /** Pids of processes that are not there any more. */
  readonly dead?: ReadonlySet<number>;
  /** What is found besides. */
  readonly sources?: readonly FindingSource[];
}

/** Alerts that were started, on a fake clock; stopped when the test ends. */
export async function bed(options: BedOptions = {}): Promise<Bed> {
  const {clock = fakeClock(), plan = {}, channels = [channelOf('hook')], recurring = [], pid = 100} = options;
  const {
    ledger = readableLedger(clock),
    file = join(tempDir(), 'alerts.db'),
    dead = new Set(),
    sources = [],
  } = options;
  const outbox = openOutbox(file, clock.nowMs());
  onTestFinished(() => outbox.close());
  const startMs = clock.nowMs();
  const told: Bed['told'] = [];
  const state: {found: readonly Finding[]; answer: Bed['answer']; isMine: boolean} = {
    found: [],
    answer: undefined,
    isMine: true,
  };
  const alerts = createAlerts({
    site: {
      name: 'acme',
      environment: 'staging',
      services: [{id: 'api', title: 'API', labels: ['edge'], runbooks: ['restart'], checks: []}],
    },
    plan: {...defaultPlan, ...plan},
    recurring,
    channels,
    sources: [{owns: key => key.startsWith('check '), findings: () => state.found}, ...sources],
    ledger,
    outbox,
    clock,
    random: fakeRandom(pid),
    processes: {
      self: () => ({pid, start: '1', boot: 'b'}),
      alive: one => !dead.has(one.pid),
    },
    isMine: () => state.isMine,
    operator: 'daemon',
    deliver: async (channel, notice) => {
      const sent = await (state.answer?.(notice, channel) ?? {at: 'sent' as const, message: 'HTTP 200'});
      if (sent.at === 'sent')
        told.push({
          channel,
          atS: Math.round((clock.nowMs() - startMs) / 1000),
          words: wordsOf(notice),
          notice,
        });
      return sent;
    },
  });
  await alerts.start();
  const stop = async (): Promise<void> => {
    const stopped = alerts.stop();
    await clock.advance(4_000);
    await stopped;
  };
  onTestFinished(stop);
  return {
    clock,
    ledger,
    outbox,
    alerts,
    told,
    find: (...found) => {
      state.found = found;
      alerts.changed();
    },
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
    get isMine() {
      return state.isMine;
    },
    set isMine(isMine) {
      state.isMine = isMine;
    },
    words: channel =>
      told.filter(one => channel === undefined || one.channel === channel).map(({words}) => words),
  };
}

export const refused: Sent = {at: 'failed', about: 'channel', message: 'HTTP 500'};
