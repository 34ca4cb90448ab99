// The one boundary that untrusted text passes before it reaches a terminal.

declare const brand: unique symbol;

/** Text that is safe to print: no escape sequences, no control, C1, bidi or tag characters. Only this file makes it. */
export type Shown = string & {readonly [brand]: 'shown'};

const named: Record<number, string> = {
  0x09: '⇥',
  0x0a: '⏎',
  0x0d: '␍',
  0x1b: '␛',
  0x07: '␇',
  0x08: '␈',
  0x00: '␀',
};

function isUnsafe(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0x00ad ||
    code === 0x061c ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe0000 && code <= 0xe007f)
  );
}

const mark = (code: number): string =>
  named[code] ?? (code < 0x20 ? String.fromCodePoint(0x2400 + code) : `⟨${code.toString(16).toUpperCase()}⟩`);

/** One line of safe text: every unsafe character, newline included, becomes a visible mark. */
export function show(text: string): Shown {
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    out += isUnsafe(code) ? mark(code) : char;
  }
  return out as Shown;
}

/** Safe lines of a text: split at LF or CRLF, tabs as two spaces, the rest as `show`. */
export const showLines = (text: string): Shown[] =>
  text.split(/\r?\n/).map(line => show(line.replaceAll('\t', '  ')));

/** Template tag for our own sentences around untrusted values: the literals are ours, the values pass `show`. */
export function say(literals: TemplateStringsArray, ...values: readonly (string | number)[]): Shown {
  return literals.reduce(
    (out, literal, i) => out + literal + (i < values.length ? show(String(values[i])) : ''),
    '',
  ) as Shown;
}
