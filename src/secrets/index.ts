// Masking: declared secrets by value, well-known forms and assignments by how they look. Pure; imports only the domain.
import type {SecretFound} from '../domain/secret.ts';
import {assignments} from './assignments.ts';
import {Scan, placeholder, type Hit} from './scan.ts';
import {tableOf} from './table.ts';
import {tokens} from './tokens.ts';

export {shortestValue} from './forms.ts';

interface Declared {
  /** What stands in the placeholder; characters that could not stand there are replaced. */
  readonly name: string;
  readonly value: string | Uint8Array;
}

export interface MaskStream {
  /** What can be told so far; held back is only what could still become a secret. */
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

export interface Masker {
  /** The text with `[secret NAME]` for each secret; masking it again changes nothing. */
  text(text: string): string;
  /** The same array when there is nothing to mask. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Every string inside, in objects and lists; what holds none comes back as it is, the same object. */
  json<T>(value: T): T;
  /** The same result for any cut into chunks. */
  stream(): MaskStream;
  find(bytes: Uint8Array): readonly SecretFound[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {ignoreBOM: true});

const bytesOf = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? encoder.encode(value) : value;

/** Names may not end or begin a placeholder. */
const plainName = (name: string): string => name.replace(/[^\w.:/-]/g, '_').slice(0, 64);

/** `--password` and its like, whose value is the next word of a list. */
const flag = /^--?[\w-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key)$/i;

/** Short texts, such as names of fields and lines of output, come again and again; so many are remembered. */
const mostWords = 4_000;
const longestWord = 160;

/** Values shorter than four bytes are left out: they would take ordinary words out of texts. */
export function createMasker({values}: {readonly values: readonly Declared[]}): Masker {
  const table = tableOf({
    values: values.map(({name, value}) => ({name: plainName(name), value: bytesOf(value)})),
    patterns: [...tokens, ...assignments],
  });
  const bytes = (given: Uint8Array): Uint8Array => new Scan(table).whole(given);
  const scanned = (given: string): string => {
    const raw = encoder.encode(given);
    const masked = bytes(raw);
    return masked === raw || isSame(masked, raw) ? given : decoder.decode(masked);
  };
  const words = new Map<string, string>();
  const text = (given: string): string => {
    if (given.length > longestWord) return scanned(given);
    const known = words.get(given);
    if (known !== undefined) return known;
    const masked = scanned(given);
    if (words.size >= mostWords) words.clear();
    words.set(given, masked);
    return masked;
  };
  return {
    text,
    bytes,
    json: value => deep(value, text),
    stream: () => new Scan(table),
    find: given => {
      const found: SecretFound[] = [];
      new Scan(table, ({name, sure, at}: Hit) => found.push({what: name, at, sure})).whole(given);
      return found;
    },
  };
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** A copy with every string masked; the value itself where nothing changed. */
function deep<T>(value: T, text: (given: string) => string): T;
function deep(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const masked = list.map((item, i) => {
      const before = list[i - 1];
      const isValue = typeof before === 'string' && typeof item === 'string' && flag.test(before);
      const inner = deep(item, text);
      return isValue && inner === item && item.length > 0 && !/^[-<$[*]/.test(item)
        ? placeholder('argument')
        : inner;
    });
    return masked.every((item, i) => item === list[i]) ? list : masked;
  }
  if (!isPlain(value)) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const masked = entries.map(([key, item]) => [text(key), deep(item, text)] as const);
  const isClean = masked.every(([key, item], i) => key === entries[i]?.[0] && item === entries[i][1]);
  return isClean ? value : Object.fromEntries(masked);
}
