// Text of strangers made safe and short: what cannot be seen becomes visible, what is long is cut, nothing depends on a locale.

/**
 * Characters that are shown as `\u{hex}`: controls, soft hyphen and other invisible ones, bidi and format characters,
 * variation selectors, tags, noncharacters, lone surrogates. An explicit list, so that no Unicode version matters.
 */
const unseen =
  /[\0-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{e0000}-\u{e0fff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}]/gu;

/** A change of colour, as terminals write it: one mark, since honest output is full of them and they say nothing. */
const colour = /\x1b\[[0-9;:]*m/g;

const plain = /^[\x20-\x7e]*$/;
const ascii = /^[\0-\x7f]*$/;

const escaped = (found: string): string => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;

/** One line, every unseen character as `\u{hex}` (tab and line feed too), a change of colour as `\e`. */
export const shown = (text: string): string =>
  plain.test(text) ? text : text.replace(colour, '\\e').replace(unseen, escaped);

/** As `shown`, with tabs as they are: for lines that stand in a block. */
export const shownLine = (text: string): string =>
  plain.test(text) ? text : text.split('\t').map(shown).join('\t');

/** Unicode code points of a well-formed string. */
export function lengthOf(text: string): number {
  let low = 0;
  for (let i = 0; i < text.length; i += 1) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) low += 1;
  return text.length - low;
}

/** The first `most` code points. */
export function startOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let at = 0;
  for (let n = 0; n < most && at < text.length; n += 1)
    at += (text.charCodeAt(at) & 0xfc00) === 0xd800 ? 2 : 1;
  return text.slice(0, at);
}

/** At most `most` code points of the raw text on one line, shown; what is cut ends in `…`, nothing is `(empty)`. */
export function inline(text: string, most = 200): {readonly text: string; readonly cut: boolean} {
  if (text === '') return {text: '(empty)', cut: false};
  const start = startOf(text, most);
  const cut = start.length < text.length;
  return {text: shown(start) + (cut ? '…' : ''), cut};
}

/** Length in UTF-8 of a well-formed string. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  if (ascii.test(text)) return bytes;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit & 0xf800) !== 0xd800 ? 2 : 1;
  }
  return bytes;
}

/** Whole milliseconds as people read them: `850 ms`, `2.034 s`, `3 min 5 s`, `1 h 0 min 9 s`; whole numbers only. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const s = (ms - (ms % 1000)) / 1000;
  if (s < 60) return `${s}.${String(ms % 1000).padStart(3, '0')} s`;
  const min = (s - (s % 60)) / 60;
  if (min < 60) return `${min} min ${s % 60} s`;
  return `${(min - (min % 60)) / 60} h ${min % 60} min ${s % 60} s`;
}

/** `1 line`, `2 lines`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
