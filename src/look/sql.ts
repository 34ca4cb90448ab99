// Reading a database for a check: one statement in a read-only transaction, with limits that hold for whatever answers.
import type {Kind} from '../domain/verdict.ts';

export type SqlTarget =
  {readonly type: 'postgres'; readonly url: string} | {readonly type: 'sqlite'; readonly path: string};

export type SqlCell = string | number | boolean | null;

export interface SqlRequest {
  readonly target: SqlTarget;
  /** One statement; values stand beside it as `$1` (PostgreSQL) or `?1` (SQLite). */
  readonly text: string;
  readonly values: readonly string[];
  /** The database itself ends the statement after this. */
  readonly statementMs: number;
  /** For everything: connecting, asking, reading. */
  readonly timeoutMs: number;
  /** No more rows, and no more bytes of an answer, are read than this: the rest is left out (`cut`). */
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface SqlRows {
  readonly at: 'rows';
  readonly columns: readonly string[];
  /** Numbers are numbers where nothing of them is lost, times are RFC 3339 where they have a zone; else text. */
  readonly rows: readonly (readonly SqlCell[])[];
  readonly cut: boolean;
  readonly durationMs: number;
}

export interface SqlFailure {
  readonly at: 'failed';
  readonly kind: Kind;
  /** Whether it is ours, such as a wrong statement, and says nothing about the database. */
  readonly ours: boolean;
  readonly message: string;
  /** SQLSTATE, or the name that SQLite gives an error. */
  readonly code?: string | undefined;
  readonly durationMs: number;
}

export type SqlAnswer = SqlRows | SqlFailure;

/** Never throws: what went wrong is told apart by its kind. */
export interface Sql {
  ask(request: SqlRequest): Promise<SqlAnswer>;
}
