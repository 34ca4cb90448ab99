import {expect, test} from 'vitest';
import {matching} from '../store/helpers.ts';
import {parseCheckpoint, signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {sha256} from '../../src/ledger/hash.ts';
import {isSigned, parseNote, parseSigner, parseVkey, signNote, signerFrom} from '../../src/ledger/note.ts';

// The example of the signed note specification.
const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const example =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

const signer = signerFrom('quarterdeck/acme/bastion/0011223344556677', new Uint8Array(32).fill(9));
const note = (text: string) => {
  const parsed = parseNote(Buffer.from(text));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

test('the example note of the specification verifies, and not after any change of its text', () => {
  const verifier = parseVkey(vkey);
  expect(verifier).toMatchObject({name: 'example.com/foo', id: '530d903a', vkey});
  const known = verifier === undefined ? [] : [verifier];
  expect(isSigned(note(example), known)).toBe(true);
  expect(isSigned(note(example.replace('an example', 'no example')), known)).toBe(false);
  expect(isSigned(note(example), [])).toBe(false);
});

test('a signature of an unknown key is ignored, a wrong one of a known key is not', () => {
  const text = 'hello\n';
  const good = signNote(text, signer);
  const stranger = signNote(text, signerFrom('somebody/else', new Uint8Array(32).fill(3)));
  const strangerLine = stranger.slice(text.length + 1);
  expect(isSigned(note(good + strangerLine), [signer])).toBe(true);
  const wrong = signNote('other\n', signer).slice('other\n'.length + 1);
  expect(isSigned(note(good + wrong), [signer])).toBe(false);
});

test('keys survive their text form, and a mangled one is refused', () => {
  expect(parseSigner(signer.text)?.vkey).toBe(signer.vkey);
  expect(parseVkey(signer.vkey)?.id).toBe(signer.id);
  expect(parseVkey(signer.vkey.replace(signer.id, '00000000'))).toBeUndefined();
  expect(parseVkey(signer.vkey.slice(0, -4))).toBeUndefined();
  expect(parseVkey('a b+00000000+AA==')).toBeUndefined();
  expect(parseSigner('')).toBeUndefined();
});

test('notes that are not as specified are refused with the reason', () => {
  const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
    [Buffer.from([0xff, 0xfe]), /UTF-8/],
    ['a\tb\n\n— x AAAAAAAA\n', /control/],
    ['no signatures\n', /signature block/],
    ['text\n\n- x AAAAAAAA\n', /signature line/],
    ['text\n\n— x AAAAAAA\n', /signature line/],
    [`text\n\n${'— x AAAAAAAA\n'.repeat(101)}`, /more than/],
  ];
  for (const [raw, reason] of cases) {
    expect(parseNote(typeof raw === 'string' ? Buffer.from(raw) : raw)).toEqual({
      problem: matching(reason),
    });
  }
});

test('a checkpoint holds origin, size and root, and nothing else is one', () => {
  const root = sha256('root');
  const raw = signCheckpoint({size: 4196, root}, signer);
  expect(raw.split('\n').slice(0, 3)).toEqual([signer.name, '4196', root.toString('base64')]);
  const parsed = parseCheckpoint(Buffer.from(raw));
  expect(parsed).toMatchObject({origin: signer.name, size: 4196, root});
  for (const [from, to] of [
    ['4196', '04196'],
    ['4196', '-1'],
    ['4196', '9007199254740993'],
    [root.toString('base64'), 'AAAA'],
  ] as const) {
    expect(parseCheckpoint(Buffer.from(raw.replace(from, to)))).toHaveProperty('problem');
  }
});

test('a name holds no white space of every sort that a language may know, and no plus', () => {
  const named = (name: string): unknown => parseNote(Buffer.from(`text\n\n— ${name} AAAAAAAA\n`));
  const refused = '\u007f\u0085\u00a0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000+';
  for (const letter of Array.from(refused)) expect(named(`a${letter}b`), letter).toHaveProperty('problem');
  expect(named('')).toHaveProperty('problem');
  // Not in the list, although some languages call them white space.
  for (const letter of Array.from('\ufeff\u180e\u200b\u0080'))
    expect(named(`a${letter}b`)).toHaveProperty('signatures');
});

test('what a note may not be: spare bits, short signatures, another dash, no end', () => {
  for (const line of [
    '— x AAAAAB==',
    '— x AAAA',
    '— x',
    '—  x AAAAAAAA',
    '- x AAAAAAAA',
    '— x AAAAAAAA ',
    '— x AAAA-_AA',
  ]) {
    expect(parseNote(Buffer.from(`text\n\n${line}\n`)), line).toHaveProperty('problem');
  }
  expect(parseNote(Buffer.from('text\n\n— x AAAAAAAA'))).toHaveProperty('problem');
  expect(parseNote(Buffer.from(`text\n\n${'— x AAAAAAAA\n'.repeat(64)}`))).toHaveProperty('signatures');
  expect(parseNote(Buffer.from(`text\n\n${'— x AAAAAAAA\n'.repeat(65)}`))).toHaveProperty('problem');
});

test('a key that is no strict point can be read, and nothing is signed by it', () => {
  const typed = Buffer.concat([Buffer.of(1), Buffer.alloc(32)]);
  const id = sha256(Buffer.concat([Buffer.from('x\n'), typed]))
    .toString('hex')
    .slice(0, 8);
  const weak = parseVkey(`x+${id}+${typed.toString('base64')}`);
  expect(weak).toMatchObject({id});
  const zero = Buffer.concat([Buffer.from(id, 'hex'), Buffer.alloc(64)]).toString('base64');
  expect(isSigned(note(`text\n\n— x ${zero}\n`), weak === undefined ? [] : [weak])).toBe(false);
});
