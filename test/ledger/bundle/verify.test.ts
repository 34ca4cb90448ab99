import {expect, test} from 'vitest';
import type {Report} from '../../../src/domain/evidence.ts';
import {memorySource, type BundleSource} from '../../../src/ledger/bundle/source.ts';
import {verifyBundle} from '../../../src/ledger/bundle/verify.ts';
import {signerFrom} from '../../../src/ledger/note.ts';
import type {VerifyOptions} from '../../../src/ledger/verify.ts';
import {having, matching} from '../../store/helpers.ts';
import {
  checkpointOf,
  keyOf,
  makeBundle,
  makeLog,
  noteOf,
  origin,
  rootOf,
  seal,
  type Files,
  type Wanted,
} from './make.ts';

// Entry 0 is the genesis; 2 and 6 rotate the key; the value of 3 was erased by 5, the one of 4 is a file.
const entries: Wanted['entries'] = [
  {kind: 'note', values: {text: {text: 'first'}}},
  'rotate',
  {kind: 'note', values: {text: {text: 'gone', at: 'erased'}}},
  {kind: 'step.outcome', run: 'r', step: 's', values: {output: {text: 'x'.repeat(40_000), at: 'artifact'}}},
  {kind: 'redact', body: {seq: 3, ptr: '/body/text'}, values: {reason: {text: 'asked for'}}},
  'rotate',
  {kind: 'anchor.receipt', body: {anchor: 'logs', ok: true, offHost: true, size: 5}},
  {kind: 'anchor.receipt', body: {anchor: 'local', ok: true, offHost: false, size: 7}},
  {kind: 'note', values: {text: {text: 'last'}}},
];
const whole = (): Files => makeBundle({entries, checkpoints: [1, 3, 5, 7]});
/** Entries 3 to 5, a slice with rotations before and after it, and the redaction inside. */
const part = (): Files => makeBundle({entries, from: 3, to: 6, checkpoints: [4]});
const newest = keyOf(2);

const text = (files: Files, path: string): string => Buffer.from(files.get(path) ?? '').toString();
const put = (files: Files, path: string, value: string): Files =>
  files.set(path, new Uint8Array(Buffer.from(value)));
const replace = (files: Files, path: string, from: string | RegExp, to: string): void => {
  const before = text(files, path);
  const after = before.replace(from, to);
  if (after === before) throw new Error(`nothing to replace in ${path}`);
  put(files, path, after);
};
const lines = (files: Files, path = 'entries.jsonl'): string[] => text(files, path).split('\n').slice(0, -1);
const putLines = (files: Files, kept: readonly string[], path = 'entries.jsonl'): Files =>
  put(files, path, kept.map(line => `${line}\n`).join(''));

async function reportOf(files: Files, options: VerifyOptions = {}): Promise<Report> {
  return (await verifyBundle(memorySource(files), options)).report;
}
const elsewhere = (...notes: readonly string[]): VerifyOptions => ({
  notes: notes.map((raw, i) => ({where: `kept-${i}.txt`, raw: Buffer.from(raw)})),
});

test('a whole log and a slice of it are intact, and the answer has exactly the fields that were promised', async () => {
  const {leaves} = makeLog({entries});
  const root = Buffer.from(rootOf(leaves)).toString('hex');
  const found = await reportOf(whole());
  expect(found).toEqual({
    verified: true,
    verdict: 'intact',
    failure_index: null,
    failure_reason: null,
    entries: 10,
    checkpointed: 10,
    witnessed: {size: 5, where: 'logs', at: '2026-01-01T00:00:07.000Z'},
    redacted: 1,
    head: {size: 10, root},
    checkpoints: 5,
    key: {id: newest.id, source: 'bundle'},
    not_proved: found.not_proved,
  });
  expect(found.not_proved[0]).toMatch(/^who signed/);
  expect(await reportOf(part())).toMatchObject({
    verdict: 'intact',
    entries: 3,
    checkpointed: 10,
    witnessed: null,
    redacted: 1,
    head: {size: 10, root},
  });
});

test('every slice of a log is intact', async () => {
  for (let from = 0; from < 10; from++) {
    for (let to = from + 1; to <= 10; to++) {
      const name = `${from} to ${to}`;
      expect(await reportOf(makeBundle({entries, from, to})), name).toMatchObject({
        verdict: 'intact',
        entries: to - from,
      });
    }
  }
});

