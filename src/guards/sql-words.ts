// Which tables a statement changes, by its words: for what the parser does not read, and before it is loaded.
import type {Table} from './facts.ts';
import {hole} from './overlap.ts';
import {statementsIn, type SqlStatement, type SqlToken} from './sql-lexer.ts';

export interface Change {
  readonly verb: string;
  readonly table: Table;
}

export interface Changes {
  readonly changes: readonly Change[];
  /** Why it cannot be told what the statement changes. */
  readonly doubt?: string;
}

const objects = new Set([
  'TABLE',
  'VIEW',
  'MATERIALIZED',
  'FOREIGN',
  'TEMP',
  'TEMPORARY',
  'UNLOGGED',
  'INDEX',
  'TRIGGER',
  'RULE',
  'POLICY',
  'SEQUENCE',
  'SCHEMA',
  'DATABASE',
  'FUNCTION',
  'PROCEDURE',
  'VIRTUAL',
]);
const fillers = new Set([
  'ONLY',
  'IF',
  'NOT',
  'EXISTS',
  'INTO',
  'FROM',
  'TABLE',
  'LOW_PRIORITY',
  'QUICK',
  'IGNORE',
  'CONCURRENTLY',
  'OR',
  'ROLLBACK',
  'ABORT',
  'FAIL',
  'DELAYED',
  'TEMP',
  'TEMPORARY',
  'UNLOGGED',
  'MATERIALIZED',
  'VIEW',
  'FOREIGN',
  'VIRTUAL',
]);
/** First words of statements that change no table by themselves. */
const harmless =
  /^(?:SELECT|WITH|VALUES|SHOW|EXPLAIN|DESCRIBE|DESC|PRAGMA|BEGIN|START|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|USE|ANALYZE|VACUUM|CHECKPOINT|LISTEN|NOTIFY|UNLISTEN|LOCK|FETCH|DECLARE|CLOSE|MOVE|DISCARD|TABLE|CALL|REINDEX|CLUSTER|REFRESH|COMMENT|ATTACH|DETACH|ABORT|DEALLOCATE|IMPORT|SECURITY|REASSIGN|DO|CREATE|ALTER|DROP|FLUSH|KILL|OPTIMIZE|CHECK|REPAIR|HELP|GO|DELIMITER|EXIT|QUIT)$/;

/** A statement by its words; the bodies of functions and DO blocks are read as well. */
export function changesByWords({tokens, isOpen}: SqlStatement, depth = 0): Changes {
  const changes: Change[] = [];
  const doubts: string[] = isOpen ? ['a quote in its SQL is not closed'] : [];
  const first = upper(tokens[0]);
  for (let at = 0; at < tokens.length; at++) {
    const found = changeAt(tokens, at);
    if (found === undefined) continue;
    if (found === 'unclear') doubts.push('which table its SQL changes cannot be told');
    else changes.push(...found);
  }
  if (first === 'EXECUTE' || first === 'PREPARE') doubts.push('it runs SQL that stands in another place');
  else if (changes.length === 0 && !harmless.test(first)) doubts.push('its SQL cannot be parsed');
  for (const token of tokens) {
    if (token.at !== 'body' || depth > 3) continue;
    for (const inner of statementsIn(token.text)) {
      const below = changesByWords(inner, depth + 1);
      changes.push(...below.changes);
      if (inner.tokens.some(word => upper(word) === 'EXECUTE'))
        doubts.push('it runs SQL that it puts together');
    }
  }
  const [doubt] = doubts;
  return doubt === undefined ? {changes} : {changes, doubt};
}

const upper = (token: SqlToken | undefined): string => (token?.at === 'word' ? token.text.toUpperCase() : '');

