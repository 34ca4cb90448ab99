// The real Sql port: PostgreSQL in this process, SQLite in one of its own, which can be ended while it computes.
import type {Sql, SqlAnswer, SqlRequest} from '../look/sql.ts';
import {sqliteAnswer, type SqliteLook} from '../look/sqlite-program.ts';
import type {Exec} from '../ports.ts';
import {isTimeLimit} from './failure.ts';

export interface SqlProgram {
  readonly exec: Exec;
  /** Starts src/sql.ts or its bundle. */
  readonly program: readonly [string, ...string[]];
}

/** JSON of an answer is longer than its values. */
const jsonFactor = 3;
const leastBytes = 64 * 1024;

export const createSql = (own: SqlProgram): Sql => ({
  ask: async request => {
    const {target, ...rest} = request;
    if (target.type === 'sqlite') return askSqlite(target.path, rest, own);
    const {lookPostgres} = await import('./sql-postgres.ts');
    return lookPostgres(target.url, rest);
  },
});

async function askSqlite(
  path: string,
  {text, values, statementMs, timeoutMs, maxRows, maxBytes, signal}: Omit<SqlRequest, 'target'>,
  {exec, program}: SqlProgram,
): Promise<SqlAnswer> {
  const look: SqliteLook = {
    look: 'sqlite',
    path,
    text,
    values: [...values],
    busyMs: statementMs,
    maxRows,
    maxBytes,
  };
  const limitMs = Math.min(timeoutMs, statementMs);
  const answer = await exec.run({
    argv: program,
    env: {},
    input: new TextEncoder().encode(JSON.stringify(look)),
    timeoutMs: limitMs,
    graceMs: 0,
    maxOutputBytes: maxBytes * jsonFactor + leastBytes,
    signal,
  });
  if (answer.at === 'spawn')
    return {at: 'failed', kind: answer.kind, ours: true, message: answer.message, durationMs: 0};
  const {durationMs} = answer;
  if (answer.at === 'hang')
    return signal.aborted && !isTimeLimit(signal)
      ? {at: 'failed', kind: 'noData', ours: true, message: 'stopped before there was an answer', durationMs}
      : {
          at: 'failed',
          kind: 'timeout',
          ours: false,
          message: `${path} gave no answer within ${limitMs} ms`,
          durationMs,
        };
  const said = new TextDecoder().decode(answer.stdout);
  const parsed = answer.status === 0 && !answer.cut ? sqliteAnswer.safeParse(jsonOf(said)) : undefined;
  if (parsed?.success === true) return {...parsed.data, durationMs};
  const why = new TextDecoder().decode(answer.stderr).trim().split('\n').at(-1) ?? '';
  const message = answer.cut
    ? `the answer has more than ${maxBytes} bytes`
    : `the process that reads ${path} ended without an answer${why === '' ? '' : `: ${why}`}`;
  return {at: 'failed', kind: answer.cut ? 'config' : 'noData', ours: true, message, durationMs};
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