test('a log of many tiles is intact, and what is streamed in small pieces gives the same verdict', async () => {
  const many = makeBundle({
    entries: Array.from({length: 600}, () => ({kind: 'note', values: {text: {text: 'x'}}})),
  });
  expect([...many.keys()]).toContain('tile/1/000.p/2');
  const pieces: BundleSource = {
    ...memorySource(many),
    async *stream(path) {
      const bytes = many.get(path) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += 777) yield await Promise.resolve(bytes.slice(at, at + 777));
    },
  };
  expect((await verifyBundle(pieces)).report).toEqual(await reportOf(many));
  expect(await reportOf(many)).toMatchObject({verdict: 'intact', entries: 601});
});

test('with a key and a checkpoint from elsewhere, less remains unproved', async () => {
  const kept = text(whole(), 'checkpoints/7');
  const found = await reportOf(whole(), {vkey: newest.vkey, ...elsewhere(kept)});
  expect(found).toMatchObject({verdict: 'intact', key: {id: newest.id, source: 'given'}});
  expect(found.not_proved.some(line => /who signed|was cut/.test(line))).toBe(false);
  const beside = await reportOf(part(), elsewhere(kept));
  expect(beside.verdict).toBe('intact');
  expect(beside.not_proved.some(line => line.includes('size 7 in kept-0.txt'))).toBe(true);
});

test('what is no bundle cannot be verified at all, and a key that is none is a matter of usage', async () => {
  const other = memorySource(new Map([['readme.md', new Uint8Array()]]));
  await expect(verifyBundle(other)).rejects.toThrow(having({code: 'EVIDENCE_UNREADABLE', exitStatus: 2}));
  await expect(reportOf(whole(), {vkey: 'x'})).rejects.toThrow(having({code: 'USAGE'}));
});

/** One way to damage a bundle, and what must be said of it; `undefined` as index: null. */
type Damage = readonly [
  title: string,
  damage: (files: Files) => unknown,
  verdict: Report['verdict'],
  index?: number,
];

async function all(make: () => Files, damages: readonly Damage[]): Promise<void> {
  for (const [title, damage, verdict, index = null] of damages) {
    const files = make();
    damage(files);
    const found = await reportOf(files);
    expect({
      title,
      verdict: found.verdict,
      index: found.failure_index,
      reason: found.failure_reason,
    }).toMatchObject({title, verdict, index});
    expect(found.verified, title).toBe(false);
  }
}

test('rule 1: without entries nothing is verified', async () => {
  await all(whole, [
    ['missing', files => files.delete('entries.jsonl'), 'empty'],
    ['no bytes', files => put(files, 'entries.jsonl', ''), 'empty'],
    ['before all else', files => [put(files, 'entries.jsonl', ''), files.delete('checkpoint')], 'empty'],
  ]);
});

