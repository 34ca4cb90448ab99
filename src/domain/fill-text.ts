// Values put where placeholders stand in texts that are not shell: addresses, headers, bodies, statements, queries.
// Each knows how its language quotes, so that a value can only ever be a value there.
import type {Values} from './variables.ts';

/** Placeholders (without brackets) with their variables. */
export type Fills = Readonly<Record<string, string>>;

export type Filled = {readonly text: string} | {readonly problem: string};

type Piece = {readonly text: string} | {readonly name: string; readonly value: string};

/** The text cut at its placeholders; a value is never looked through for further placeholders. */
export function pieces(text: string, fills: Fills, values: Values): readonly Piece[] {
  const names = Object.keys(fills).sort((a, b) => b.length - a.length);
  if (names.length === 0) return [{text}];
  const pattern = new RegExp(`<(${names.map(escaped).join('|')})>`, 'g');
  const out: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const name = fills[match[1] ?? ''] ?? '';
    out.push({text: text.slice(from, match.index)}, {name, value: values.get(name) ?? ''});
    from = match.index + match[0].length;
  }
  return [...out, {text: text.slice(from)}];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** Puts the pieces together; `put` says what a value looks like after the text so far, or why it cannot stand there. */
function together(
  parts: readonly Piece[],
  put: (value: string, before: string, after: string) => string | {readonly problem: string},
): Filled {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if ('text' in part) {
      text += part.text;
      continue;
    }
    const next = parts[i + 1];
    const piece = put(part.value, text, next !== undefined && 'text' in next ? next.text : '');
    if (typeof piece !== 'string') return {problem: `${part.name} ${piece.problem}`};
    text += piece;
  }
  return {text};
}

