// Names with wildcards: `*` and `?` inside one part of a path, `**` across parts. Matched in linear time.
import {readPattern} from '../../src/pattern.ts';

const escape = (text: string): string => text.replaceAll(/[\\^$.|+(){}[\]]/g, String.raw`\$&`);

function source(glob: string): string {
  const parts = glob.split(/(\*\*\/?|\*|\?)/);
  return parts
    .map(part => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      return part === '?' ? '[^/]' : escape(part);
    })
    .join('');
}

/** Whether a path (with `/`, relative) is one that any of these names. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.flatMap(glob => {
    const read = readPattern(`(?s)${source(glob)}`);
    return 'problem' in read ? [] : [read];
  });
  return path => patterns.some(({matches}) => matches(path));
}
