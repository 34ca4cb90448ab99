// The canonical JSON of the services whose evidence is read here: keys sorted by code point, no spaces, no ASCII escapes.
import {createHash} from 'node:crypto';
import {isList, isObject, type JsonObject, type JsonValue} from './strict-json.ts';

// By code points, as Python sorts; JavaScript's own order is by UTF-16 units and differs above U+FFFF.
function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, char => char.codePointAt(0) ?? 0);
  const right = Array.from(b, char => char.codePointAt(0) ?? 0);
  for (const [index, code] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (code !== other) return code - other;
  }
  return left.length - right.length;
}

export function canonical(value: JsonValue): string {
  if (isObject(value)) {
    const keys = [...value.keys()].sort(byCodePoint);
    return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value.get(key) ?? null)}`).join(',')}}`;
  }
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  return JSON.stringify(value);
}

/** The object without one member. */
export function without(object: JsonObject, key: string): JsonObject {
  const rest = new Map(object);
  rest.delete(key);
  return rest;
}

/** Lowercase hex SHA-256. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
