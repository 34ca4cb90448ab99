import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import canonicalize from 'canonicalize';
import Database from 'better-sqlite3';
import {firstPrev, leafHash} from '../../src/ledger/hash.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {finish, intent, note, noted, open, outcome, runStart, written, matching} from './helpers.ts';

test('a new ledger begins with a genesis entry that names its key, and every line is canonical and chained', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  written(await ledger.append(noted('first')));
  written(await ledger.append({entries: [note('second'), note('third')]}));
  const rows = await ledger.read({});
  expect(rows.map(({entry}) => entry.kind)).toEqual(['ledger.genesis', 'note', 'note', 'note']);
  expect(rows[0]?.entry.body['vkey']).toBe(readFileSync(path.join(dir, 'ledger.vkey'), 'utf8').trim());
  expect(ledger.origin).toMatch(/^quarterdeck\/acme\/bastion\/[0-9a-f]{16}$/);
  let prev = firstPrev(ledger.origin);
  for (const [seq, {line, leaf, entry}] of rows.entries()) {
    expect(canonicalize(JSON.parse(line))).toBe(line);
    expect(entry).toMatchObject({
      v: 1,
      seq,
      prev,
      log: ledger.origin,
      session: 'session-a',
      boot: 'fake-boot',
    });
    expect(leafHash(Buffer.from(line)).toString('hex')).toBe(leaf);
    prev = leaf;
  }
});

test('a value that may be erased lies beside its entry, which holds only a salted commitment', async () => {
  const ledger = await open(tempDir());
  const large = new Uint8Array(100_000).fill(7);
  const [seq = -1] = written(
    await ledger.append({
      entries: [{...outcome('r1', 0), disclosed: [{ptr: '/body/output', value: large}]}],
    }),
  );
  const [small = -1] = written(await ledger.append(noted('by hand')));
  const [row] = await ledger.read({from: seq, to: seq + 1});
  expect(row?.entry.body['output']).toEqual({sd: matching(/^[0-9a-f]{64}$/)});
  expect(await ledger.disclosure(seq, '/body/output')).toEqual(large);
  expect(Buffer.from((await ledger.disclosure(small, '/body/text')) ?? []).toString()).toBe('by hand');
  expect(await ledger.disclosure(small, '/body/other')).toBeUndefined();
});

test('what cannot be hashed is refused with its place before anything is written', async () => {
  const ledger = await open(tempDir());
  const refusals = [
    {entries: [{...runStart('r'), body: {...runStart('r').body, title: 'a\ud800'}}]},
    {entries: [{kind: 'session.close', body: {why: 'x'.repeat(70_000)}}]},
    {entries: [{kind: 'monitor.start', body: {checks: 1.5}}]},
    {entries: [{kind: 'no.such', body: {}}]},
    {entries: [note('fine'), {kind: 'session.close', body: {why: 1}}]},
  ] as const;
  const messages = [
    /\/body\/title.*surrogate/,
    /70\d{3} bytes/,
    /\/body\/checks/,
    /no kind "no\.such"/,
    /\/body\/why/,
  ];
  for (const [i, request] of refusals.entries()) {
    const result = await ledger.append(request);
    expect(result).toMatchObject({
      ok: false,
      why: 'invalid',
      message: matching(messages[i] ?? /^$/),
    });
  }
  expect((await ledger.head()).size).toBe(1);
});

test('appends that wait while a commit runs share the next commit, and a refused one spoils no other', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  const other = new Database(path.join(dir, 'ledger.db'), {readonly: true});
  const version = () => Number(other.pragma('data_version', {simple: true}));
  // The lock makes the first append wait, so that all others queue up behind it.
  const blocker = new Database(path.join(dir, 'ledger.db'));
  blocker.exec('BEGIN IMMEDIATE');
  const pending = Array.from({length: 50}, async (_, i) =>
    ledger.append(i === 20 ? {...noted('moved'), ifRunHead: {run: 'r1', seq: 7}} : noted(`burst ${i}`)),
  );
  const before = version();
  await new Promise(resolve => setImmediate(resolve));
  blocker.exec('ROLLBACK');
  blocker.close();
  const results = await Promise.all(pending);
  const after = version();
  other.close();
  expect(results.filter(({ok}) => ok)).toHaveLength(49);
  expect(results[20]).toMatchObject({ok: false, why: 'moved', newest: -1});
  expect((await ledger.head()).size).toBe(50);
  expect(after).not.toBe(before);
});

