// The lines of a paragraph → the definitions that it begins with, and the words behind them.
import {skipBlanks} from '../chars.ts';
import {lineEnds, sourceOf} from '../content.ts';
import type {Content, Lines} from '../content.ts';
import {definition} from '../words/targets.ts';
import type {Definition} from '../tree.ts';

interface Read {
  readonly definitions: readonly Definition[];
  /** Undefined when there are only definitions. */
  readonly content: Content | undefined;
  /** Where the words begin in the file, and the line on which they end. */
  readonly start: number;
  readonly endLine: number;
}

/** Adds the keys of the definitions to `links`. */
export function readParagraph(lines: Lines, links: Set<string>): Read {
  const content = lines.content();
  const {src, to, pieces} = content;
  const definitions: Definition[] = [];
  let at = content.from;
  let line = content.line;
  while (at < to && src.charCodeAt(at) === 91) {
    const found = definition(src, at, to);
    if (found === undefined) break;
    const start = sourceOf(pieces, at);
    const end = sourceOf(pieces, found.end - 1) + 1;
    const endLine = line + lineEnds(src, at, found.end);
    definitions.push({type: 'definition', start, end, line, endLine, url: found.url});
    links.add(found.key);
    at = skipBlanks(src, found.end + 1, to);
    line = endLine + 1;
  }
  return {
    definitions,
    content: at >= to ? undefined : {...content, from: at, line},
    start: sourceOf(pieces, at),
    endLine: lines.line + lines.size - 1,
  };
}
