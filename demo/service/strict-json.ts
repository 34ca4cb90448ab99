// JSON as evidence must be: no key twice, so that every reader sees the same.
import {HttpFailure} from '../shared/http.ts';
import {messageOf} from '../shared/text.ts';

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The first key that some object of a valid JSON text has twice. */
function doubledKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = String(JSON.parse(last));
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
    last = token;
  }
  return undefined;
}

/** VALIDATION_ERROR for what is not UTF-8, not JSON, or has a key twice. */
export function strictJson(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    const value: unknown = JSON.parse(text);
    const doubled = doubledKey(text);
    if (doubled === undefined) return value;
    throw new HttpFailure(400, 'VALIDATION_ERROR', `The key "${doubled}" is there twice.`);
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    throw new HttpFailure(400, 'VALIDATION_ERROR', `The body is not strict JSON: ${messageOf(error)}`);
  }
}