/** In the host only what a host and a port are made of; elsewhere percent-encoded, and never `.` or `..`. */
export function inUrl(url: string, fills: Fills, values: Values): Filled {
  const filled = together(pieces(url, fills, values), (value, before) => {
    if (/^[a-z]+:\/\/[^/?#]*$/i.test(before)) {
      return /^[\w.:[\]-]+$/.test(value)
        ? value
        : {problem: 'stands for a host or a port there, and holds something else'};
    }
    if (value === '.' || value === '..') return {problem: `may not be "${value}" in an address`};
    return value.isWellFormed() ? encodeURIComponent(value) : {problem: 'is no well-formed text'};
  });
  if ('problem' in filled || URL.canParse(filled.text)) return filled;
  return {problem: `${filled.text} is no absolute http or https URL`};
}

/** On one line, of characters that headers can hold, and never the name of a secret. */
export const inHeader = (header: string, fills: Fills, values: Values): Filled =>
  together(pieces(header, fills, values), value => {
    if (!/^[\t\u0020-\u007e\u00a0-\u00ff]*$/.test(value))
      return {problem: 'holds a character that a header cannot hold'};
    return /env:|file:/.test(value) ? {problem: 'may not name a secret in a header'} : value;
  });

/** Inside quotes escaped; outside them a number, true, false or null as it is, and anything else as text in quotes. */
export const inJson = (body: string, fills: Fills, values: Values): Filled =>
  together(pieces(body, fills, values), (value, before) => {
    const text = JSON.stringify(value);
    if (openQuote(before, '"') !== undefined) return text.slice(1, -1);
    return /^(?:-?(?:0|[1-9]\d{0,14})(?:\.\d{1,14})?|true|false|null)$/.test(value) ? value : text;
  });

/** The body as its `content-type` says, JSON when it looks so. */
export function inBody(body: string, type: string | undefined, fills: Fills, values: Values): Filled {
  if (type === undefined ? /^\s*[[{]/.test(body) : /json/i.test(type)) return inJson(body, fills, values);
  const parts = pieces(body, fills, values);
  if (/urlencoded/i.test(type ?? '')) return together(parts, encodeURIComponent);
  const marks: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos',
  };
  return together(parts, value =>
    /xml|html/i.test(type ?? '') ? value.replace(/[&<>"']/g, mark => `&${marks[mark] ?? ''};`) : value,
  );
}

/** The quote that is still open at the end of `text`; a backslash takes the next character, except inside `…`. */
function openQuote(text: string, quotes: string): string | undefined {
  let open: string | undefined;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (open === undefined) open = quotes.includes(char) ? char : undefined;
    else if (char === '\\' && open !== '`') i += 1;
    else if (char === open) open = undefined;
  }
  return open;
}

type SqlPlace = 'code' | 'literal' | 'identifier' | 'comment' | 'other';

/** Where the end of `text` stands: in code, in '…', in "…", in a comment, or where no value can be quoted for sure. */
function sqlPlace(text: string): SqlPlace {
  let i = 0;
  while (i < text.length) {
    const rest = text.slice(i);
    const quoted = sqlQuoted(rest, text.slice(0, i));
    if (quoted === undefined) i += 1;
    else if (quoted.end === undefined) return quoted.place;
    else i += quoted.end;
  }
  return 'code';
}

/** What begins here and where it ends, as PostgreSQL and SQLite read it. */
function sqlQuoted(
  rest: string,
  before: string,
): {readonly place: SqlPlace; readonly end: number | undefined} | undefined {
  const upTo = (place: SqlPlace, at: number, length: number) => ({
    place,
    end: at === -1 ? undefined : at + length,
  });
  if (rest.startsWith('--')) return upTo('comment', rest.indexOf('\n'), 1);
  if (rest.startsWith('/*')) {
    const end = rest.indexOf('*/', 2);
    // PostgreSQL nests comments, SQLite does not.
    const isNested = rest.slice(2, end === -1 ? rest.length : end).includes('/*');
    return isNested ? {place: 'other', end: undefined} : upTo('comment', end, 2);
  }
  if (rest.startsWith("'")) {
    const escapes = /(?:^|\W)e$/i.test(before);
    return escapes
      ? upTo('other', /^'(?:[^'\\]|\\.|'')*'/s.exec(rest)?.[0].length ?? -1, 0)
      : upTo('literal', closing(rest, "'"), 1);
  }
  if (rest.startsWith('"')) return upTo('identifier', closing(rest, '"'), 1);
  const tag = /\w$/.test(before) ? undefined : /^\$(?:[A-Za-z_]\w*)?\$/.exec(rest)?.[0];
  if (tag !== undefined) return upTo('other', rest.indexOf(tag, tag.length), tag.length);
  return /^[`[\\]/.test(rest) ? {place: 'other', end: undefined} : undefined;
}

/** Where quoted text that begins `text` ends; a doubled quote does not end it. */
function closing(text: string, quote: string): number {
  for (let i = 1; i < text.length; i += 1) {
    if (text[i] !== quote) continue;
    if (text[i + 1] !== quote) return i;
    i += 1;
  }
  return -1;
}

/** Always a literal (or an identifier inside double quotes), by doubling the quotes of standard SQL. */
export const inSql = (statement: string, fills: Fills, values: Values): Filled =>
  together(pieces(statement, fills, values), (value, before, after) => {
    if (value.includes('\\')) return {problem: 'holds a backslash, which databases do not read alike'};
    switch (sqlPlace(before)) {
      case 'code':
        return /\w$/.test(before) || /^\w/.test(after)
          ? {problem: 'stands inside a word of the statement; put quotes around it'}
          : `'${value.replaceAll("'", "''")}'`;
      case 'literal':
        return value.replaceAll("'", "''");
      case 'identifier':
        return value.replaceAll('"', '""');
      case 'comment':
        return value.replace(/[*/-]/g, '_');
      case 'other':
        return {problem: 'stands in quotes that are not \'…\' or "…", where it cannot be filled in safely'};
    }
  });

/** Escaped inside "…" and '…'; outside quotes only a name or a number. */
export const inPromql = (query: string, fills: Fills, values: Values): Filled =>
  together(pieces(query, fills, values), (value, before) => {
    const open = openQuote(before, '"\'`');
    if (open === '`') return {problem: 'stands in `…`, where nothing can be escaped; use "…"'};
    if (open !== undefined)
      return value.replace(/["'\\]/g, mark => (mark === open || mark === '\\' ? `\\${mark}` : mark));
    return /^[A-Za-z0-9_:.]+$/.test(value)
      ? value
      : {problem: 'may only be a name or a number there; put quotes around it'};
  });
