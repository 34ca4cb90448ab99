import fc from 'fast-check';
import {expect, test} from 'vitest';
import {concat, utf8} from '../../../src/ledger/bytes.ts';
import {notesIn} from '../../../src/ledger/bundle/notes-file.ts';
import {parseCheckpoint, signCheckpoint} from '../../../src/ledger/checkpoint.ts';
import {signerFrom} from '../../../src/ledger/note.ts';

const signer = signerFrom('quarterdeck/acme/bastion/0123456789abcdef', new Uint8Array(32).fill(7));
const root = new Uint8Array(32).fill(9);
const noteOf = (size: number): Uint8Array => utf8(signCheckpoint({size, root}, signer));
const texts = (bytes: Uint8Array): string[] => notesIn(bytes).map(note => Buffer.from(note).toString());

test('any number of notes written one after another come back with their bytes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(), fc.integer({min: 1, max: 4})), {minLength: 1, maxLength: 8}),
      wanted => {
        // More signature lines, as witnesses add them.
        const notes = wanted.map(([size, lines]) => {
          const note = Buffer.from(noteOf(size)).toString();
          return note + note.slice(note.indexOf('— ')).repeat(lines - 1);
        });
        expect(texts(utf8(notes.join('')))).toEqual(notes);
      },
    ),
  );
});

test('the pieces are the whole file, whatever it holds', () => {
  const pieces = fc.constantFrom('\n', '— ', 'a', '\n\n', '\n\n— a b\n', '\r');
  fc.assert(
    fc.property(
      fc.array(pieces).map(parts => parts.join('')),
      text => {
        expect(texts(utf8(text)).join('')).toBe(text);
      },
    ),
  );
});

test('what is no note does not vanish between good ones', () => {
  const bytes = concat([noteOf(1), utf8('scribble\n'), noteOf(2)]);
  expect(notesIn(bytes).map(note => 'problem' in parseCheckpoint(note))).toEqual([false, true]);
  const torn = concat([noteOf(1).subarray(0, 60), noteOf(2)]);
  expect(notesIn(torn).map(note => 'problem' in parseCheckpoint(note))).toEqual([true]);
  expect(texts(new Uint8Array())).toEqual(['']);
});