test('rule 2: a container that is not as specified is malformed', async () => {
  await all(whole, [
    ...['checkpoint', 'ledger.vkey', 'range.json', 'manifest-sha256.txt', 'manifest.note'].map(
      (path): Damage => [`${path} missing`, files => files.delete(path), 'malformed'],
    ),
    ['a name in capitals', files => put(files, 'Notes.txt', ''), 'malformed'],
    ['a name that climbs', files => put(files, '../x', ''), 'malformed'],
    ['entries without an end', files => replace(files, 'entries.jsonl', /\n$/, ''), 'malformed'],
    ['range: spaces', files => replace(files, 'range.json', ',', ', '), 'malformed'],
    ['range: another member', files => replace(files, 'range.json', '{', '{"a":1,'), 'malformed'],
    ['range: from is to', files => replace(files, 'range.json', '"from":0', '"from":10'), 'malformed'],
    ['range: to above size', files => replace(files, 'range.json', '"to":10', '"to":11'), 'malformed'],
    [
      'range: too many roots',
      files => replace(files, 'range.json', '"right":[]', `"right":["${'0'.repeat(64)}"]`),
      'malformed',
    ],
    ['range: a float', files => replace(files, 'range.json', '"from":0', '"from":0.0'), 'malformed'],
    ['no note', files => put(files, 'checkpoint', 'x'), 'malformed'],
    [
      'an older note of another size',
      files => files.set('checkpoints/4', files.get('checkpoints/3') ?? new Uint8Array()),
      'malformed',
    ],
    [
      'an older note with a word as name',
      files => files.set('checkpoints/x', files.get('checkpoints/3') ?? new Uint8Array()),
      'malformed',
    ],
    [
      'a note of another log',
      files => put(files, 'checkpoint', checkpointOf(10, new Uint8Array(32), newest, 'other')),
      'malformed',
    ],
    [
      'a manifest note that says something else',
      files => put(files, 'manifest.note', noteOf(`${origin}\nx\n`, newest)),
      'malformed',
    ],
    [
      'a manifest out of order',
      files => putLines(files, lines(files, 'manifest-sha256.txt').toReversed(), 'manifest-sha256.txt'),
      'malformed',
    ],
    [
      'a manifest that lists itself',
      files => put(files, 'manifest-sha256.txt', `${'0'.repeat(64)}  manifest.note\n`),
      'malformed',
    ],
    ['a key file without an end', files => replace(files, 'ledger.vkey', /\n$/, ''), 'malformed'],
    ['no key', files => put(files, 'ledger.vkey', ''), 'malformed'],
    ['a key twice', files => put(files, 'ledger.vkey', text(files, 'ledger.vkey').repeat(2)), 'malformed'],
    [
      'keys of two logs',
      files =>
        put(files, 'ledger.vkey', `${keyOf(0).vkey}\n${signerFrom('other', new Uint8Array(32)).vkey}\n`),
      'malformed',
    ],
    [
      'disclosures out of order',
      files => putLines(files, lines(files, 'disclosures.jsonl').toReversed(), 'disclosures.jsonl'),
      'malformed',
    ],
    ['disclosures without an end', files => replace(files, 'disclosures.jsonl', /\n$/, ''), 'malformed'],
    [
      'a disclosure in other words',
      files => replace(files, 'disclosures.jsonl', '"seq":1,', '"seq": 1,'),
      'malformed',
    ],
    [
      'a salt that is short',
      files => replace(files, 'disclosures.jsonl', /"salt":"../, '"salt":"'),
      'malformed',
    ],
    ['a value in two forms', files => replace(files, 'disclosures.jsonl', '="}', '"}'), 'malformed'],
    ['an empty context', files => put(files, 'context.jsonl', ''), 'malformed'],
  ]);
  await all(part, [
    ['context in other words', files => replace(files, 'context.jsonl', '{"line"', '{ "line"'), 'malformed'],
    [
      'context out of order',
      files => putLines(files, lines(files, 'context.jsonl').toReversed(), 'context.jsonl'),
      'malformed',
    ],
    [
      'context that is no entry',
      files => put(files, 'context.jsonl', '{"line":"x","proof":[]}\n'),
      'malformed',
    ],
    [
      'context of the slice',
      files => put(files, 'context.jsonl', `${JSON.stringify({line: lines(files)[0], proof: []})}\n`),
      'malformed',
    ],
  ]);
  const source = memorySource(whole());
  const linked: BundleSource = {
    ...source,
    items: [...source.items, {path: 'link', kind: 'other', sizeBytes: 0}],
  };
  expect((await verifyBundle(linked)).report.verdict).toBe('malformed');
  expect((await reportOf(whole(), elsewhere('no note'))).verdict).toBe('malformed');
});

test('rule 3: every note is signed by the key that was in force for its size, and by no other of the log', async () => {
  const {leaves} = makeLog({entries});
  const signed = (size: number, n: number): string =>
    checkpointOf(size, rootOf(leaves.slice(0, size)), keyOf(n));
  const second = (note: string): string => note.split('\n').at(-2) ?? '';
  await all(whole, [
    ['the first key after its time', files => put(files, 'checkpoint', signed(10, 0)), 'bad-signature'],
    ['the second key before its time', files => put(files, 'checkpoints/3', signed(3, 1)), 'bad-signature'],
    [
      'two keys at once',
      files => put(files, 'checkpoint', `${text(files, 'checkpoint')}${second(signed(10, 0))}\n`),
      'bad-signature',
    ],
    ['a text that was changed', files => replace(files, 'checkpoint', '10\n', '9\n'), 'bad-signature'],
    [
      'a stranger',
      files =>
        put(
          files,
          'checkpoint',
          checkpointOf(10, rootOf(leaves), signerFrom(origin, new Uint8Array(32).fill(99))),
        ),
      'bad-signature',
    ],
    ['a manifest note of an older key', files => seal(files, keyOf(1)), 'bad-signature'],
    [
      'a key too few',
      files => put(files, 'ledger.vkey', `${keyOf(0).vkey}\n${keyOf(1).vkey}\n`),
      'bad-signature',
    ],
    [
      'a key too many',
      files => put(files, 'ledger.vkey', `${text(files, 'ledger.vkey')}${keyOf(3).vkey}\n`),
      'bad-signature',
    ],
    [
      'another key at the beginning',
      files => replace(files, 'ledger.vkey', keyOf(0).vkey, keyOf(7).vkey),
      'bad-signature',
    ],
  ]);
  await all(part, [
    [
      'a rotation that is not shown',
      files =>
        putLines(
          files,
          lines(files, 'context.jsonl').filter(line => !line.includes('rotation')),
          'context.jsonl',
        ),
      'bad-signature',
    ],
  ]);
  expect(await reportOf(whole(), elsewhere(signed(4, 1)))).toMatchObject({verdict: 'intact'});
  expect(await reportOf(whole(), elsewhere(signed(4, 0)))).toMatchObject({verdict: 'bad-signature'});
  const otherLog = checkpointOf(4, new Uint8Array(32), signerFrom('other', new Uint8Array(32)), 'other');
  expect(await reportOf(whole(), elsewhere(otherLog))).toMatchObject({verdict: 'bad-signature'});
});

test('rule 3: a rotation that the old key did not sign for that very entry introduces nobody', async () => {
  const note = (said: string, signer: number): string =>
    JSON.stringify(noteOf(said, keyOf(signer))).slice(1, -1);
  const swapped = (other: string) => (line: string, seq: number) =>
    seq === 2 ? line.replace(/"note":"(?:[^"\\]|\\.)*"/, `"note":"${other}"`) : line;
  const right = `quarterdeck-key-rotation-v1\n${origin}\n2\n${keyOf(1).vkey}\n`;
  const verdictOf = async (other: string) =>
    (await reportOf(makeBundle({entries, change: swapped(other)}))).verdict;
  expect(await verdictOf(note(right, 0))).toBe('intact');
  expect(await verdictOf(note(right, 1))).toBe('bad-signature');
  expect(await verdictOf(note(right.replace('\n2\n', '\n3\n'), 0))).toBe('bad-signature');
  expect(await verdictOf('x')).toBe('bad-signature');
});

