// One statement of a look at PostgreSQL, in this process: a read-only transaction that is never committed.
import {Socket} from 'node:net';
import pg from 'pg';
import type {SqlAnswer, SqlCell, SqlFailure, SqlRequest} from '../look/sql.ts';
import {guardedLookup, refuseLiteral} from './address.ts';
import {failure, isTimeLimit} from './failure.ts';
import {asText, errorText, pgSession} from './pg-session.ts';
import {fromSqlState} from './sql-state.ts';

/** What a protocol adds to the values, per answer and for the greeting. */
const overheadBytes = 256 * 1024;
const watchMs = 50;

type Failed = Pick<SqlFailure, 'kind' | 'ours' | 'message'> & {readonly code?: string};
type Read = {readonly columns: readonly string[]; readonly rows: SqlCell[][]; readonly cut: boolean};

/** A socket that reaches only addresses that may be looked at; a path is a socket of this machine. */
function guardedSocket(): Socket {
  const socket = new Socket();
  const plain = socket.connect.bind(socket);
  return Object.assign(socket, {
    connect: (port: number | string, host = 'localhost') => {
      if (typeof port === 'string') return plain(port);
      const refused = refuseLiteral(host);
      if (refused !== undefined) return socket.destroy(refused);
      return plain({port, host, autoSelectFamily: true, lookup: guardedLookup({})});
    },
  });
}

export async function lookPostgres(url: string, request: Omit<SqlRequest, 'target'>): Promise<SqlAnswer> {
  const {timeoutMs, maxBytes, signal} = request;
  const began = performance.now();
  const answer = <T>(given: T): T & {readonly durationMs: number} => ({
    ...given,
    durationMs: Math.round(performance.now() - began),
  });
  const failed = (given: Failed): SqlAnswer => answer({at: 'failed' as const, ...given});
  if (signal.aborted) return failed({kind: 'noData', ours: true, message: 'stopped before it was asked'});
  const host = hostOf(url);
  if (host === undefined)
    return failed({kind: 'config', ours: true, message: 'the address of the database cannot be read'});
  const socket = guardedSocket();
  const session = pgSession(url, {connectMs: timeoutMs, stream: socket});
  const {client} = session;
  let phase: 'connecting' | 'asking' = 'connecting';
  let ended: Failed | undefined;
  const end = (why: Failed): void => {
    ended ??= why;
    socket.destroy();
  };
  const late = (): void => {
    const message =
      phase === 'connecting'
        ? `no answer from ${host} within ${timeoutMs} ms`
        : `${host} took the statement and did not answer within ${timeoutMs} ms`;
    end({kind: 'timeout', ours: false, message});
  };
  const stop = (): void => {
    if (isTimeLimit(signal)) late();
    else end({kind: 'noData', ours: true, message: 'stopped before there was an answer'});
  };
  const limit = setTimeout(late, timeoutMs);
  const watch = setInterval(() => {
    if (socket.bytesRead > maxBytes + overheadBytes)
      end({kind: 'config', ours: true, message: `the answer has more than ${maxBytes} bytes`});
  }, watchMs);
  signal.addEventListener('abort', stop, {once: true});
  try {
    await client.connect();
    phase = 'asking';
    await client.query(`set statement_timeout = ${request.statementMs}`);
    await client.query("set timezone = 'UTC'");
    await client.query('begin transaction read only');
    // A transaction that has looked at something cannot be made writing any more.
    await client.query('select 1');
    const {columns, rows, cut} = await readRows(client, request);
    if (!cut) await client.query('rollback');
    return answer({at: 'rows' as const, columns, rows, cut});
  } catch (error) {
    return failed(ended ?? meaningOf(error, host, phase));
  } finally {
    clearTimeout(limit);
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
    await session.close();
    socket.destroy();
  }
}

function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const {hostname, searchParams} = new URL(url);
  return searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname));
}

function meaningOf(error: unknown, host: string, phase: 'connecting' | 'asking'): Failed {
  if (error instanceof pg.DatabaseError && error.code !== undefined)
    return {...fromSqlState(error.code, error.message), code: error.code};
  const text = errorText(error);
  // What the client library says of passwords and encryption has no code.
  if (/^SASL|password/i.test(text))
    return {kind: 'auth', ours: false, message: `no credential that the server takes: ${text}`};
  if (/SSL/.test(text)) return {kind: 'tls', ours: false, message: text};
  const {kind, message} = failure(error, host);
  const lost = phase === 'asking' && kind === 'connect' ? 'the connection was lost: ' : '';
  return {kind, ours: kind === 'config' || kind === 'permission', message: `${lost}${message}`};
}

/** Reads until there is no more or a limit is reached; then the caller ends the connection, and the rest is not sent. */
async function readRows(
  client: pg.Client,
  {text, values, maxRows, maxBytes}: Pick<SqlRequest, 'text' | 'values' | 'maxRows' | 'maxBytes'>,
): Promise<Read> {
  return new Promise<Read>((resolve, reject) => {
    // As a prepared statement, of which there can be only one: what is behind a semicolon is an error.
    const asOne = {text, values: [...values], queryMode: 'extended', rowMode: 'array', types: asText};
    const query = new pg.Query<(string | null)[]>(asOne);
    const rows: SqlCell[][] = [];
    let bytes = 0;
    let columns: readonly {readonly name: string; readonly dataTypeID: number}[] = [];
    const read = (cut: boolean): Read => ({columns: columns.map(({name}) => name), rows, cut});
    query.on('row', (cells, result) => {
      columns = result?.fields ?? columns;
      bytes += cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
      if (rows.length >= maxRows || bytes > maxBytes) resolve(read(true));
      else rows.push(cells.map((cell, i) => cellOf(cell, columns[i]?.dataTypeID)));
    });
    query.on('error', reject);
    query.on('end', result => {
      columns = result.fields;
      resolve(read(false));
    });
    client.query(query);
  });
}

// Types by their fixed ids (pg_type.dat).
const bool = 16;
const numbers = new Set([20, 21, 23, 26, 700, 701, 1700]);
const timestamptz = 1184;

/** The value as JSON has it; a number that would lose digits, and everything else, stays the text that the server sent. */
function cellOf(text: string | null, type: number | undefined): SqlCell {
  if (text === null || type === undefined) return text;
  if (type === bool) return text === 't';
  if (type === timestamptz) return instant(text);
  if (!numbers.has(type)) return text;
  const number = Number(text);
  const digits = text.replace(/[^0-9]/g, '').length;
  return Number.isFinite(number) && digits <= 15 ? number : text;
}

/** `2026-01-02 03:04:05.678901+00`, as the server writes it in UTC, as RFC 3339. */
const instant = (text: string): string => text.replace(' ', 'T').replace(/\+00$/, 'Z');
