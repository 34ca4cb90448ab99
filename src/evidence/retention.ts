// Retention: which values are older than the site keeps them, in batches that one entry can name.
import type {NewEntry, StoredEntry} from '../domain/entry.ts';
import {duration} from '../domain/duration.ts';
import {redact, retentionApply} from '../domain/kinds-ledger.ts';
import type {Retention} from '../domain/site.ts';
import {instantOf} from '../domain/time.ts';
import {commitmentsOf} from '../ledger/commitment.ts';
import type {Ledger} from '../ports.ts';
import {holdKinds, holdOn, holdsAfter, type Hold} from './holds.ts';

/** Most places that one entry names; its line must stay below 65,535 bytes. */
const mostPlaces = 500;
const pageRows = 2000;

interface Sort {
  readonly name: string;
  readonly keepMs: number;
  readonly kinds: readonly string[];
  readonly isOfIt: (ptr: string) => boolean;
}

const isOutput = (ptr: string): boolean => ptr === '/body/output';
const isMessage = (ptr: string): boolean => ptr === '/body/message';
const isTyped = (ptr: string): boolean => ptr === '/body/text' || ptr === '/body/reason';

/** Kinds in which operators type while they work; what they say about erasing, keys or holds is never erased by itself. */
const typed = [
  'note',
  ...['run.start', 'run.pause', 'run.resume', 'run.handover', 'run.finish'],
  ...['alert.ack', 'alert.silence', 'maintenance.set'],
  ...['step.confirm', 'step.decide', 'step.skip', 'step.unknown', 'step.outcome'],
];

function sortsOf({outputsMs, messagesMs, notesMs}: Retention): Sort[] {
  const sorts = [
    {name: 'outputs', keepMs: outputsMs, kinds: ['step.outcome', 'step.unknown'], isOfIt: isOutput},
    {name: 'messages', keepMs: messagesMs, kinds: ['check.change', 'alert.open'], isOfIt: isMessage},
    {name: 'notes', keepMs: notesMs, kinds: typed, isOfIt: isTyped},
  ];
  return sorts.flatMap(({keepMs, ...sort}) => (keepMs === undefined ? [] : [{...sort, keepMs}]));
}

export interface Aged {
  readonly row: StoredEntry;
  readonly ptrs: readonly string[];
}

export interface Batch {
  /** In words, such as `outputs older than 90d`. */
  readonly policy: string;
  readonly chosen: readonly Aged[];
  /** Kept because of a hold. */
  readonly held: number;
  /** Entries before this one were looked at. */
  readonly before: number;
}

interface Done {
  readonly before: number;
  readonly held: number;
}

/** What is erased already, and how far each policy came. */
async function historyOf(ledger: Ledger): Promise<{erased: Set<string>; done: Map<string, Done>}> {
  const erased = new Set<string>();
  const done = new Map<string, Done>();
  for (const {entry} of await ledger.read({kinds: ['redact', 'retention.apply']})) {
    const one = redact.safeParse(entry.body).data;
    if (one !== undefined) erased.add(`${one.seq} ${one.ptr}`);
    const applied = retentionApply.safeParse(entry.body).data;
    if (applied === undefined) continue;
    for (const {seq, ptr} of applied.erased) erased.add(`${seq} ${ptr}`);
    const held = applied.held + (done.get(applied.policy)?.held ?? 0);
    done.set(applied.policy, {before: applied.before, held});
  }
  return {erased, done};
}

export interface Scene {
  readonly ledger: Ledger;
  readonly retention: Retention;
  readonly nowMs: number;
}

/** The batches that are due, oldest entries first; the last one may hold nothing but what is held. What a hold keeps is looked at again each time. */
export async function* dueBatches({ledger, retention, nowMs}: Scene): AsyncIterable<Batch> {
  const holds = holdsAfter(await ledger.read({kinds: holdKinds}));
  const {erased, done} = await historyOf(ledger);
  for (const sort of sortsOf(retention)) {
    const policy = `${sort.name} older than ${duration(sort.keepMs)}`;
    const last = done.get(policy);
    const from = last === undefined || last.held > 0 ? 0 : last.before;
    yield* batchesOf(sort, {policy, from, ledger, holds, erased, nowMs});
  }
}

interface Search {
  readonly policy: string;
  readonly from: number;
  readonly ledger: Ledger;
  readonly holds: readonly Hold[];
  readonly erased: ReadonlySet<string>;
  readonly nowMs: number;
}

interface Filling {
  readonly chosen: Aged[];
  places: number;
  held: number;
}

function add(batch: Filling, aged: Aged, isHeld: boolean): void {
  if (isHeld) {
    batch.held += aged.ptrs.length;
    return;
  }
  batch.chosen.push(aged);
  batch.places += aged.ptrs.length;
}

async function* entriesOf(
  ledger: Ledger,
  kinds: readonly string[],
  from: number,
): AsyncIterable<StoredEntry> {
  for (let next = from; ;) {
    const rows = await ledger.read({kinds, from: next, limit: pageRows});
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < pageRows) return;
    next = end.seq + 1;
  }
}

async function* batchesOf(
  {kinds, keepMs, isOfIt}: Sort,
  {policy, from, ledger, holds, erased, nowMs}: Search,
): AsyncIterable<Batch> {
  let batch: Filling = {chosen: [], places: 0, held: 0};
  let before = from;
  // An entry of the future tells its age only by an old one behind it.
  let waiting: StoredEntry[] = [];
  for await (const row of entriesOf(ledger, kinds, from)) {
    const at = instantOf(row.entry.ts) ?? nowMs;
    if (at > nowMs) {
      waiting.push(row);
      continue;
    }
    // In the order of writing: what is behind the first young entry is young.
    if (at > nowMs - keepMs) break;
    for (const aged of [...waiting, row]) {
      const {seq, entry} = aged;
      const ptrs = [...commitmentsOf(entry.body).keys()].filter(
        ptr => isOfIt(ptr) && !erased.has(`${seq} ${ptr}`),
      );
      if (batch.places + ptrs.length > mostPlaces) {
        yield {policy, before: seq, chosen: batch.chosen, held: batch.held};
        batch = {chosen: [], places: 0, held: 0};
      }
      if (ptrs.length > 0) add(batch, {row: aged, ptrs}, holdOn(holds, entry) !== undefined);
      before = seq + 1;
    }
    waiting = [];
  }
  if (batch.places + batch.held > 0) yield {policy, before, chosen: batch.chosen, held: batch.held};
}

/** The entry that says what a batch erased. */
export const applyEntry = ({policy, chosen, held, before}: Batch): NewEntry => ({
  kind: 'retention.apply',
  body: {
    policy,
    before,
    erased: chosen.flatMap(({row, ptrs}) => ptrs.map(ptr => ({seq: row.seq, ptr}))),
    held,
  },
});