test('rule 3: a given key is the only one that is believed', async () => {
  const verdictOf = async (files: Files, vkey: string) => (await reportOf(files, {vkey})).verdict;
  for (const n of [0, 1, 2]) expect(await verdictOf(whole(), keyOf(n).vkey)).toBe('intact');
  expect(await verdictOf(whole(), keyOf(3).vkey)).toBe('bad-signature');
  const early = makeBundle({entries, size: 3});
  expect(await verdictOf(early, keyOf(0).vkey)).toBe('intact');
  // The last entry of this bundle introduces the key, and nothing here was signed by it.
  expect(await verdictOf(early, keyOf(1).vkey)).toBe('bad-signature');
  expect(await verdictOf(early, signerFrom('other', new Uint8Array(32)).vkey)).toBe('bad-signature');
});

test('rule 4: two stories under one key are a fork, and both notes are the proof', async () => {
  const lie = checkpointOf(5, new Uint8Array(32), keyOf(1));
  const {report, proof} = await verifyBundle(memorySource(whole()), elsewhere(lie));
  expect(report).toMatchObject({verified: false, verdict: 'forked', failure_index: null});
  expect(proof).toContain(lie);
  const between = await verifyBundle(
    memorySource(whole()),
    elsewhere(checkpointOf(6, new Uint8Array(32), keyOf(1))),
  );
  expect(between.report.verdict).toBe('forked');
  expect(between.proof).toHaveLength(2);
  // Outside the slice only notes of one size can be compared.
  const unknown = checkpointOf(8, new Uint8Array(32), newest);
  expect((await reportOf(part(), elsewhere(unknown))).verdict).toBe('intact');
  const {leaves} = makeLog({entries});
  const other = checkpointOf(8, rootOf(leaves.slice(0, 8)), newest);
  expect((await reportOf(part(), elsewhere(unknown, other))).verdict).toBe('forked');
});

