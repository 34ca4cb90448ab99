import {expect, test} from 'vitest';
import type {Entry, NewEntry} from '../../src/domain/entry.ts';
import type {Retention} from '../../src/domain/site.ts';
import {holdOn, holdsAfter} from '../../src/evidence/holds.ts';
import {applyEntry, dueBatches, type Batch} from '../../src/evidence/retention.ts';
import type {Ledger} from '../../src/ports.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {fakeClock, type FakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {note, open, options, outcome, written} from '../store/helpers.ts';

const day = 86_400_000;
const keeping = (more: Partial<Retention>): Retention => ({
  outputsMs: undefined,
  messagesMs: undefined,
  notesMs: undefined,
  archive: undefined,
  ...more,
});

async function dueIn(ledger: Ledger, clock: FakeClock, retention: Retention): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of dueBatches({ledger, retention, nowMs: clock.nowMs()})) batches.push(batch);
  return batches;
}

const placesOf = ({chosen}: Batch): string[] =>
  chosen.flatMap(({row, ptrs}) => ptrs.map(ptr => `${row.seq} ${ptr}`));

const printed = (run: string): NewEntry => ({
  ...outcome(run, 0),
  disclosed: [{ptr: '/body/output', value: 'printed'}],
});
const hold = (id: string, run: string): NewEntry => ({
  kind: 'hold.set',
  body: {id, scope: {at: 'run', run}},
  disclosed: [{ptr: '/body/reason', value: 'case 17'}],
});
const lift = (id: string): NewEntry => ({
  kind: 'hold.lift',
  body: {id},
  disclosed: [{ptr: '/body/reason', value: 'closed'}],
});

test('what is old enough is due, by what it is; a hold keeps it until it is lifted; what is erased is not due again', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock});
  written(await ledger.append({entries: [printed('r1'), note('typed'), printed('r2'), hold('h', 'r2')]}));
  clock.jump(10 * day);
  written(await ledger.append({entries: [printed('r3')]}));
  clock.jump(25 * day);
  const retention = keeping({outputsMs: 30 * day});
  const [due, ...more] = await dueIn(ledger, clock, retention);
  if (due === undefined) throw new Error('nothing is due');
  expect(more).toEqual([]);
  expect([due.policy, due.held, due.before, placesOf(due)]).toEqual([
    'outputs older than 30d',
    1,
    4,
    ['1 /body/output'],
  ]);
  const keeper = await openKeeper(options(dir, {clock}));
  const {size} = await ledger.head();
  const places = due.chosen.flatMap(({row, ptrs}) => ptrs.map(ptr => ({seq: row.seq, ptr})));
  written(await keeper.erase(places, [applyEntry(due)], size));
  await keeper.close();
  expect(await ledger.disclosure(1, '/body/output')).toBeUndefined();
  expect((await dueIn(ledger, clock, retention)).map(placesOf)).toEqual([[]]);
  written(await ledger.append({entries: [lift('h')]}));
  expect((await dueIn(ledger, clock, retention)).map(placesOf)).toEqual([['3 /body/output']]);
  const both = keeping({outputsMs: 20 * day, notesMs: 34 * day});
  expect((await dueIn(ledger, clock, both)).map(placesOf)).toEqual([
    ['3 /body/output', '5 /body/output'],
    ['2 /body/text'],
  ]);
  expect(await dueIn(ledger, clock, keeping({}))).toEqual([]);
});

test('one entry names at most 500 places, and the reasons of holds and erasures are never due', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  const [first, ...others] = Array.from({length: 1201}, () => note('n'));
  if (first !== undefined) written(await ledger.append({entries: [first, ...others]}));
  written(await ledger.append({entries: [hold('h', 'r'), lift('h')]}));
  clock.jump(40 * day);
  const due = await dueIn(ledger, clock, keeping({notesMs: 30 * day}));
  expect(due.map(({chosen}) => chosen.length)).toEqual([500, 500, 201]);
  expect(due.map(({before}) => before)).toEqual([501, 1001, 1202]);
  for (const batch of due) expect(JSON.stringify(applyEntry(batch)).length).toBeLessThan(40_000);
});

test('an entry from a clock that was ahead is due when an old one follows it, and not before', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  clock.jump(1000 * day);
  written(await ledger.append({entries: [note('from the future')]}));
  clock.jump(-1000 * day);
  clock.jump(40 * day);
  const retention = keeping({notesMs: 30 * day});
  expect(await dueIn(ledger, clock, retention)).toEqual([]);
  written(await ledger.append({entries: [note('afterwards')]}));
  clock.jump(31 * day);
  expect((await dueIn(ledger, clock, retention)).map(placesOf)).toEqual([['1 /body/text', '2 /body/text']]);
});

test('holds are a fold: what was set and not lifted covers a run, a range or everything', () => {
  const entry = (seq: number, kind: string, body: Entry['body']) => ({
    seq,
    entry: {kind, body, seq, ts: 't', actor: {operator: 'ada'}} as unknown as Entry,
  });
  const sd = {sd: '0'.repeat(64)};
  const set = (seq: number, id: string, scope: Entry['body']) =>
    entry(seq, 'hold.set', {id, scope, reason: sd});
  const holds = holdsAfter([
    set(1, 'a', {at: 'run', run: 'r1'}),
    set(2, 'b', {at: 'range', from: 4, to: 6}),
    set(3, 'c', {at: 'all'}),
    entry(4, 'hold.lift', {id: 'c', reason: sd}),
    entry(5, 'hold.set', {id: 'damaged'}),
  ]);
  expect(holds.map(({id}) => id)).toEqual(['a', 'b']);
  expect(holdOn(holds, {seq: 9, run: 'r1'})?.id).toBe('a');
  expect(holdOn(holds, {seq: 4})?.id).toBe('b');
  expect(holdOn(holds, {seq: 6})).toBeUndefined();
  expect(holdOn(holdsAfter([set(1, 'c', {at: 'all'})]), {seq: 77})?.id).toBe('c');
});
