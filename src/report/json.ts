// Reading parsed entries of any shape: members, sorted keys, canonical JSON, and where commitments stand.

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that the object itself has; `{}` for what is no object. */
export const member = (of: unknown, key: string): unknown =>
  isFields(of) && Object.hasOwn(of, key) ? of[key] : undefined;

export const textIn = (of: unknown, key: string): string | undefined => {
  const value = member(of, key);
  return typeof value === 'string' ? value : undefined;
};

export const numberIn = (of: unknown, key: string): number | undefined => {
  const value = member(of, key);
  return typeof value === 'number' ? value : undefined;
};

/** Keys in the order of a canonical line; a parsed object gives keys that look like numbers first. Keys are ASCII. */
export const keysOf = (of: Fields): string[] => Object.keys(of).sort();

/** Canonical JSON (RFC 8785) of a value without floats. */
export function jsonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (isFields(value))
    return `{${keysOf(value)
      .map(key => `${JSON.stringify(key)}:${jsonOf(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null);
}

const sdForm = /^[0-9a-f]{64}$/;

/** Whether an object is a commitment: it has `sd`, 64 lowercase hex digits. */
export const isCommitment = (value: unknown): value is Fields => sdForm.test(textIn(value, 'sd') ?? '');

const escapedKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** RFC 6901 pointer of a member. */
export const pointerTo = (ptr: string, key: string | number): string => `${ptr}/${escapedKey(String(key))}`;

export interface Commitment {
  readonly ptr: string;
  readonly fields: Fields;
}

/** Every commitment in a value, an object before its members, members in the order of `keysOf`, items in theirs. */
export function* commitmentsIn(value: unknown, ptr: string): Generator<Commitment, void> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* commitmentsIn(item, pointerTo(ptr, i));
    return;
  }
  if (!isFields(value)) return;
  if (isCommitment(value)) yield {ptr, fields: value};
  for (const key of keysOf(value)) yield* commitmentsIn(value[key], pointerTo(ptr, key));
}
