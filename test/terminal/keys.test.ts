import {describe, expect, test} from 'vitest';
import type {Key} from '../../src/define-screen.ts';
import {cutKeys} from '../../src/terminal/keys.ts';
import {guardInput, holdMs, pasteCap} from '../../src/terminal/input.ts';
import {fakeClock} from '../helpers/fakes.ts';

const names = (text: string, flush = true): readonly string[] =>
  cutKeys(text, flush).pieces.map(piece => (piece.at === 'key' ? piece.key.name : piece.at));

function guarded() {
  const clock = fakeClock();
  const keys: Key[] = [];
  const replies: string[] = [];
  const input = guardInput(clock, {
    onKey: key => void keys.push(key),
    onReply: text => void replies.push(text),
  });
  return {clock, keys, replies, input, names: () => keys.map(key => key.name)};
}

describe('cutting input into keys', () => {
  test.each([
    ['jjj', ['j', 'j', 'j']],
    ['y\r', ['y', 'enter']],
    ['\r\r', ['enter', 'enter']],
    ['\x1b[A\x1b[B\x1bOC', ['up', 'down', 'right']],
    ['\x1b[1;5C', ['ctrl-right']],
    ['\x1b[5~\x1b[6~\x1b[H\x1b[4~', ['pageup', 'pagedown', 'home', 'end']],
    ['\x03\x1a\x0c\x7f\t', ['ctrl-c', 'ctrl-z', 'ctrl-l', 'backspace', 'tab']],
    [' G:', ['space', 'G', ':']],
    ['漢é👩‍👩‍👧', ['漢', 'é', '👩‍👩‍👧']],
    ['\x1b[Z', ['shift-tab']],
    ['\x1bOP\x1b[15~', ['f1', 'f5']],
  ])('%j is one key after the other', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  test.each([
    ['colour reply', '\x1b]11;rgb:0000/0000/0000\x07'],
    ['colour reply with string end', '\x1b]11;rgb:0000/0000/0000\x1b\\'],
    ['device attributes', '\x1b[?62;22c'],
    ['status', '\x1b[0n'],
    ['cursor position', '\x1b[12;40R'],
    ['focus', '\x1b[I\x1b[O'],
    ['a mouse of the new kind', '\x1b[<0;10;10M'],
    ['device control string', '\x1bP1$r0m\x1b\\'],
  ])('a terminal reply is never a key: %s', (_name, text) => {
    expect(names(text).filter(name => name !== 'reply')).toEqual([]);
  });

  test('an old mouse report and an unknown sequence are dropped whole', () => {
    expect(names('\x1b[M !!j')).toEqual(['j']);
    expect(names('\x1b[99~j')).toEqual(['j']);
  });

  test('an unfinished sequence waits, and is given up as Esc when flushed', () => {
    expect(cutKeys('\x1b[')).toEqual({pieces: [], rest: '\x1b['});
    expect(names('\x1b')).toEqual(['escape']);
  });
});

describe('guarded input', () => {
  test('an arrow that the link broke in two is still an arrow', async () => {
    const {clock, input, names: seen} = guarded();
    input.push('\x1b');
    await clock.advance(holdMs - 20);
    input.push('[B');
    expect(seen()).toEqual(['down']);
  });

  test('a lone Esc arrives after the hold', async () => {
    const {clock, input, names: seen} = guarded();
    input.push('\x1b');
    expect(seen()).toEqual([]);
    await clock.advance(holdMs);
    expect(seen()).toEqual(['escape']);
  });

  test('a character of several bytes survives being broken in two', () => {
    const {input, names: seen} = guarded();
    const bytes = Buffer.from('é');
    input.push(bytes.subarray(0, 1));
    input.push(bytes.subarray(1));
    expect(seen()).toEqual(['é']);
  });

  test('pasted text is one piece, marked, and its newlines are no Enter', () => {
    const {input, keys} = guarded();
    input.push('\x1b[200~rm -rf /\r\ny');
    input.push('\r\x1b[201~j');
    expect(keys).toEqual([
      {name: 'paste', text: 'rm -rf / y ', pasted: true},
      {name: 'j', text: 'j', pasted: false},
    ]);
  });

  test('a paste that never ends is broken by Ctrl-C, and keys work again', () => {
    const {input, names: seen} = guarded();
    input.push('\x1b[200~abc');
    input.push('jk');
    expect(seen()).toEqual([]);
    input.push('\x03q');
    expect(seen()).toEqual(['ctrl-c', 'q']);
  });

  test('a paste is cut at its limit, however it is sent', () => {
    const {input, keys} = guarded();
    input.push('\x1b[200~');
    for (let i = 0; i < 100; i++) input.push('x'.repeat(1_000));
    input.push('\x1b[201~');
    expect(keys.map(key => key.text.length)).toEqual([pasteCap]);
  });

  test('replies go to the one who asked', () => {
    const {input, replies, keys} = guarded();
    input.push('\x1b[0n');
    expect(replies).toEqual(['\x1b[0n']);
    expect(keys).toEqual([]);
  });
});
