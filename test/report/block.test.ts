// Values as people see them: lines, blocks, binary, cut, and how long.
import {expect, test} from 'vitest';
import {lookOfBytes, lookOfCommand, lookOfText} from '../../src/report/block.ts';
import {duration, lengthOf, startOf, utf8Length} from '../../src/report/text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const look = (text: string, cut = ''): unknown => lookOfBytes(bytes(text), cut);

test('a short line stands on its line, with or without its line feed', () => {
  expect(look('done\n')).toEqual({line: 'done'});
  expect(look('done')).toEqual({line: 'done'});
  expect(look('')).toEqual({line: '(empty)'});
  expect(look('\n')).toEqual({line: '(empty)'});
  expect(look('\n\n')).toMatchObject({block: {head: '2 lines, 2 bytes', first: ['', '']}});
});

test('the length of a line is counted in characters, not in bytes or units', () => {
  expect(look('𝒳'.repeat(120))).toHaveProperty('line');
  expect(look('𝒳'.repeat(121))).toMatchObject({block: {head: '1 line, 484 bytes'}});
});

test('250 lines are all shown, of 251 one is left out', () => {
  const lines = Array.from({length: 251}, (_, i) => `l${i}`);
  expect(look(lines.slice(1).join('\n'))).toMatchObject({block: {left: 0, last: []}});
  const {block} = lookOfBytes(bytes(lines.join('\r\n')), '') as unknown as {
    block: {first: string[]; last: string[]; left: number};
  };
  expect(block.left).toBe(1);
  expect([block.first.length, block.first[199], block.last[0], block.last.length]).toEqual([
    200,
    'l199',
    'l201',
    50,
  ]);
});

test('a line of more than 1000 characters says how many more there are', () => {
  expect(look(`${'ä'.repeat(1001)}\n`)).toMatchObject({
    block: {first: [`${'ä'.repeat(1000)}… (1 more character)`]},
  });
});

test('what is no strict UTF-8, or holds a NUL, is binary', () => {
  const binary = {line: 'binary, 3 bytes, first 64 as hex: eda080'};
  expect(lookOfBytes(Uint8Array.of(0xed, 0xa0, 0x80), '')).toEqual(binary);
  expect(lookOfBytes(Uint8Array.of(0), '')).toEqual({line: 'binary, 1 byte, first 64 as hex: 00'});
  expect(lookOfBytes(Uint8Array.of(0xc3), '')).toHaveProperty('line');
  const big = new Uint8Array(65_537).fill(97);
  big[65_536] = 0xff;
  expect(lookOfBytes(big, '')).toHaveProperty(
    'line',
    expect.stringMatching(/^binary, 65537 bytes, .*(61){64}$/),
  );
});

test('a character may lie across the pieces in which a value is decoded', () => {
  expect(lookOfBytes(bytes(`${'a'.repeat(65_535)}é\n`), '')).toHaveProperty('block');
});

test('a cut value says how much of it was kept', () => {
  expect(look('a', ', cut: 1 of 5 bytes were kept')).toMatchObject({
    block: {head: '1 line, 1 byte, cut: 1 of 5 bytes were kept'},
  });
});

test('a command reads as a shell would take it', () => {
  expect(lookOfCommand(['ls', '-l', "it's", ''])).toEqual({line: `ls -l 'it'\\''s' ''`});
  expect(lookOfCommand(['sh', '-c', 'a\nb'])).toMatchObject({block: {first: ["sh -c 'a", "b'"]}});
});

test('a tab stays in a block and is shown on a line', () => {
  expect(lookOfText('a\tb')).toEqual({line: 'a\\u{9}b'});
  expect(lookOfText('a\tb\n')).toMatchObject({block: {first: ['a\tb']}});
});

test('lengths and starts count characters', () => {
  expect([lengthOf('a𝒳é'), startOf('a𝒳é', 2), startOf('', 5)]).toEqual([3, 'a𝒳', '']);
  for (const text of ['', 'a', 'é', '€', '𝒳', 'a€𝒳\u07ff\u0800\uffff'])
    expect(utf8Length(text)).toBe(bytes(text).length);
});

test('durations are whole numbers of the two or three units that matter', () => {
  const said = [0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, Number.MAX_SAFE_INTEGER].map(duration);
  expect(said).toEqual([
    '0 ms',
    '999 ms',
    '1.000 s',
    '59.999 s',
    '1 min 0 s',
    '59 min 59 s',
    '1 h 0 min 0 s',
    '2501999792 h 59 min 0 s',
  ]);
});
