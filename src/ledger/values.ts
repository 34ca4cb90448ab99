// What a value inside an entry may be: well-formed strings, safe integers, booleans, null, arrays, plain objects.

const isAscii = (key: string): boolean => /^[\x20-\x7e]*$/.test(key);

/** What is wrong with a value that is no array or object; undefined when nothing is. */
export function scalarProblem(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : 'is not well-formed text (a lone surrogate)';
    case 'number':
      return Number.isSafeInteger(value) ? undefined : `is ${String(value)}, not a safe integer`;
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : 'is not a plain object';
    case 'undefined':
      return 'is undefined; a field that does not apply must be absent';
    case 'bigint':
    case 'symbol':
    case 'function':
      return `is a ${typeof value}`;
  }
}

const escaped = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The first thing wrong with a value, with its RFC 6901 pointer; undefined when it may be hashed. Brackets nest at most `maxDepth` deep. */
export function valueProblem(root: unknown, pointer: string, maxDepth = Infinity): string | undefined {
  const open: {value: unknown; at: string; depth: number}[] = [{value: root, at: pointer, depth: 0}];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const {value, at, depth} = next;
    if (depth >= maxDepth && typeof value === 'object' && value !== null) {
      return `${pointer === '' ? 'it' : pointer} is nested deeper than ${maxDepth} levels`;
    }
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) open.push({value: value[i], at: `${at}/${i}`, depth: depth + 1});
    } else if (typeof value === 'object' && value !== null && isPlain(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (!isAscii(key)) return `${at} has the key ${JSON.stringify(key)}, which is not printable ASCII`;
        open.push({value: inner, at: `${at}/${escaped(key)}`, depth: depth + 1});
      }
    } else {
      const problem = scalarProblem(value);
      if (problem !== undefined) return `${at === '' ? '/' : at} ${problem}`;
    }
  }
  return undefined;
}