/** What changes at this word; undefined when it is none that changes. */
function changeAt(tokens: readonly SqlToken[], at: number): readonly Change[] | 'unclear' | undefined {
  const verb = upper(tokens[at]);
  const before = upper(tokens[at - 1]);
  const next = upper(tokens[at + 1]);
  switch (verb) {
    case 'DELETE':
      return ['ON', 'BEFORE', 'AFTER', 'OR', 'OF', 'FOR', 'THEN', ','].includes(before)
        ? undefined
        : deleted(tokens, at);
    case 'UPDATE':
      // `FOR UPDATE`, `DO UPDATE SET`, `ON UPDATE CASCADE` and triggers name no table here.
      return ['FOR', 'DO', 'ON', 'KEY', 'BEFORE', 'AFTER', 'OR', 'OF', 'THEN'].includes(before) &&
        next !== 'ONLY'
        ? undefined
        : named('UPDATE', tokens, at + 1);
    case 'INSERT':
    case 'REPLACE':
      return ['BEFORE', 'AFTER', 'OR', 'FOR', 'THEN', 'OF'].includes(before) ||
        (verb === 'REPLACE' && next !== 'INTO' && at > 0)
        ? undefined
        : named(verb, tokens, at + 1);
    case 'MERGE':
      return next === 'INTO' || at === 0 ? named('MERGE', tokens, at + 1) : undefined;
    case 'TRUNCATE':
      return ['BEFORE', 'AFTER', 'OR', 'FOR'].includes(before)
        ? undefined
        : namedList('TRUNCATE', tokens, at + 1);
    case 'DROP':
    case 'ALTER':
    case 'CREATE':
      return at === 0 ? ofObject(verb, tokens) : undefined;
    case 'COPY':
      return at === 0 && tokens.some(token => upper(token) === 'FROM') ? named('COPY', tokens, 1) : undefined;
    case 'LOAD': {
      const into = tokens.findIndex((token, i) => i > at && upper(token) === 'INTO');
      return at === 0 && into !== -1 ? named('COPY', tokens, into + 1) : undefined;
    }
    case 'GRANT':
    case 'REVOKE': {
      const on = tokens.findIndex(token => upper(token) === 'ON');
      return at === 0 && on !== -1 ? namedList(verb, tokens, on + 1) : undefined;
    }
    default:
      return undefined;
  }
}

/** `DELETE FROM t`, `DELETE FROM ONLY t`, MySQL's `DELETE a, b FROM …`. */
function deleted(tokens: readonly SqlToken[], at: number): readonly Change[] | 'unclear' | undefined {
  if (upper(tokens[at + 1]) === 'FROM') return namedList('DELETE', tokens, at + 2);
  const near = tokens.slice(at, at + 14).findIndex(token => upper(token) === 'FROM');
  if (near !== -1) {
    const found = [at + 1, at + near + 1].map(from => namedList('DELETE', tokens, from));
    return found.flatMap(changes => (changes === 'unclear' ? [] : changes));
  }
  return at === 0 ? 'unclear' : undefined;
}

function ofObject(verb: string, tokens: readonly SqlToken[]): readonly Change[] | 'unclear' | undefined {
  const kind = tokens.findIndex((token, i) => i > 0 && objects.has(upper(token)));
  if (kind === -1 || kind > 4) return undefined;
  const object = upper(tokens[kind]);
  if (object === 'TRIGGER' || object === 'RULE' || object === 'POLICY') {
    const on = tokens.findIndex((token, i) => i > kind && (upper(token) === 'ON' || upper(token) === 'TO'));
    return on === -1 ? undefined : named(verb, tokens, on + 1);
  }
  return /^(?:SEQUENCE|FUNCTION|PROCEDURE|INDEX)$/.test(object)
    ? undefined
    : namedList(verb, tokens, kind + 1);
}

function named(verb: string, tokens: readonly SqlToken[], from: number): readonly Change[] | 'unclear' {
  const found = tableAt(tokens, from);
  return found === undefined ? 'unclear' : [{verb, table: found.table}];
}

function namedList(verb: string, tokens: readonly SqlToken[], from: number): readonly Change[] | 'unclear' {
  const changes: Change[] = [];
  for (let at = from; ;) {
    const found = tableAt(tokens, at);
    if (found === undefined) return changes.length === 0 ? 'unclear' : changes;
    changes.push({verb, table: found.table});
    at = found.end;
    if (tokens[at]?.text === '*') at++;
    if (tokens[at]?.text !== ',') return changes;
    at++;
  }
}

/** A name that begins here, after words such as ONLY and IF EXISTS: `a`, `a.b`, `a.b.c`. */
function tableAt(tokens: readonly SqlToken[], from: number): {table: Table; end: number} | undefined {
  let at = from;
  while (fillers.has(upper(tokens[at])) && !isNameEnd(tokens[at + 1])) at++;
  const parts: string[] = [];
  for (;;) {
    const token = tokens[at];
    if (token?.at !== 'word' && token?.at !== 'name') break;
    parts.push(token.text);
    at++;
    if (tokens[at]?.text !== '.') break;
    at++;
  }
  const name = parts.at(-1);
  if (name === undefined) return undefined;
  const schema = parts.at(-2);
  return {table: schema === undefined ? {name} : {schema, name}, end: at};
}

/** After a table's name; so that a table called `only` is one. */
const isNameEnd = (token: SqlToken | undefined): boolean =>
  token === undefined ||
  (token.at === 'mark' && token.text !== hole && !['*', '.'].includes(token.text)) ||
  upper(token) === 'SET';