test('an append names the newest entry it knows of its run, and is refused when the run has moved', async () => {
  const ledger = await open(tempDir());
  const first = await ledger.append({entries: [runStart('r1')], ifRunHead: {run: 'r1', seq: -1}});
  const [start = -1] = written(first);
  expect(await ledger.append({entries: [runStart('r1')], ifRunHead: {run: 'r1', seq: -1}})).toMatchObject({
    ok: false,
    why: 'moved',
    newest: start,
  });
  written(await ledger.append(noted('of no run')));
  const [next = -1] = written(
    await ledger.append({entries: [finish('r1')], ifRunHead: {run: 'r1', seq: start}}),
  );
  expect(await ledger.append({entries: [finish('r1')], ifRunHead: {run: 'r1', seq: start}})).toMatchObject({
    newest: next,
  });
});

test('an append names the newest entry of some kinds, and is refused when there is a newer one', async () => {
  const ledger = await open(tempDir());
  const kinds = ['run.start', 'run.finish'];
  const [start = -1] = written(await ledger.append({entries: [runStart('r1')], ifNewest: {kinds, seq: -1}}));
  written(await ledger.append(noted('of another kind')));
  const both = {entries: [finish('r1')], ifNewest: {kinds, seq: start}} as const;
  const [end = -1] = written(await ledger.append(both));
  expect(await ledger.append(both)).toMatchObject({ok: false, why: 'moved', newest: end});
  expect(await ledger.append({...noted('x'), ifNewest: {kinds, seq: -1}})).toMatchObject({why: 'moved'});
});

test('the lease of a service excludes another run and another session until it is finished or taken over', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  const bob = await open(dir, {
    session: 'session-b',
    actor: {operator: 'bob', uid: 0, user: 'root', via: 'claimed'},
  });
  const take = {service: 'api', how: 'take'} as const;
  const [fence = -1] = written(await ledger.append({entries: [runStart('r1')], lease: take}));
  const refused = await bob.append({entries: [runStart('r2')], lease: take});
  expect(refused).toMatchObject({
    ok: false,
    why: 'lease',
    holder: {service: 'api', run: 'r1', fence, operator: 'ada'},
  });
  const resume = {kind: 'run.resume', run: 'r1', body: {from: 'x', why: 'again'}};
  expect(await bob.append({entries: [resume], lease: take})).toMatchObject({why: 'lease'});

  const handover = {kind: 'run.handover', run: 'r1', body: {from: {session: 'session-a', operator: 'ada'}}};
  const [newFence = -1] = written(
    await bob.append({entries: [handover], lease: {service: 'api', how: 'take-over'}}),
  );
  expect(await ledger.append({entries: [intent('r1', fence)]})).toMatchObject({
    ok: false,
    why: 'stale-fence',
    message: matching(new RegExp(String(newFence))),
  });
  const [intentSeq = -1] = written(await bob.append({entries: [intent('r1', newFence)]}));
  // What was begun under the old fence may still say how it ended.
  written(await ledger.append({entries: [outcome('r1', intentSeq, fence)]}));
  written(await bob.append({entries: [finish('r1')]}));
  expect(await bob.append({entries: [intent('r1', newFence)]})).toMatchObject({why: 'stale-fence'});
  written(await ledger.append({entries: [runStart('r2')], lease: take}));
});

test('entries of a run, of a kind, of a range come back in order, newest first when asked', async () => {
  const ledger = await open(tempDir());
  written(await ledger.append({entries: [runStart('r1')]}));
  written(await ledger.append({entries: [note('a'), note('b')]}));
  written(await ledger.append({entries: [finish('r1')]}));
  const seqs = async (query: Parameters<typeof ledger.read>[0]) =>
    (await ledger.read(query)).map(({seq}) => seq);
  expect(await seqs({run: 'r1'})).toEqual([1, 4]);
  expect(await seqs({kinds: ['note'], reverse: true})).toEqual([3, 2]);
  expect(await seqs({from: 1, to: 3})).toEqual([1, 2]);
  expect(await seqs({reverse: true, limit: 2})).toEqual([4, 3]);
});

test('a watcher hears of entries of its own process and of another one', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock});
  const other = await open(dir, {session: 'session-b'});
  const sizes: number[] = [];
  const cancel = ledger.watch(head => sizes.push(head.size));
  await waitFor(() => clock.pending() > 0, {what: 'the first look'});
  written(await ledger.append(noted('own')));
  await waitFor(() => sizes.includes(2), {what: 'the own entry'});
  written(await other.append(noted('foreign')));
  await waitFor(
    async () => {
      await clock.advance(50);
      return sizes.includes(3);
    },
    {what: 'the entry of the other'},
  );
  cancel();
});