test('rule 5: fewer entries than were promised are a cut', async () => {
  await all(whole, [
    ['a line less', files => putLines(files, lines(files).slice(0, -1)), 'truncated'],
    ['a line less in the middle', files => putLines(files, lines(files).toSpliced(8, 1)), 'truncated'],
  ]);
  const later = checkpointOf(12, new Uint8Array(32), newest);
  expect((await reportOf(whole(), elsewhere(later))).verdict).toBe('truncated');
});

test('rule 6: bytes that disagree are found at their entry', async () => {
  const edit = (files: Files, seq: number): Files =>
    putLines(files, lines(files).with(seq, (lines(files)[seq] ?? '').replace('ada', 'eve')));
  await all(whole, [
    ['against the stored leaf', files => edit(files, 4), 'modified', 4],
    ['against the stored leaf, at the end', files => edit(files, 9), 'modified', 9],
    ['against the next entry', files => [edit(files, 4), files.delete('tile/0/000.p/10')], 'modified', 4],
    ['against the root alone', files => [edit(files, 9), files.delete('tile/0/000.p/10')], 'modified'],
    [
      'two entries that changed places',
      files =>
        putLines(
          files,
          lines(files)
            .with(4, lines(files)[5] ?? '')
            .with(5, lines(files)[4] ?? ''),
        ),
      'modified',
      4,
    ],
    [
      'the name of the log in entry 0',
      files => [
        putLines(files, lines(files).with(0, (lines(files)[0] ?? '').replace('bastion/', 'elsewhere/'))),
        files.delete('tile/0/000.p/10'),
      ],
      'modified',
      0,
    ],
  ]);
  const slice = (files: Files, at: number): Files =>
    putLines(files, lines(files).with(at, (lines(files)[at] ?? '').replace('ada', 'eve')));
  await all(part, [
    ['in a slice', files => slice(files, 1), 'modified', 4],
    ['the last of a slice', files => slice(files, 2), 'modified'],
  ]);
  const says = makeBundle({
    entries,
    change: (line, seq) => (seq === 4 ? line.replace('"seq":4', '"seq":5') : line),
  });
  expect(await reportOf(says)).toMatchObject({verdict: 'modified', failure_index: 4});
});

