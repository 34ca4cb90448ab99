// JSON text to its value, right also where V8 confuses keys that are written with a backslash.

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(?:[\t\n\r ]*:)?/g;
const keyWithEscape = (token: string): boolean => token.endsWith(':') && token.includes('\\');

/**
 * The value of a JSON text; throws a SyntaxError when it is none. After some `{"c\\":1}`, V8 reads the key of
 * `{"c\"":1}` as `c\` (nodejs/node#63785), with a reviver too: an entry would be judged by keys it does not have.
 * Only keys with an escape are read wrongly, so such a text is parsed with plain names and gets its keys back.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!text.includes('\\') || !(text.match(tokens) ?? []).some(keyWithEscape)) return value;
  const keys = new Map<string, string>();
  const renamed = text.replace(tokens, token => {
    if (!token.endsWith(':')) return token;
    const name = `k${keys.size}`;
    keys.set(name, String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1))));
    return `"${name}":`;
  });
  return withKeys(JSON.parse(renamed), keys);
}

function withKeys(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map(item => withKeys(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [keys.get(name) ?? name, withKeys(inner, keys)]),
  );
}
