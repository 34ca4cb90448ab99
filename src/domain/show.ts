// The one boundary that untrusted text passes before it reaches a terminal.
import {cellsOf, startThatFits} from './cells.ts';
import {isSure} from './sure-cells.ts';
import {textOf} from './utf8.ts';

declare const brand: unique symbol;

/** Text that is safe to print: no escape sequences, no control, C1, bidi, tag or hidden characters. Only this file makes it. */
export type Shown = string & {readonly [brand]: 'shown'};

/** Scripts in which ZWJ and ZWNJ change how letters join. */
const scripts =
  'Arabic Syriac Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar';
const letter = `[[[${scripts.replace(/\S+ ?/g, name => `\\p{Script=${name.trim()}}`)}]&&[\\p{L}\\p{M}]]--\\p{DI}]`;
const picture = '[\\p{Extended_Pictographic}&&\\p{Emoji}]';

/**
 * Everything that is marked. Joiners and emoji selectors stay where they join something and nowhere else, so that
 * nothing hides in them; widths count the parts (cells.ts), the most that any terminal draws.
 */
const makeUnsafe = (): RegExp =>
  new RegExp(
    [
      // A change of colour becomes one mark: honest output is full of them, and they hold nothing to read.
      '(?:\\u001b\\[|\\u009b)[0-9;:]*m',
      // Controls, surrogates, separators, invisible characters; not the signs of Arabic and Kaithi, which are visible.
      '[[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}\\p{Noncharacter_Code_Point}]' +
        '--[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}\\u200c\\u200d\\ufe0e\\ufe0f]]',
      `\\u200c(?!(?<=${letter}\\u200c)${letter})`,
      `\\u200d(?!(?<=${letter}\\u200d)${letter}|(?<=${picture}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?\\u200d)${picture})`,
      '[\\ufe0e\\ufe0f](?<![\\p{Emoji}--[0-9#*]][\\ufe0e\\ufe0f])(?!(?<=[0-9#*]\\ufe0f)\\u20e3)',
    ].join('|'),
    'gv',
  );

/** Compiled on first need: most text is plain and never needs it, and start-up must not wait for it. */
let unsafe: RegExp | undefined;

/** More marks than this on one letter are no language; they pile up over the lines above and below. */
const pile = /(\p{M}{8})(\p{M}+)/gu;

const named: Readonly<Record<number, string>> = {0x09: '⇥', 0x0a: '⏎', 0x7f: '␡', 0x9b: '␛'};

function mark(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  return (
    named[code] ??
    (code < 0x20 ? String.fromCodePoint(0x2400 + code) : `⟨${code.toString(16).toUpperCase()}⟩`)
  );
}

// An assertion function brands without a cast; `clean` is what makes it true.
function brandAs(_text: string): asserts _text is Shown {}

function clean(text: string): string {
  if (isSure(text)) return text;
  return text
    .replace(pile, (_, few: string, more: string) => few + Array.from(more, mark).join(''))
    .replace((unsafe ??= makeUnsafe()), mark);
}

/** One line of safe text: every unsafe character, newline included, becomes a visible mark. `show(show(x))` is `show(x)`. */
export function show(text: string): Shown {
  const out = clean(text);
  brandAs(out);
  return out;
}

/** Safe lines of a text: split at LF or CRLF, tabs as two spaces, the rest as `show`. */
export const showLines = (text: string): Shown[] =>
  text.split(/\r?\n/).map(line => show(line.replaceAll('\t', '  ')));

/** One line of safe text from raw bytes; bytes that are no UTF-8 become `⟨xHH⟩`. */
export const showBytes = (bytes: Uint8Array): Shown => show(textOf(bytes));

/** Safe lines from raw bytes, as `showLines`. */
export const showByteLines = (bytes: Uint8Array): Shown[] => showLines(textOf(bytes));

/** Template tag for our own sentences around untrusted values: the literals are ours, the values pass `show`. */
export function say(literals: TemplateStringsArray, ...values: readonly (string | number)[]): Shown {
  const out = literals.reduce(
    (before, literal, i) => before + literal + (i < values.length ? show(String(values[i])) : ''),
    '',
  );
  brandAs(out);
  return out;
}

/** At most `cells` terminal cells of it; what was cut shows as `…`. */
export function clip(text: Shown, cells: number): Shown {
  if (cellsOf(text) <= cells) return text;
  const out = cells < 1 ? '' : `${startThatFits(text, cells - 1)}…`;
  brandAs(out);
  return out;
}

/** JSON in one line that is safe on a terminal: what `show` would mark is \u-escaped, so it parses to the same value. */
export function showJson(value: unknown): Shown {
  const out = jsonOf(value).replace(invisible, escaped);
  brandAs(out);
  return out;
}

// The library's types forget that undefined has no JSON.
const jsonOf = (value: unknown): string => JSON.stringify(value === undefined ? null : value);

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{Noncharacter_Code_Point}]/gu;

const escaped = (found: string): string =>
  found.replace(/[^]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
