// Reads SQL: every statement with its verbs and tables, parsed where that can be done, else by its words.
import {quote} from './facts.ts';
import {hole} from './overlap.ts';
import type {Desk, Scope} from './scope.ts';
import {statementsIn, type SqlStatement} from './sql-lexer.ts';
import {changesParsed} from './sql-parser.ts';
import {changesByWords, type Change} from './sql-words.ts';

/** Statements that are given to the parser, at most, for one text: it is slow, and the words are read in any case. */
const mostParsed = 8;

/** Says what every statement changes. Lines for psql and sqlite3 themselves are read too: some of them start commands. */
export function readSql(text: string, scope: Scope, desk: Desk): void {
  if (text.trim() === hole) {
    desk.doubt('its SQL stands in a variable or comes out of another command', quote(text));
    return;
  }
  const rest = clientLines(text, scope, desk);
  let parsed = 0;
  for (const statement of statementsIn(rest)) {
    if (!desk.spend()) return;
    desk.mark(statement.pos);
    const shown = quote(statement.source);
    const {changes, doubt} = changesByWords(statement);
    const asks = changes.length > 0 || doubt !== undefined;
    const sure = asks && parsed++ < mostParsed ? parsedOf(statement) : undefined;
    for (const {verb, table} of sure ?? changes) desk.emit({at: 'sql', verb, table, shown});
    if (sure === undefined && doubt !== undefined) desk.doubt(doubt, shown);
  }
}

/** Gaps get a name that the parser takes, and come back. */
function parsedOf({source, isOpen}: SqlStatement): readonly Change[] | undefined {
  if (isOpen) return undefined;
  const found = changesParsed(source.replaceAll(hole, standIn));
  const back = (name: string): string => name.replaceAll(standIn, hole);
  return found?.map(({verb, table: {schema, name}}) => ({
    verb,
    table: schema === undefined ? {name: back(name)} : {schema: back(schema), name: back(name)},
  }));
}

const standIn = 'qd_gap_qd';

/** Commands of psql that read a file. */
const includes = new Set(['i', 'ir', 'include', 'include_relative']);

const metaLine = /^[ \t]*(?:\\(?<psql>!|\w+)|\.(?<lite>[a-z]+))[ \t]*(?<rest>.*)$/gm;

/** Takes out the lines that are for the client, after reading those that matter. */
function clientLines(text: string, scope: Scope, desk: Desk): string {
  if (!/^[ \t]*[\\.]/m.test(text)) return text;
  return text.replaceAll(metaLine, (line, ...found: unknown[]) => {
    const groups = found.at(-1);
    if (typeof groups !== 'object' || groups === null) return line;
    desk.mark(Number(found.at(-3)));
    const {psql, lite, rest} = Object.fromEntries(Object.entries(groups));
    const after = String(rest ?? '');
    if (psql === '!' || lite === 'shell' || lite === 'system')
      desk.text(after, {...scope, depth: scope.depth + 1});
    if (includes.has(String(psql)) || lite === 'read') {
      const source = desk.file(after.trim().replaceAll(/^(['"])(.*)\1$/g, '$2'), scope);
      if (source !== undefined) desk.statements(source, scope);
    }
    if (psql === 'copy') return `COPY ${after};`;
    if (psql === 'gexec') desk.doubt('it runs the results of a query as statements', quote(line));
    const table = lite === 'import' ? after.trim().split(/\s+/).at(-1) : undefined;
    return table === undefined ? '' : `INSERT INTO ${table} VALUES (0);`;
  });
}
