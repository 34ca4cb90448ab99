import {expect, test} from 'vitest';
import type {AppendRequest} from '../../src/domain/entry.ts';
import {Answers, eachReply, packed, unpacked} from '../../src/store/plain.ts';
import type {Envelope, Reply, WireAppend} from '../../src/store/protocol.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, noted, open, runStart} from './helpers.ts';

const seen = (i: number): AppendRequest => ({
  entries: [
    {
      kind: 'check.change',
      body: {service: 'api', check: 'live', state: 'firing', verdict: 'fail', message: `"né" ${i} \\ 😀`},
    },
  ],
});

const wire = (more: Partial<WireAppend> = {}): WireAppend => ({
  entries: [{kind: 'k', head: 'h', middle: 'm', tail: 't', disclosures: []}],
  session: 's',
  operator: 'o',
  ts: 'now',
  ...more,
});

const asked = (id: number, append: WireAppend): Envelope => ({id, request: {op: 'append', append}});

test('appends of a burst get the entries that reading gives back, whatever stands between them', async () => {
  const ledger = await open(tempDir());
  const requests = [
    seen(1),
    seen(2),
    noted('beside'),
    seen(3),
    {entries: [runStart('r1')], ifRunHead: {run: 'r1', seq: 7}} as const,
    {entries: [runStart('r1')], lease: {service: 'api', how: 'take'}} as const,
    seen(4),
    {entries: [...seen(5).entries, ...seen(6).entries]} as const,
    {entries: [finish('r1')]} as const,
    seen(7),
  ];
  const results = await Promise.all(requests.map(async request => ledger.append(request)));
  expect(results.map(({ok}) => ok)).toEqual(requests.map((_, i) => i !== 4));
  const told = results.flatMap(result => (result.ok ? result.entries : []));
  expect(told.map(row => ({...row}))).toEqual(await ledger.read({from: 1}));
  expect(told.map(({seq}) => seq)).toEqual(told.map((_, i) => i + 1));
  expect(told[0]?.entry.body['message']).toBe('"né" 1 \\ 😀');
});

test('plain appends pass in columns, all others as they are, in their order', () => {
  const requests = [
    asked(1, wire()),
    asked(2, wire({ts: 'later'})),
    asked(3, wire({once: true})),
    asked(4, wire({ifRunHead: {run: 'r', seq: 1}})),
    asked(5, wire({session: 'other'})),
    asked(6, wire()),
    {id: 7, request: {op: 'head'}} as const,
    asked(8, wire({entries: [{kind: 'k', run: 'r', head: 'h', middle: 'm', tail: 't', disclosures: []}]})),
    asked(9, wire()),
  ];
  const sent = packed(requests);
  expect(sent.map(one => ('ids' in one ? one.ids : one.id))).toEqual([[1, 2], 3, 4, [5], [6], 7, 8, [9]]);
  expect(unpacked(sent).map(({id, request}) => ({id, request}))).toEqual(requests);
  expect(unpacked(sent).flatMap(({id, plain}) => (plain === true ? [id] : []))).toEqual([1, 2, 5, 6, 9]);
});

test('where plain appends were written comes back in columns, a refusal as it is', () => {
  const answers = new Answers();
  const row = (seq: number) => ({seq, prev: `p${seq}`, line: '{}', leaf: `l${seq}`});
  const written = (id: number): Reply => ({
    id,
    answer: {op: 'append', result: {ok: true, rows: [row(id + 10)]}},
  });
  const refused: Reply = {
    id: 2,
    answer: {op: 'append', result: {ok: false, why: 'full', message: 'm', hint: 'h'}},
  };
  answers.add(written(1), true);
  answers.add(refused, true);
  answers.add(written(3), true);
  answers.add(written(4));
  const replies: Reply[] = [];
  eachReply(answers.take(), reply => replies.push(reply));
  expect(replies.find(({id}) => id === 2)).toEqual(refused);
  expect(replies.find(({id}) => id === 4)).toEqual(written(4));
  for (const id of [1, 3]) {
    const placed = {seq: id + 10, prev: `p${id + 10}`, leaf: `l${id + 10}`};
    expect(replies.find(reply => reply.id === id)?.answer).toEqual({op: 'placed', placed});
  }
  expect(answers.take()).toEqual([]);
});
