// The forms in which a secret is likely to be printed: as it is, and as encodings and quotings turn it.

/** One form of one value. `wraps`: base64, which may be broken into lines. */
export interface Needle {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly wraps: boolean;
}

/** A shorter value would take ordinary words out of texts, and is no secret worth the name. */
export const shortestValue = 4;
/** Of a value with several lines, lines of at least this many bytes are secret by themselves. */
const shortestLine = 8;
/** Less of a base64 text than this says nothing. */
const shortestBase64 = 5;

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', {fatal: true});

/** Every form of a value, without doubles; nothing for one that is too short. */
export function formsOf(name: string, value: Uint8Array): Needle[] {
  if (value.length < shortestValue) return [];
  const found = new Map<string, Needle>();
  const add = (bytes: Uint8Array, wraps = false): void => {
    const key = `${wraps}${binary(bytes)}`;
    if (bytes.length >= shortestValue && !found.has(key)) found.set(key, {name, bytes, wraps});
  };
  for (const part of [value, ...linesOf(value)]) {
    const text = textOf(part);
    add(part);
    for (const form of text === undefined ? [] : quotings(text)) add(encoder.encode(form));
    const hex = Array.from(part, byte => byte.toString(16).padStart(2, '0')).join('');
    add(encoder.encode(hex));
    add(encoder.encode(hex.toUpperCase()));
    for (const form of base64s(part)) add(encoder.encode(form), true);
  }
  return [...found.values()];
}

/** Bytes as a string of code units 0 to 255. */
const binary = (bytes: Uint8Array): string => {
  let out = '';
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
};

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function linesOf(value: Uint8Array): Uint8Array[] {
  if (!value.includes(0x0a)) return [];
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i <= value.length; i += 1) {
    if (i < value.length && value[i] !== 0x0a) continue;
    const line = value.subarray(from, i > from && value[i - 1] === 0x0d ? i - 1 : i);
    // The frame of a PEM block is no secret, and stands in every other one too.
    if (line.length >= shortestLine && !binary(line).startsWith('-----')) lines.push(line);
    from = i + 1;
  }
  return lines;
}

/** What JSON, URLs, shells, HTML and Python make of it. */
function quotings(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[\u0080-\uffff]/g, unicode);
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const url = urlOf(text);
  return [
    json,
    ascii,
    json.replaceAll('/', String.raw`\/`),
    json.replace(/[<>&]/g, unicode),
    JSON.stringify(json).slice(1, -1),
    ...url.flatMap(form => [form, form.replace(/%[0-9A-F]{2}/g, hex => hex.toLowerCase())]),
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$`\\]/g, String.raw`\$&`),
    text.replace(/[^\w@%+=:,./\n-]/g, String.raw`\$&`),
    text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`),
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  ];
}

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function urlOf(text: string): string[] {
  // A lone surrogate cannot be here: the text was decoded from bytes.
  const loose = encodeURIComponent(text);
  const all = loose.replace(/[!'()*~]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const path = encodeURI(text);
  // One segment of a path (RFC 3986, pchar): what would end it is escaped, what may stand in it is not.
  const segment = path.replace(/[/?#]/g, encodeURIComponent);
  return [loose, all, path, segment].flatMap(form => [form, form.replaceAll('%20', '+')]);
}

/**
 * Base64 of the value standing alone, at the end of something, and inside something at each of the three alignments
 * (only the characters that depend on nothing but the value); with both alphabets, with and without padding.
 */
function base64s(value: Uint8Array): string[] {
  const found: string[] = [];
  for (const before of [0, 1, 2]) {
    const padded = new Uint8Array(before + value.length);
    padded.set(value, before);
    const whole = btoa(binary(padded));
    const from = Math.ceil((before * 8) / 6);
    const bare = whole.replace(/=+$/, '');
    found.push(whole.slice(from), bare.slice(from), whole.slice(from, Math.floor((padded.length * 8) / 6)));
  }
  const long = found.filter(form => form.length >= shortestBase64);
  const safe = long.map(form => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...long, ...safe, ...long.map(encodeURIComponent)])];
}
