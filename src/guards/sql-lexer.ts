// SQL as tokens, for statements that no parser reads: quotes, comments and dollar quotes are known, dialects are not.

export interface SqlToken {
  readonly at: 'word' | 'name' | 'text' | 'mark' | 'body';
  /** A word as it stands; a quoted name or text without its quotes. */
  readonly text: string;
}

export interface SqlStatement {
  readonly tokens: readonly SqlToken[];
  readonly source: string;
  /** Where its first token stands in the text. */
  readonly pos: number;
  /** A quote or comment was not closed. */
  readonly isOpen: boolean;
}

const word = /[\p{L}_\uE000-\uE002][\p{L}\p{N}_$\uE000-\uE002]*/uy;

/** Statements of a text, each as tokens without its comments. `\` lines of psql and `.` lines of sqlite3 are left out. */
export function statementsIn(text: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  let from = 0;
  let isOpen = false;
  let first = 0;
  const finish = (end: number) => {
    if (tokens.length > 0) statements.push({tokens, source: text.slice(from, end), pos: first, isOpen});
    tokens = [];
    from = end + 1;
    isOpen = false;
  };
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (tokens.length === 0) first = at;
    if (/\s/.test(char)) at++;
    else if (char === ';') finish(at++);
    else if ((char === '-' && next === '-') || (char === '#' && next !== '>' && next !== '-'))
      at = after(text, '\n', at);
    else if (char === '/' && next === '*') {
      // MySQL runs what stands in /*! … */.
      if (text.charAt(at + 2) === '!') at = endOfNumber(text, at + 3);
      else at = afterComment(text, at);
    } else if (char === "'" || char === '"' || char === '`' || char === '[') {
      const close = char === '[' ? ']' : char;
      const quoted = quotedAt(text, at, close);
      isOpen ||= !quoted.closed;
      const isName = char !== "'";
      tokens.push({at: isName ? 'name' : 'text', text: quoted.text});
      at = quoted.end;
    } else if (char === '$' && /^\$\w*\$/.test(text.slice(at, at + 64))) {
      const tag = /^\$\w*\$/.exec(text.slice(at, at + 64))?.[0] ?? '$$';
      const end = text.indexOf(tag, at + tag.length);
      isOpen ||= end === -1;
      tokens.push({at: 'body', text: text.slice(at + tag.length, end === -1 ? text.length : end)});
      at = end === -1 ? text.length : end + tag.length;
    } else {
      word.lastIndex = at;
      const [found] = word.exec(text) ?? [];
      tokens.push(found === undefined ? {at: 'mark', text: char} : {at: 'word', text: found});
      at += found?.length ?? 1;
    }
  }
  finish(text.length);
  return statements;
}

const after = (text: string, what: string, from: number): number => {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at + what.length;
};

function endOfNumber(text: string, from: number): number {
  let at = from;
  while (/\d/.test(text.charAt(at))) at++;
  return at;
}

/** PostgreSQL's comments nest. */
function afterComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function quotedAt(text: string, from: number, close: string): {text: string; end: number; closed: boolean} {
  let inner = '';
  for (let at = from + 1; at < text.length; at++) {
    const next = text.indexOf(close, at);
    if (next === -1) break;
    inner += text.slice(at, next);
    if (text.charAt(next + 1) !== close || close === ']') return {text: inner, end: next + 1, closed: true};
    inner += close;
    at = next + 1;
  }
  return {text: inner, end: text.length, closed: false};
}
