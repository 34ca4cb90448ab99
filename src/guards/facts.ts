// What a text would do, as far as guards ask: the facts that reading a command or a statement gives.
import {hole, readable, star} from './overlap.ts';

/** Texts may hold the marks of overlap.ts. `shown` is what a refusal quotes. */
export type Fact =
  /** A simple command, wrappers taken off: the program and its arguments. */
  | {
      readonly at: 'command';
      readonly words: readonly string[];
      /** Set where it is there to start another command, which is a fact of its own. */ readonly starts?: true;
      readonly cwd?: string;
      readonly shown: string;
    }
  | {readonly at: 'assign'; readonly name: string; readonly value: string; readonly shown: string}
  /** A file that is written, moved or removed; `deep`: with everything beneath it. */
  | {readonly at: 'write'; readonly path: string; readonly deep: boolean; readonly shown: string}
  | {readonly at: 'sql'; readonly verb: string; readonly table: Table; readonly shown: string}
  /** It cannot be told what this does. */
  | {readonly at: 'doubt'; readonly why: string; readonly shown: string};

export interface Table {
  readonly schema?: string;
  readonly name: string;
}

/** Facts are handed over one by one, so that a large text needs no large list. */
export type Emit = (fact: Fact) => void;

const longest = 500;

/** For a refusal: the text on one line, gaps as they would be written, cut where it is long. */
export function quote(text: string): string {
  const head = readable(text.slice(0, longest + 1))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return head.length > longest || text.length > longest + 1 ? `${head.slice(0, longest - 1)}…` : head;
}

/** `/a/./b/../c//d/` → `/a/c/d`; relative ones stay relative. Marks and names are kept. */
export function normalPath(path: string): string {
  if (!path.includes('/')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..' && last !== hole && !last.includes(star)) {
      parts.pop();
    } else if (part !== '..' || !path.startsWith('/') || parts.length > 0) parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
