import {createHash} from 'node:crypto';
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {containing} from '../helpers/like.ts';
import {sqliteFile} from '../helpers/sqlite-file.ts';
import {tempDir} from '../helpers/temp.ts';
import {noted, open} from '../store/helpers.ts';
import {accepts, look} from './looking.ts';

type Fields = Record<string, string | number | null>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const sorted = (record: Fields): string =>
  JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Records whose hash covers their canonical JSON. */
function chainOf(count: number): Fields[] {
  const made: Fields[] = [];
  for (let i = 0; i < count; i += 1) {
    const record = {seq: i, what: `event ${i}`, prev: made.at(-1)?.['hash'] ?? null};
    made.push({...record, hash: sha256(sorted(record))});
  }
  return made;
}

const text = (records: readonly Fields[]): string =>
  records.map(record => `${JSON.stringify(record)}\n`).join('');

function fileOf(content: string | Uint8Array): string {
  const file = path.join(tempDir(), 'events.jsonl');
  writeFileSync(file, content);
  return file;
}

const form = {rule: 'canonical', prevField: 'prev', hashField: 'hash'};
const asked = async (records: readonly Fields[], more: Record<string, unknown> = {}) =>
  look('hashChain', {jsonl: fileOf(text(records)), ...form, ...more});

const five = chainOf(5);
const picked = (...places: readonly number[]): Fields[] => places.map(i => five[i] ?? {});
const hashAt = (index: number): string => String(five[index]?.['hash']);
const anchored = {anchors: [{index: 4, hash: hashAt(4)}]};

