// JSON read strictly: what two readers could understand differently is refused and named with its place.

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

export type StrictJson =
  | {
      readonly at: 'read';
      readonly value: JsonValue;
      /** Some number is no plain integer, so that other languages may write it differently. */
      readonly oddNumbers: boolean;
    }
  | {readonly at: 'refused'; readonly why: string};

const maxDepth = 32;

class Refusal extends Error {}

const plainInteger = /^-?(0|[1-9]\d{0,15})$/;
const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Printable characters without quote and backslash, in one go.
const plainRun = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  #at = 0;
  oddNumbers = false;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#refuse('something follows the value');
    return value;
  }

  #refuse(why: string): never {
    throw new Refusal(`${why} (character ${this.#at})`);
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #value(depth: number): JsonValue {
    if (depth > maxDepth) this.#refuse(`more than ${maxDepth} levels deep`);
    this.#space();
    if (this.#take('{')) return this.#object(depth);
    if (this.#take('[')) return this.#array(depth);
    if (this.#take('"')) return this.#string();
    if (this.#take('true')) return true;
    if (this.#take('false')) return false;
    if (this.#take('null')) return null;
    return this.#number();
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    this.#space();
    if (this.#take('}')) return members;
    for (;;) {
      this.#space();
      if (!this.#take('"')) this.#refuse('a key is missing');
      const key = this.#string();
      if (members.has(key)) this.#refuse(`the key ${JSON.stringify(key)} is there twice`);
      this.#space();
      if (!this.#take(':')) this.#refuse('a colon is missing');
      members.set(key, this.#value(depth + 1));
      this.#space();
      if (this.#take('}')) return members;
      if (!this.#take(',')) this.#refuse('a comma or } is missing');
    }
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#space();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#take(']')) return items;
      if (!this.#take(',')) this.#refuse('a comma or ] is missing');
    }
  }

  #string(): string {
    let out = '';
    for (;;) {
      plainRun.lastIndex = this.#at;
      const run = plainRun.exec(this.#text)?.[0] ?? '';
      out += run;
      this.#at += run.length;
      if (this.#take('"')) break;
      if (!this.#take('\\')) this.#refuse('a string is not closed, or holds a control character');
      const letter = this.#text[this.#at] ?? '';
      this.#at += 1;
      out += letter === 'u' ? this.#unit() : (escapes[letter] ?? this.#refuse('an unknown escape'));
    }
    if (!out.isWellFormed()) this.#refuse('a string holds half of a surrogate pair');
    return out;
  }

  #unit(): string {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#refuse('\\u needs four hex digits');
    this.#at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  #number(): number {
    numberForm.lastIndex = this.#at;
    const text = numberForm.exec(this.#text)?.[0];
    if (text === undefined) this.#refuse('no value begins here');
    this.#at += text.length;
    const value = Number(text);
    if (!Number.isFinite(value)) this.#refuse('a number is too large');
    if (!plainInteger.test(text) || !Number.isSafeInteger(value) || text === '-0') this.oddNumbers = true;
    return value;
  }
}

/** Reads UTF-8 JSON. Refused: more than `maxBytes`, bytes that are no UTF-8, a byte order mark, duplicate keys, lone surrogates, deep nesting. */
export function readStrictJson(bytes: Uint8Array, maxBytes: number): StrictJson {
  if (bytes.length > maxBytes) {
    return {at: 'refused', why: `it has ${bytes.length} bytes, and ${maxBytes} is the most that is read`};
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    return {at: 'refused', why: 'it is not UTF-8'};
  }
  const reader = new Reader(text);
  try {
    return {at: 'read', value: reader.whole(), oddNumbers: reader.oddNumbers};
  } catch (error) {
    if (error instanceof Refusal) return {at: 'refused', why: `it is not strict JSON: ${error.message}`};
    throw error;
  }
}

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

/** The text of a member; empty when it is none. */
export function textAt(object: JsonObject, key: string): string {
  const value = object.get(key);
  return typeof value === 'string' ? value : '';
}

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
