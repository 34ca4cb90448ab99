// Text that would do something to a terminal, or to its reader, if it reached it as it is.
import {expect} from 'vitest';

export const attacks: readonly string[] = [
  // Sets the clipboard; the title; asks where the cursor is; leaves the alternate screen; clears.
  '\x1b]52;c;cm0gLXJmIC8=\x07',
  '\x1b]0;owned\x07',
  '\x1b]2;owned\x1b\\',
  '\x1b[6n',
  '\x1b[?1049l',
  '\x1b[2J\x1b[1;1H',
  '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
  '\x1bPq\x1b\\',
  '\x1b_Gi=1\x1b\\',
  '\x1bc',
  // The same in C1 controls, and an overwritten line.
  '\u009b31m',
  '\u009d0;owned\u009c',
  'rm -rf /\rls -l   ',
  'ab\b\bcd\x7f',
  // Read in another order than it runs, and what cannot be seen at all.
  'user\u202egnp.exe',
  '\u2066hidden\u2069',
  'in\u200bvisible\u2060\ufeff',
  '\u{e0041}\u{e0042}',
];

/** The same as HTML entities, which a Markdown parser turns into the characters themselves. */
export const asEntities = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, found => `&#${found.codePointAt(0) ?? 0};`);

/** The same in a JSON string. */
export const asJson = (text: string): string =>
  JSON.stringify(text).replace(/[\p{Cc}\p{Cf}]/gu, found =>
    Array.from(
      {length: found.length},
      (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

/** Controls except the end of a line, and what hides or turns the order; signs of Arabic and Kaithi can be seen. */
const raw =
  /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\r\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]/v;
/** A lone CR writes over the line before it. */
const overwriting = /\r(?!\r*\n)/;

/** Nothing of it but text and ends of lines: what a line-by-line command may print. */
export function expectPlain(text: string, where: string): void {
  const found = raw.exec(text) ?? overwriting.exec(text);
  expect(
    found === null ? '' : JSON.stringify(text.slice(Math.max(0, found.index - 80), found.index + 80)),
    where,
  ).toBe('');
}

/** What a screen is drawn with: moving, erasing, colours, whether the cursor shows, and whether it has arrived. */
const drawing = /\x1b\[(?:\d*(?:;\d+)*[A-HJKSTdfm]|\?(?:25|2026)[hl]|5n)/g;

export const expectDrawn = (text: string, where: string): void =>
  expectPlain(text.replace(drawing, ''), where);
