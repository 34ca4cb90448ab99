// Kinds of characters, by code unit, as CommonMark names them.

export const tab = 9;
export const newline = 10;
export const space = 32;

const whitespace = /\s/;
const punctuation = /[\p{P}\p{S}]/u;

/** 0 for letters and the like, 1 for white space and the edges of a text, 2 for punctuation. */
export type Kind = 0 | 1 | 2;

const kindOf = (code: number): Kind => {
  const char = String.fromCharCode(code);
  return whitespace.test(char) ? 1 : punctuation.test(char) ? 2 : 0;
};

const ascii: readonly Kind[] = Array.from({length: 128}, (_, code) => kindOf(code));

/** The kind of a code unit; `NaN`, what `charCodeAt` gives outside a text, is white space. */
export const classify = (code: number): Kind =>
  code < 128 ? (ascii[code] ?? 1) : Number.isNaN(code) ? 1 : kindOf(code);

export const isBlank = (code: number): boolean => code === space || code === tab;

export const isSpace = (code: number): boolean => code === space || code === newline || code === tab;

export const isPunctuation = (code: number): boolean => code < 128 && ascii[code] === 2;

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isLetter = (code: number): boolean => {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
};

export const isAlphanumeric = (code: number): boolean => isLetter(code) || isDigit(code);

export const isControl = (code: number): boolean => code < 32 || code === 127;

/** Where white space (blanks and line ends) ends. */
export function skipSpace(text: string, at: number, to: number): number {
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Where blanks end. */
export function skipBlanks(text: string, at: number, to: number): number {
  while (at < to && isBlank(text.charCodeAt(at))) at++;
  return at;
}
