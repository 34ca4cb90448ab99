import {expect, test} from 'vitest';
import {canDraw, colourLevel, wantsAscii, withColour} from '../../src/terminal/appearance.ts';
import {createArming} from '../../src/terminal/arming.ts';
import {clipboard} from '../../src/terminal/clipboard.ts';

test.each([
  [{TERM: 'xterm-256color'}, '1'],
  [{TERM: 'xterm-256color', NO_COLOR: '1'}, '0'],
  [{TERM: 'xterm-256color', NO_COLOR: ''}, '1'],
  [{TERM: 'dumb'}, '0'],
  [{}, '0'],
  [{TERM: 'xterm', CI: ''}, '1'],
  [{TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '3'}, '1'],
  [{TERM: 'xterm', FORCE_COLOR: '0'}, '0'],
])('colours for %j: %s', (env, level) => {
  expect(colourLevel(env)).toBe(level);
});

test.each([
  [{LANG: 'C.UTF-8', TERM: 'xterm'}, false],
  [{LANG: 'de_DE.utf8', TERM: 'xterm'}, false],
  [{LANG: 'C.UTF-8', LC_ALL: 'C', TERM: 'xterm'}, true],
  [{TERM: 'xterm'}, true],
  [{LANG: 'C.UTF-8', TERM: 'linux'}, true],
  [{LANG: 'C', TERM: 'xterm', QUARTERDECK_ASCII: '0'}, false],
  [{LANG: 'C.UTF-8', TERM: 'xterm', QUARTERDECK_ASCII: '1'}, true],
])('ASCII signs for %j: %s', (env, isAscii) => {
  expect(wantsAscii(env)).toBe(isAscii);
});

test('the colour variable is set only while the library loads', async () => {
  const env: Record<string, string | undefined> = {TERM: 'xterm'};
  const during = await withColour(env, () => Promise.resolve(env['FORCE_COLOR']));
  expect([during, 'FORCE_COLOR' in env]).toEqual(['1', false]);
});

test('a key confirms only after the dialog could have been read', () => {
  const arming = createArming();
  expect(arming.isArmed('a', 0)).toBe(false);
  expect(arming.painted('a', 1_000)).toBe(true);
  expect(arming.painted('a', 1_100)).toBe(false);
  expect([1_000, 1_399, 1_400].map(at => arming.isArmed('a', at))).toEqual([false, false, true]);
  expect(arming.isArmed('b', 9_000)).toBe(false);
  expect(arming.shownAtMs(9_999)).toBe(1_000);
});

test('on a slow link it waits for the round trip and a quarter of a second', () => {
  const arming = createArming();
  arming.painted('a', 0);
  arming.replied(900);
  expect([1_149, 1_150].map(at => arming.isArmed('a', at))).toEqual([false, true]);
  arming.painted('b', 2_000);
  expect(arming.isArmed('b', 2_600), 'the terminal answered before, and has not shown this one yet').toBe(
    false,
  );
  arming.replied(2_100);
  expect([2_399, 2_400].map(at => arming.isArmed('b', at))).toEqual([false, true]);
  arming.painted('c', 3_000);
  expect(
    [12_999, 13_000].map(at => arming.isArmed('c', at)),
    'a terminal that stopped answering',
  ).toEqual([false, true]);
});

test('copying says honestly that nobody knows whether it arrived', () => {
  const sent = clipboard('a\nb');
  expect(sent.sequence).toBe(`\x1b]52;c;${Buffer.from('a\nb').toString('base64')}\x07`);
  expect(sent.lines).toEqual(['a', 'b']);
  expect(sent.note).toContain('Nobody says whether it arrived');
  const long = clipboard('x'.repeat(100_000));
  expect(long.sequence).toBe('');
  expect(long.note).toContain('Too long');
});

test.each([
  [{TERM: 'xterm'}, true],
  [{TERM: 'dumb'}, false],
  [{}, false],
  [{TERM: 'xterm', INK_SCREEN_READER: 'true'}, false],
])('a drawn screen is of use with %j: %s', (env, isDrawn) => {
  expect(canDraw(env)).toBe(isDrawn);
});
