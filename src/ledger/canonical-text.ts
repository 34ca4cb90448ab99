// Values as canonical JSON (RFC 8785), checked on the way: what an entry may hold, in one walk.

const isAscii = /^[\x20-\x7e]*$/;
/** Printable ASCII without quote and backslash: well-formed, and written as it is. */
const isBare = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** A text as JSON; undefined for a lone surrogate. */
export function quoted(text: string): string | undefined {
  if (isBare.test(text)) return `"${text}"`;
  return text.isWellFormed() ? JSON.stringify(text) : undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A text, integer, boolean or null; undefined for what no entry may hold. RFC 8785 writes them as JSON.stringify does. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return value === null ? 'null' : undefined;
}

/** The canonical text of a value that nests at most `depth` brackets; undefined when `valueProblem` finds something. */
export function canonicalText(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return scalarText(value);
  if (depth === 0) return undefined;
  return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
}

function arrayText(list: readonly unknown[], depth: number): string | undefined {
  let text = '[';
  for (let i = 0; i < list.length; i++) {
    const inner = canonicalText(list[i], depth - 1);
    if (inner === undefined) return undefined;
    text += i === 0 ? inner : `,${inner}`;
  }
  return `${text}]`;
}

function isInOrder(members: readonly (readonly [string, unknown])[]): boolean {
  let before = '';
  for (const [key] of members) {
    if (key < before) return false;
    before = key;
  }
  return true;
}

function objectText(value: object, depth: number): string | undefined {
  if (!isPlain(value)) return undefined;
  let text = '{';
  // By UTF-16 code units, which are all ASCII here; the pairs of an object never have equal keys.
  const members = Object.entries(value);
  if (!isInOrder(members)) members.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, member] of members) {
    const inner = isAscii.test(key) ? canonicalText(member, depth - 1) : undefined;
    if (inner === undefined) return undefined;
    text += `${text === '{' ? '' : ','}${quoted(key) ?? ''}:${inner}`;
  }
  return `${text}}`;
}
