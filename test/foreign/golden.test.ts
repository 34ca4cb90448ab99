import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {z} from 'zod';
import {isForeign, verifyForeign} from '../../src/foreign/index.ts';

const golden = z
  .object({
    hashes: z.record(z.string(), z.string()),
    cases: z.array(z.object({name: z.string(), file: z.string(), answer: z.record(z.string(), z.unknown())})),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/golden.json', import.meta.url), 'utf8')));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fileOf = (name: string): string => golden.cases.find(one => one.name === name)?.file ?? '';
const answerTo = (text: string, expected = {}): unknown => {
  const verdict = verifyForeign(bytes(text), expected);
  return verdict.at === 'judged' ? verdict.answer : verdict;
};

test('the vectors carry the published sample hashes', () => {
  expect(golden.hashes).toEqual({
    'lineage event t|c|created': 'add0bc7b3376b67b13d04e96d6bb89e717f5c62ddc3b972bb349fdc8cce69a2b',
    'anchor of tenant-1': 'a13e2793c9b48461b84689417e3ff76db66c8d1b597ab7cff88ebbfbca8e821f',
    'digest of two': '5e9ae866add9a85d69c3481d059bb9f158a39e5670ba11f95112fc409630894e',
  });
});

test.each(golden.cases.map(({name, file, answer}) => [name, file, answer] as const))(
  '%s: the answer is that of the independent implementation',
  (_name, file, answer) => {
    expect(isForeign(bytes(file))).toBe(true);
    expect(answerTo(file)).toEqual(answer);
  },
);

test('spaces and the order of keys change nothing, also under a signature', () => {
  const parsed: unknown = JSON.parse(fileOf('lineage: signed, not ASCII'));
  const turned = Object.fromEntries(
    Object.entries(z.record(z.string(), z.unknown()).parse(parsed)).reverse(),
  );
  expect(answerTo(JSON.stringify(turned, null, 2))).toMatchObject({verified: true});
  const escaped = fileOf('lineage: signed, not ASCII').replaceAll('ü', String.raw`\u00fc`);
  expect(answerTo(escaped)).toMatchObject({verified: true});
});

test.each([
  ['a duplicate key', '{"events":[],"events":[]}', 'the key "events" is there twice'],
  ['a duplicate key written with an escape', String.raw`{"events":[],"\u0065vents":[]}`, 'there twice'],
  ['a byte order mark', '\ufeff{"events":[]}', 'no value begins here'],
  ['something after the end', '{"events":[]} x', 'something follows'],
  ['a trailing comma', '{"events":[1,]}', 'no value begins here'],
  ['NaN', '{"events":NaN}', 'no value begins here'],
  ['a leading zero', '{"events":01}', 'a comma or } is missing'],
  ['half of a surrogate pair', String.raw`{"a":"\ud800"}`, 'surrogate'],
  ['a raw newline in a string', '{"a":"\n"}', 'control character'],
  ['deep nesting', `${'['.repeat(40)}${']'.repeat(40)}`, 'levels deep'],
  ['an array', '[]', 'not a JSON object'],
  ['an unknown object', '{"data":{"events":[]}}', 'no known artifact has the keys "data"'],
  ['nothing', '', 'no value begins here'],
])('%s is refused by name', (_name, text, words) => {
  expect(answerTo(text)).toMatchObject({at: 'unreadable', why: expect.stringContaining(words) as unknown});
});

test('bytes that are no UTF-8 are refused', () => {
  expect(verifyForeign(Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual({at: 'unreadable', why: 'it is not UTF-8'});
});

test('every changed character of a signed lineage is found', () => {
  const file = fileOf('lineage: signed');
  for (let at = 0; at < file.length; at += 1) {
    const damaged = `${file.slice(0, at)}${file[at] === '0' ? '1' : '0'}${file.slice(at + 1)}`;
    const verdict = verifyForeign(bytes(damaged));
    expect(verdict.at === 'judged' && verdict.answer.verified, `character ${at}`).toBe(false);
  }
});

test('a number that languages write differently leaves a signature open, and that is the reason given', () => {
  const file = fileOf('lineage: signed').replace('"version":1', '"version":1.0');
  expect(answerTo(file)).toMatchObject({failure_reason: 'a number in the signed part has no canonical form'});
});

test('the tenant and the signer that were expected are asked for', () => {
  const file = fileOf('lineage: signed');
  const plain = fileOf('lineage: unsigned');
  const {signer} = z.object({signer: z.string()}).parse(answerTo(file));
  expect(answerTo(file, {tenant: 'tenant-1', signer})).toMatchObject({verified: true});
  expect(answerTo(file, {tenant: 'tenant-2'})).toMatchObject({
    verified: false,
    failure_reason: 'tenant mismatch: it is about tenant-1',
  });
  expect(answerTo(file, {signer: '0'.repeat(64)})).toMatchObject({
    failure_reason: `signer mismatch: ${signer}`,
  });
  expect(answerTo(plain, {signer})).toMatchObject({failure_reason: 'signer mismatch: it is not signed'});
  expect(answerTo(fileOf('export: whole'), {tenant: 'tenant-1'})).toMatchObject({
    failure_reason: 'tenant mismatch: it names no tenant',
  });
});

test('what a good answer leaves open is said', () => {
  const said = (name: string): string => {
    const verdict = verifyForeign(bytes(fileOf(name)));
    return verdict.at === 'judged' ? verdict.notProved.join('\n') : '';
  };
  expect(said('export: whole')).toMatch(/missing at the end[^]*not under the hashes/);
  expect(said('lineage: unsigned')).toContain('not signed');
  expect(said('lineage: signed')).toContain('compare the fingerprint');
  expect(said('export: fields with bars')).toContain('other fields would give the same hash');
});
