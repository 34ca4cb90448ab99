// Looks at the bytes of a site file before a YAML parser does: encoding, hidden characters, size and depth.
import {Lexer} from 'yaml';
import type {SiteProblem} from './problem.ts';

export const maxDepth = 32;
export const maxNodes = 100_000;
const maxTokens = 6 * maxNodes;

export const tooMany = `more than ${maxNodes} values in one file`;
export const tooDeep = `nested more than ${maxDepth} levels deep`;

/** The text of the file, or what keeps it from being parsed at all. */
export function guardedText(bytes: Uint8Array): string | readonly SiteProblem[] {
  const decoded = decode(bytes);
  if (typeof decoded !== 'string') return [decoded];
  const strange = strangeCharacters(decoded);
  if (strange.length > 0) return strange;
  const large = tooLarge(decoded);
  return large === undefined ? decoded : [large];
}

/**
 * The library recurses into what is nested and slows down with the square of its depth, so the tokens are counted
 * first: brackets, and dashes of one line.
 */
function tooLarge(text: string): SiteProblem | undefined {
  let tokens = 0;
  let offset = 0;
  let brackets = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?') dashes += 1;
    else if (token === '\n' || token === '\r\n') dashes = 0;
    if (brackets > maxDepth || dashes > maxDepth || tokens > maxTokens) {
      const before = text.slice(0, offset);
      return {
        line: before.split('\n').length,
        column: offset - before.lastIndexOf('\n'),
        message: tokens > maxTokens ? tooMany : tooDeep,
      };
    }
    // Marks that the lexer puts between the pieces of the text: BOM, document, flow end, scalar.
    if (!/^[\u0002\u0018\u001f\ufeff]$/.test(token)) offset += token.length;
  }
  return undefined;
}

function decode(bytes: Uint8Array): string | SiteProblem {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return {line: 1, column: 1, message: 'the file is UTF-16; save it as UTF-8'};
  }
  try {
    // A UTF-8 byte order mark is dropped.
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    const lines = splitAtNewlines(bytes);
    const bad = lines.findIndex(line => !isUtf8(line));
    return {
      line: bad + 1,
      column: 1,
      message: 'this line is not UTF-8 text',
      hint: 'Save the file as UTF-8.',
    };
  }
}

function splitAtNewlines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return [...lines, bytes.subarray(from)];
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', {fatal: true}).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Controls that YAML forbids, and direction marks that make a reviewer read something else than the program does. */
function strangeCharacters(text: string): SiteProblem[] {
  const strange =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  if (text.search(strange) === -1) return [];
  return text
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(strange)].slice(0, 3).map(found => {
        const code = found[0].charCodeAt(0);
        const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
        const what =
          code === 0
            ? 'a NUL byte'
            : code < 0xa0
              ? `the control character ${name}`
              : `the invisible direction mark ${name}`;
        return {line: i + 1, column: found.index + 1, message: `${what} does not belong in a site file`};
      }),
    )
    .slice(0, 20);
}
