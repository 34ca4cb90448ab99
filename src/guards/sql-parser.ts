// The PostgreSQL parser, loaded when somebody is about to judge: it is large, and most commands never need it.
import type * as Parser from 'pgsql-ast-parser';
import type {Change} from './sql-words.ts';

let loaded: typeof Parser | undefined;

/** Loads the parser. Until then, and for dialects that it does not know, statements are read by their words. */
export async function prepareGuards(): Promise<void> {
  loaded ??= await import('pgsql-ast-parser');
}

const longestStatement = 2000;

/** What a statement changes; undefined when it cannot be parsed, is too long, or the parser is not loaded. */
export function changesParsed(source: string): readonly Change[] | undefined {
  if (loaded === undefined || source.length > longestStatement) return undefined;
  let statements: readonly Parser.Statement[];
  try {
    statements = loaded.parse(source);
  } catch {
    return undefined;
  }
  const changes: Change[] = [];
  const add = (verb: string, table: {readonly name: string; readonly schema?: string}) => {
    const {name, schema} = table;
    changes.push({verb, table: schema === undefined ? {name} : {schema, name}});
  };
  let isKnown = true;
  const {astVisitor} = loaded;
  const visitor = astVisitor(map => ({
    insert: found => {
      add('INSERT', found.into);
      if (found.onConflict?.do !== undefined && found.onConflict.do !== 'do nothing')
        add('UPDATE', found.into);
      map.super().insert(found);
    },
    update: found => {
      add('UPDATE', found.table);
      map.super().update(found);
    },
    delete: found => {
      add('DELETE', found.from);
      map.super().delete(found);
    },
    truncateTable: found => {
      for (const table of found.tables) add('TRUNCATE', table);
    },
    alterTable: found => {
      add('ALTER', found.table);
    },
    createTable: found => {
      add('CREATE', found.name);
    },
  }));
  for (const statement of statements) {
    isKnown &&= readable.has(statement.type);
    if (statement.type === 'drop table') for (const table of statement.names) add('DROP', table);
    else visitor.statement(statement);
  }
  return isKnown ? changes : undefined;
}

/** Types of statements of which the visitor sees everything. */
const readable: ReadonlySet<string> = new Set([
  'select',
  'union',
  'union all',
  'values',
  'with',
  'with recursive',
  'insert',
  'update',
  'delete',
  'truncate table',
  'drop table',
  'alter table',
  'create table',
  'show',
  'begin',
  'start transaction',
  'commit',
  'rollback',
  'set',
]);