test('rule 6: what lies beside the entries must fit them', async () => {
  const artifact = (files: Files): string =>
    [...files.keys()].find(path => path.startsWith('artifacts/')) ?? '';
  const resealed = (damage: (files: Files) => unknown) => (files: Files) => {
    damage(files);
    seal(files, newest);
  };
  const damages: readonly Damage[] = [
    [
      'one line more',
      files => put(files, 'entries.jsonl', `${text(files, 'entries.jsonl')}{}\n`),
      'modified',
    ],
    [
      'another value',
      files =>
        replace(
          files,
          'disclosures.jsonl',
          Buffer.from('last').toString('base64'),
          Buffer.from('lost').toString('base64'),
        ),
      'modified',
    ],
    [
      'a value less',
      files => putLines(files, lines(files, 'disclosures.jsonl').slice(1), 'disclosures.jsonl'),
      'modified',
    ],
    ['all values gone', files => files.delete('disclosures.jsonl'), 'modified'],
    [
      'a value for nothing',
      files =>
        put(
          files,
          'disclosures.jsonl',
          `{"ptr":"/body","salt":"${'0'.repeat(32)}","seq":0,"value":""}\n${text(files, 'disclosures.jsonl')}`,
        ),
      'modified',
    ],
    [
      'a value for an entry that is not here',
      files =>
        put(
          files,
          'disclosures.jsonl',
          `${text(files, 'disclosures.jsonl')}{"ptr":"/body","salt":"${'0'.repeat(32)}","seq":99,"value":""}\n`,
        ),
      'modified',
    ],
    ['another artifact', files => put(files, artifact(files), 'x'), 'modified'],
    ['no artifact', files => files.delete(artifact(files)), 'modified'],
    ['a stray artifact', files => put(files, `artifacts/${'0'.repeat(64)}`, 'x'), 'modified'],
    [
      'an artifact of another name',
      files => {
        const name = artifact(files);
        files.set(`artifacts/${'0'.repeat(64)}`, files.get(name) ?? new Uint8Array());
        files.delete(name);
        replace(files, 'disclosures.jsonl', name.slice('artifacts/'.length), '0'.repeat(64));
      },
      'modified',
    ],
    ['another tile of entries', files => replace(files, 'tile/entries/000.p/10', 'ada', 'eve'), 'modified'],
    ['no tile', files => files.delete('tile/entries/000.p/10'), 'modified'],
    ['a stray tile', files => put(files, 'tile/1/000', 'x'), 'modified'],
    ['a derived file', files => replace(files, 'report.md', /.$/s, 'x'), 'modified'],
    ['no derived file', files => files.delete('population.csv'), 'modified'],
  ];
  await all(
    whole,
    damages.map(([title, damage, ...rest]): Damage => [title, resealed(damage), ...rest]),
  );
  await all(whole, [
    ['a file that is not listed', files => put(files, 'more.txt', 'x'), 'modified'],
    ['a file that is gone', files => files.delete('README.txt'), 'modified'],
    ['a file that was changed', files => put(files, 'README.txt', 'x'), 'modified'],
    [
      'a manifest that was made anew',
      files => {
        const note = files.get('manifest.note') ?? new Uint8Array();
        put(files, 'README.txt', 'x');
        seal(files, newest).set('manifest.note', note);
      },
      'modified',
    ],
    [
      'an older checkpoint in the newest place',
      files => {
        files.set('checkpoint', files.get('checkpoints/7') ?? new Uint8Array());
        seal(files, newest);
      },
      'modified',
    ],
    [
      'another root',
      files => {
        put(files, 'checkpoint', checkpointOf(10, new Uint8Array(32), newest));
        seal(files, newest);
      },
      'modified',
    ],
  ]);
  await all(part, [
    [
      'a proof of another entry',
      resealed(files =>
        replace(
          files,
          'context.jsonl',
          /"proof":\["../,
          text(files, 'context.jsonl').includes('"proof":["00') ? '"proof":["11' : '"proof":["00',
        ),
      ),
      'modified',
    ],
    [
      'a proof that is too short',
      resealed(files => replace(files, 'context.jsonl', /,"[0-9a-f]{64}"\]/, ']')),
      'modified',
    ],
    [
      'another subtree beside the slice',
      resealed(files =>
        replace(
          files,
          'range.json',
          /"right":\["../,
          '"right":["' + (text(files, 'range.json').includes('"right":["00') ? '11' : '00'),
        ),
      ),
      'modified',
    ],
    ['tiles of a slice', resealed(files => put(files, 'tile/0/000.p/10', 'x')), 'modified'],
  ]);
});

test('an erased value counts only where an entry says so, and one that is there all the same must fit', async () => {
  const unsaid = entries.with(4, {kind: 'note'});
  expect((await reportOf(makeBundle({entries: unsaid}))).verdict).toBe('modified');
  const applied = entries.with(4, {
    kind: 'retention.apply',
    body: {policy: 'p', before: 5, held: 0, erased: [{seq: 3, ptr: '/body/text'}]},
  });
  expect(await reportOf(makeBundle({entries: applied}))).toMatchObject({verdict: 'intact', redacted: 1});
  // The redaction lies after the slice and comes along as context.
  expect(await reportOf(makeBundle({entries, from: 3, to: 4}))).toMatchObject({
    verdict: 'intact',
    redacted: 1,
  });
  const there = entries.with(2, {kind: 'note', values: {text: {text: 'still here'}}});
  expect(await reportOf(makeBundle({entries: there}))).toMatchObject({verdict: 'intact', redacted: 0});
});

test('rule 7: an entry that is not in form is malformed, at its place, when all hashes hold', async () => {
  const changed = (change: (line: string) => string) =>
    makeBundle({entries, change: (line, seq) => (seq === 8 ? change(line) : line), derived: {}});
  // Without derived files the manifest is right and nothing else is looked at before the form.
  const cases: readonly (readonly [string, (line: string) => string])[] = [
    ['a space', line => line.replace('{', '{ ')],
    ['an unknown field', line => line.replace('{', '{"aa":1,')],
    ['another version', line => line.replace('"v":1', '"v":2')],
    ['another log', line => line.replace('bastion', 'elsewhere')],
    ['a duplicate key', line => line.replace('"v":1', '"v":1,"v":1')],
    ['no JSON at all', () => 'x'],
    ['an empty line', () => ''],
  ];
  for (const [title, change] of cases) {
    const found = await reportOf(changed(change));
    expect({title, ...found}).toMatchObject({title, verdict: 'malformed', failure_index: 8});
    expect(found.failure_reason, title).toEqual(matching(/8/));
  }
});
