// Paths into JSON: `$`, `.name`, `["any name"]`, `[0]`, `[-1]`, `[*]`. Nothing that could run or hang.
import {isObject} from './json.ts';

type Segment = {readonly key: string} | {readonly index: number} | {readonly at: 'all'};

const token = /\.([A-Za-z_][\w-]*)|\[(-?\d{1,9})\]|\[\*\]|\.\*|\["((?:[^"\\]|\\.)*)"\]/y;

/** The segments of a path, or undefined where it is none. */
export function readPath(path: string): readonly Segment[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const segments: Segment[] = [];
  token.lastIndex = 1;
  while (token.lastIndex < path.length) {
    const found = token.exec(path);
    if (found === null) return undefined;
    const [, name, index, quoted] = found;
    if (name !== undefined) segments.push({key: name});
    else if (index !== undefined) segments.push({index: Number(index)});
    else if (quoted !== undefined) segments.push({key: quoted.replaceAll(/\\(.)/g, '$1')});
    else segments.push({at: 'all'});
  }
  return segments;
}

function step(value: unknown, segment: Segment): readonly unknown[] {
  if ('key' in segment)
    return isObject(value) && Object.hasOwn(value, segment.key) ? [value[segment.key]] : [];
  if ('index' in segment) {
    if (!Array.isArray(value)) return [];
    const list: readonly unknown[] = value;
    const found = list.at(segment.index);
    return found === undefined ? [] : [found];
  }
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** Every value that the path names, in order; `one` says whether it can name at most one. */
export function valuesAt(
  value: unknown,
  path: string,
): {readonly one: boolean; readonly values: readonly unknown[]} {
  const segments = readPath(path) ?? [];
  let values: readonly unknown[] = [value];
  for (const segment of segments) values = values.flatMap(each => step(each, segment));
  return {one: segments.every(segment => !('at' in segment)), values};
}