describe('hashChain check', () => {
  test('a whole chain is a pass that says how much it checked, and what it does not show', async () => {
    const seen = await asked(five);
    expect(seen).toMatchObject({verdict: 'pass', checked: 6, message: containing('5 records, head')});
    expect(seen.parts?.map(({message}) => message)).toEqual([
      '5 records',
      'that no records are missing at the end: there is no anchor and no count',
    ]);
    const sure = await asked(five, {...anchored, count: {gte: 5}});
    expect(sure.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toEqual([
      'chain pass',
      'anchor 4 pass',
      'count pass',
    ]);
  });

  test('a changed field, a deleted first, middle and last record, a swap and a copy each name their place', async () => {
    const without = (index: number) => five.filter((_, i) => i !== index);
    const changed = five.map((record, i) => (i === 2 ? {...record, what: 'nothing'} : record));
    const swapped = picked(0, 2, 1, 3, 4);
    const repeated = picked(0, 1, 1, 2, 3, 4);
    for (const [records, index, why] of [
      [changed, 2, 'hash mismatch'],
      [without(0), 0, 'prev continuity failure'],
      [without(2), 2, 'prev continuity failure'],
      [swapped, 1, 'prev continuity failure'],
      [repeated, 2, 'prev continuity failure (fork: it follows record 0, as record 1 does)'],
    ] as const)
      expect(await asked(records)).toMatchObject({
        verdict: 'fail',
        kind: 'assertion',
        message: `record ${index}: expected a record that follows the one before, unchanged, got ${why}`,
      });
    expect(await asked(without(4), anchored)).toMatchObject({
      verdict: 'fail',
      message: containing('got nothing: there are 4 records'),
    });
    expect((await asked(without(4), {count: {gte: 5}})).message).toBe('count: expected at least 5, got 4');
  });

  test('a whole chain made anew is another one', async () => {
    const again: Fields[] = [];
    for (const [i, {what}] of five.entries()) {
      const record: Fields = {
        seq: i,
        what: i === 0 ? 'history' : (what ?? ''),
        prev: again.at(-1)?.['hash'] ?? null,
      };
      again.push({...record, hash: sha256(sorted(record))});
    }
    expect((await asked(again)).verdict).toBe('pass');
    expect((await asked(again, anchored)).verdict).toBe('fail');
  });

  test('no byte of an anchored chain can change unseen', async () => {
    const bytes = Buffer.from(text(chainOf(2)));
    const anchors = {anchors: [{index: 1, hash: String(chainOf(2)[1]?.['hash'])}]};
    const file = fileOf(bytes);
    const seen = async () => (await look('hashChain', {jsonl: file, ...form, ...anchors})).verdict;
    expect(await seen()).toBe('pass');
    const missed: number[] = [];
    for (let at = 0; at < bytes.length - 1; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x01;
      writeFileSync(file, flipped);
      if ((await seen()) !== 'fail') missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  test('nothing is no proof: an empty file is unknown, and a failure where records were anchored', async () => {
    expect(await asked([])).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: 'no records: nothing is proved',
    });
    expect((await asked([], anchored)).verdict).toBe('fail');
    expect((await asked([], {count: {gte: 1}})).verdict).toBe('fail');
    const gone = {...form, jsonl: `${tempDir()}/gone.jsonl`};
    expect(await look('hashChain', gone)).toMatchObject({verdict: 'fail', message: containing('not there')});
  });

  test('a line that is still being written is told, and broken ones are failures', async () => {
    const file = fileOf(text(five));
    appendFileSync(file, '{"seq":5,"wha');
    expect(await look('hashChain', {jsonl: file, ...form, ...anchored})).toMatchObject({
      verdict: 'pass',
      message: containing('a record is being written behind them'),
    });
    appendFileSync(file, '\n');
    expect((await look('hashChain', {jsonl: file, ...form})).message).toContain('record 5: ');
    const twice = text(five).replace('"what":"event 3"', '"what":"event 3","what":"event 3"');
    expect((await look('hashChain', {jsonl: fileOf(twice), ...form})).verdict).toBe('fail');
  });

  test('the newest record that another place knows must be there, whatever its fields are called', async () => {
    const headFile = path.join(tempDir(), 'head.json');
    const withHead = async (head: unknown) => {
      writeFileSync(headFile, JSON.stringify(head));
      return asked(five, {headFile});
    };
    expect((await withHead({count: 5, hash: hashAt(4)})).verdict).toBe('pass');
    expect((await withHead({event_count: 3, last_event_hash: hashAt(2)})).verdict).toBe('pass');
    expect((await withHead({count: 6, hash: hashAt(4)})).message).toContain('there are 5 records');
    expect((await withHead({count: 5, hash: hashAt(3)})).verdict).toBe('fail');
    expect(await withHead({size: 5})).toMatchObject({verdict: 'unknown', kind: 'config'});
  });

  test('the hash before can stand in front of the record, and have another length', async () => {
    const made: Fields[] = [];
    for (let i = 0; i < 3; i += 1) {
      const before = String(made.at(-1)?.['hash'] ?? '0');
      const hash = createHash('sha512')
        .update(`${before}${sorted({i})}`)
        .digest('hex');
      made.push({i, prev: before, hash});
    }
    const rule = {rule: 'prefixed', algorithm: 'sha512', first: '0'};
    expect((await asked(made, rule)).verdict).toBe('pass');
    expect((await asked(made, {...rule, first: null})).message).toContain('record 0');
  });
});

const golden = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        file: z.string(),
        answer: z.looseObject({verified: z.boolean(), failure_index: z.int().nullable()}),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../foreign/fixtures/golden.json', import.meta.url), 'utf8')));
const exportOf = z.object({events: z.array(z.record(z.string(), z.union([z.string(), z.null()])))});
const systemEvents = (): z.infer<typeof exportOf>['events'] => {
  const found = golden.cases.find(({name}) => name === 'export: whole');
  return exportOf.parse(JSON.parse(found?.file ?? '{}')).events;
};

describe('hashChain of a system ledger', () => {
  const rule = {rule: 'system-ledger'};

  test('the export is judged by its stored hashes, from a file and from the table', async () => {
    const events = systemEvents();
    expect(events.length).toBeGreaterThan(1);
    const json = fileOf(JSON.stringify({events}));
    const seen = await look('hashChain', {json, ...rule, count: events.length});
    expect(seen).toMatchObject({verdict: 'pass'});
    expect(seen.parts?.map(({message}) => message)).toContain(
      'when events happened: their times are not under the hashes',
    );
    const columns = ['event_type', 'tenant_id', 'resource_type', 'resource_id', 'payload_hash'];
    const values = (event: Record<string, string | null>) =>
      [...columns, 'prev_hash', 'event_hash']
        .map(name => ((event[name] ?? null) === null ? 'null' : `'${event[name]}'`))
        .join(', ');
    const sqlite = sqliteFile(
      `create table system_events (id integer primary key, ${columns.join(', ')}, prev_event_hash, event_hash);` +
        events.map((event, i) => `insert into system_events values (${i}, ${values(event)});`).join(''),
    );
    const query = `select ${columns.join(', ')}, prev_event_hash, event_hash from system_events order by id`;
    const table = {...rule, prevField: 'prev_event_hash', database: {sqlite, query}};
    expect(await look('hashChain', table)).toMatchObject({verdict: 'pass'});
    const turned = {...table, database: {sqlite, query: `${query} desc`}};
    expect(await look('hashChain', turned)).toMatchObject({
      verdict: 'fail',
      message: containing('record 0: '),
    });
  });

  const exports = golden.cases.filter(({file}) => /^\{"events":\[\{/.test(file));

  test('there are vectors', () => {
    expect(exports.length).toBeGreaterThan(20);
  });

  test.each(exports.map(({name, file, answer}) => [name, file, answer] as const))(
    '%s: the answer is that of the independent implementation',
    async (_name, file, answer) => {
      const seen = await look('hashChain', {json: fileOf(file), ...rule});
      expect(seen.verdict).toBe(answer.verified ? 'pass' : 'fail');
      if (!answer.verified) expect(seen.message).toContain(`record ${answer.failure_index}: `);
    },
  );
});

test('our own ledger lines are judged by their bytes', async () => {
  const ledger = await open(tempDir());
  for (const what of ['one', 'two', 'three']) await ledger.append(noted(what));
  const lines = (await ledger.read({})).map(({line}) => line);
  const leaf = (await ledger.read({from: 3}))[0]?.leaf ?? '';
  await ledger.close();
  const jsonl = fileOf(lines.map(line => `${line}\n`).join(''));
  const asLedger = {jsonl, rule: 'quarterdeck', anchors: [{index: 3, hash: leaf}]};
  expect(await look('hashChain', asLedger)).toMatchObject({verdict: 'pass'});
  const spaced = fileOf(lines.map(line => `${line} \n`).join(''));
  expect((await look('hashChain', {...asLedger, jsonl: spaced})).verdict).toBe('fail');
  const cut = fileOf(
    lines
      .slice(1)
      .map(line => `${line}\n`)
      .join(''),
  );
  expect((await look('hashChain', {...asLedger, jsonl: cut})).message).toContain(
    'it begins with entry 1, not with the first',
  );
});

test('no place, two places, and our own rule for what has no lines are refused', () => {
  expect(accepts('hashChain', {rule: 'canonical'})).toBe(false);
  expect(accepts('hashChain', {rule: 'canonical', json: '/a', jsonl: '/b'})).toBe(false);
  expect(accepts('hashChain', {rule: 'quarterdeck', json: '/a'})).toBe(false);
  expect(accepts('hashChain', {rule: 'canonical', json: '/a', anchors: [{index: 0, hash: 'ABC'}]})).toBe(
    false,
  );
});
