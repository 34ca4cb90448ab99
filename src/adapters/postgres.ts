// Statements for PostgreSQL, one after the other on one connection; values go beside the statement, never into it.
import pg from 'pg';
import {asText, cancelOn, errorText, pgSession} from './pg-session.ts';
import {rowCount, table, type Table} from './sql-table.ts';

export interface Statements {
  readonly readOnly: boolean;
  /** The server ends a statement after this, also when nobody is here any more; 0: never. */
  readonly limitMs: number;
  readonly statements: readonly {readonly text: string; readonly values: readonly string[]}[];
  readonly write: (text: string) => void;
  /** Aborted: the statement that runs is cancelled. */
  readonly signal: AbortSignal;
}

export type Answered =
  | {readonly at: 'done'; readonly did: string; readonly rows: number; readonly cell?: string}
  | {readonly at: 'failed'; readonly message: string}
  | {readonly at: 'lost'; readonly sent: boolean; readonly message: string};

const connectMs = 10_000;

export async function askPostgres(url: string, request: Statements): Promise<Answered> {
  const {readOnly, limitMs, statements, signal, write} = request;
  const session = pgSession(url, {connectMs});
  const {client} = session;
  try {
    await client.connect();
  } catch (error) {
    return {at: 'lost', sent: false, message: `no connection: ${errorText(error)}`};
  }
  let pid: number | undefined;
  const cancel = (): void => void cancelOn(url, pid);
  signal.addEventListener('abort', cancel, {once: true});
  let sent = 0;
  try {
    const {rows: mine} = await client.query<{pid: number}>('select pg_backend_pid() as pid');
    pid = mine[0]?.pid;
    await client.query(`set statement_timeout = ${limitMs}`);
    await client.query('set standard_conforming_strings = on');
    if (readOnly) {
      await client.query('begin transaction read only');
      // A transaction that has looked at something cannot be made writing any more.
      await client.query('select 1');
    }
    let last: Answered = {at: 'done', did: 'nothing', rows: 0};
    for (const {text, values} of statements) {
      sent += 1;
      last = await one(client, {text, values: [...values], write});
    }
    if (readOnly) await client.query('rollback');
    return last;
  } catch (error) {
    const which = statements.length > 1 && sent > 0 ? `statement ${sent} of ${statements.length}: ` : '';
    const before = sent > 1 && !readOnly ? '; the statements before it are done' : '';
    const isAnswer = error instanceof pg.DatabaseError && session.broke() === undefined && !isEnd(error.code);
    if (isAnswer) return {at: 'failed', message: `${which}${error.message}${before}`};
    return {
      at: 'lost',
      sent: sent > 0,
      message: `${which}the connection was lost: ${errorText(error)}${before}`,
    };
  } finally {
    signal.removeEventListener('abort', cancel);
    await session.close();
  }
}

/** Classes of errors after which nobody knows what was done: admin shutdown, crash, connection. */
const isEnd = (code: string | undefined): boolean =>
  code !== undefined && (code.startsWith('57P0') || code.startsWith('08'));

interface One {
  readonly text: string;
  readonly values: string[];
  readonly write: (text: string) => void;
}

async function one(client: pg.Client, {text, values, write}: One): Promise<Answered> {
  return new Promise<Answered>((resolve, reject) => {
    let rows: Table | undefined;
    const asLists = {text, values, rowMode: 'array', types: asText};
    const query = new pg.Query<(string | null)[]>(asLists);
    query.on('row', (cells, result) => {
      rows ??= table(result?.fields.map(({name}) => name) ?? [], write);
      rows.row(cells);
    });
    query.on('error', reject);
    query.on('end', result => {
      if (rows === undefined && result.fields.length > 0)
        rows = table(
          result.fields.map(({name}) => name),
          write,
        );
      rows?.end();
      const count = rows?.count() ?? result.rowCount ?? 0;
      const command = result.command;
      const did =
        rows !== undefined
          ? rowCount(count)
          : [command, ...(result.rowCount === null ? [] : [String(result.rowCount)])].join(' ');
      if (rows === undefined) write(`${did}\n`);
      const cell = rows?.cell();
      resolve({at: 'done', did, rows: count, ...(typeof cell === 'string' ? {cell} : {})});
    });
    client.query(query);
  });
}
