// Programs that take SQL: where their statements stand among their arguments.
import {readOptions, type OptionNames} from './options.ts';

interface Client extends OptionNames {
  /** Options whose value is SQL. */
  readonly sql: readonly string[];
  /** Options that name a file with SQL: standard input is not read then. */
  readonly file?: readonly string[];
  /** Options with which it only shows something, and reads nothing. */
  readonly shows?: readonly string[];
  /** Operands after so many are SQL themselves. */
  readonly after?: number;
}

const mysql: Client = {
  short: 'eDhPpuS',
  long: ['execute', 'database', 'host', 'port', 'user', 'socket', 'defaults-file'],
  sql: ['e', 'execute', 'init-command'],
};

const clients: Readonly<Record<string, Client>> = {
  psql: {
    short: 'cdfFLoPRTvhpU',
    long: ['command', 'dbname', 'file', 'host', 'port', 'username', 'output', 'set', 'variable', 'pset'],
    sql: ['c', 'command'],
    file: ['f', 'file'],
    shows: ['l', 'list'],
  },
  mysql,
  mariadb: mysql,
  sqlite3: {sql: [], after: 1},
  sqlite: {sql: [], after: 1},
  duckdb: {short: 'c', sql: ['c'], after: 1},
  sqlcmd: {short: 'QqSUPdioW', sql: ['Q', 'q'], file: ['i']},
  usql: {short: 'cf', long: ['command', 'file'], sql: ['c', 'command'], file: ['f', 'file']},
  pgcli: {short: 'hpUd', long: ['execute'], sql: ['execute']},
  cqlsh: {short: 'ekfup', long: ['execute', 'keyspace', 'file'], sql: ['e', 'execute'], file: ['f', 'file']},
  cockroach: {
    short: 'ed',
    long: ['execute', 'url', 'host', 'database', 'file'],
    sql: ['e', 'execute'],
    file: ['f', 'file'],
  },
  'clickhouse-client': {
    short: 'qhud',
    long: ['query', 'host', 'user', 'database', 'password'],
    sql: ['q', 'query'],
  },
  sqlplus: {sql: []},
};

export interface Statements {
  readonly sql: readonly string[];
  /** Files that statements come from. */
  readonly files: readonly string[];
  /** Statements come from standard input. */
  readonly readsStdin: boolean;
}

/** The SQL that this program is given with these arguments; undefined for a program that takes none. */
export function statementsOf(program: string, args: readonly string[]): Statements | undefined {
  const client = Object.hasOwn(clients, program) ? clients[program] : undefined;
  if (client === undefined) return undefined;
  // SQLite's options have one dash and long names, which getopt would read as letters.
  if (program.startsWith('sqlite')) return ofSqlite(args);
  const {options, operands} = readOptions(args, client);
  const sql = client.sql.flatMap(name => options.get(name) ?? []);
  const more = client.after === undefined ? [] : operands.slice(client.after);
  const files = (client.file ?? []).flatMap(name => options.get(name) ?? []);
  const reads = sql.length + more.length + files.length === 0 || files.includes('-');
  const shows = client.shows?.some(name => options.has(name)) === true;
  return {sql: [...sql, ...more], files, readsStdin: reads && !shows};
}

const withValue = new Set(['cmd', 'init', 'separator', 'newline', 'nullvalue', 'mmap', 'vfs', 'maxsize']);

function ofSqlite(args: readonly string[]): Statements {
  const sql: string[] = [];
  const files: string[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const name = /^--?(\w+)$/.exec(word)?.[1];
    if (name !== undefined && withValue.has(name)) {
      at++;
      if (name === 'cmd') sql.push(args[at] ?? '');
      if (name === 'init') files.push(args[at] ?? '');
    } else if (!/^-./.test(word)) operands.push(word);
  }
  const more = operands.slice(1);
  return {sql: [...sql, ...more], files, readsStdin: more.length === 0};
}
