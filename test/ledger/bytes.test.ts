import fc from 'fast-check';
import {expect, test} from 'vitest';
import {concat, equal, fromBase64, fromHex, hexOf, textOf, toBase64, utf8} from '../../src/ledger/bytes.ts';

test('hex and base64 say what Buffer says, and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 70}), bytes => {
      expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromHex(hexOf(bytes))).toEqual(bytes);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

test('base64 is read only in its one canonical form', () => {
  fc.assert(
    fc.property(fc.string({unit: fc.constantFrom(...Array.from('ABQg+/=-_ \n')), maxLength: 9}), text => {
      const bytes = fromBase64(text);
      const lax = Buffer.from(text, 'base64');
      expect(bytes !== undefined).toBe(lax.toString('base64') === text);
    }),
    {numRuns: 2000},
  );
  for (const text of ['QQ=', 'QQ', 'QR==', 'QUJ=', '====', '=', 'Q===', 'QQ==\n', ' QQ==', 'QQ==QQ==']) {
    expect(fromBase64(text), text).toBeUndefined();
  }
});

test('hex is lowercase and of even length', () => {
  for (const text of ['A0', '0', 'g0', '0x', ' 00']) expect(fromHex(text), text).toBeUndefined();
});

test('text is strict UTF-8, and a byte order mark is a character', () => {
  expect(textOf(utf8('\ufeffä€'))).toBe('\ufeffä€');
  expect(textOf(Uint8Array.of(0xc0, 0x80))).toBeUndefined();
  expect(textOf(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
});

test('joining and comparing', () => {
  expect(concat([utf8('ab'), utf8(''), utf8('c')])).toEqual(utf8('abc'));
  expect(equal(utf8('ab'), utf8('ab'))).toBe(true);
  expect(equal(utf8('ab'), utf8('ac'))).toBe(false);
  expect(equal(utf8('ab'), utf8('abc'))).toBe(false);
});
