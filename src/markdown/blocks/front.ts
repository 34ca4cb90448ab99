// Front matter at the very beginning of a file: YAML between `---`, TOML between `+++`.
import {skipBlanks} from '../chars.ts';
import type {FrontMatter} from '../tree.ts';

/** The front matter, or undefined when there is none or it is never closed. */
export function frontMatter(text: string): FrontMatter | undefined {
  const type = text.startsWith('---') ? 'yaml' : text.startsWith('+++') ? 'toml' : undefined;
  if (type === undefined) return undefined;
  const mark = type === 'yaml' ? '---' : '+++';
  const open = text.indexOf('\n');
  if (open < 0 || !isMark(text, 0, open, mark)) return undefined;
  let endLine = 2;
  for (let start = open + 1; start < text.length; endLine++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (isMark(text, start, end, mark))
      return {
        type,
        start: 0,
        end,
        line: 1,
        endLine,
        value: text.slice(open + 1, Math.max(open + 1, start - 1)),
      };
    start = end + 1;
  }
  return undefined;
}

/** Three marks and nothing else. */
const isMark = (text: string, from: number, to: number, mark: string): boolean =>
  text.startsWith(mark, from) && skipBlanks(text, from + 3, to) >= to;
