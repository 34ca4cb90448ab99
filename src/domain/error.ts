// Errors that end a command: a stable code, what happened, the way out, and the exit status it maps to.

/** Exit statuses everywhere: 0 good, 1 the answer is no, 2 could not tell or run, 3 refused, 64 usage. */
export const exit = {good: 0, no: 1, could_not: 2, refused: 3, usage: 64} as const;

/** THE list of error codes with the exit status each one means. */
const errorCodes = {
  USAGE: exit.usage,
  INTERNAL: exit.could_not,
  INTERRUPTED: exit.could_not,
  FILE_EXISTS: exit.refused,
  FILE_UNREADABLE: exit.could_not,
  FILE_UNWRITABLE: exit.could_not,
  SITE_NOT_FOUND: exit.could_not,
  SITE_INVALID: exit.could_not,
  SITE_UNTRUSTED: exit.refused,
  UNKNOWN_NAME: exit.usage,
  HOME_UNSAFE: exit.refused,
  LEDGER_UNREADABLE: exit.could_not,
  LEDGER_BEHIND: exit.refused,
  LEDGER_ELSEWHERE: exit.refused,
  LEDGER_SWAPPED: exit.refused,
  LEDGER_FULL: exit.refused,
  LEDGER_READ_ONLY: exit.refused,
  LEDGER_LOCKED: exit.could_not,
  LEDGER_UNKNOWN_COMMIT: exit.could_not,
  LEDGER_WORKER: exit.could_not,
  ENTRY_INVALID: exit.could_not,
  EVIDENCE_UNREADABLE: exit.could_not,
  EVIDENCE_REFUSED: exit.refused,
  SECRET_FOUND: exit.refused,
  HELD: exit.refused,
  ANCHOR_FAILED: exit.could_not,
  CASE_NOT_FOUND: exit.usage,
  CASE_INVALID: exit.could_not,
  NOT_VERIFIED: exit.no,
  CHECK_FAILED: exit.no,
  RUNBOOK_NOT_FOUND: exit.usage,
  RUNBOOK_INVALID: exit.could_not,
  RUNBOOK_CHANGED: exit.refused,
  RUN_NOT_FOUND: exit.usage,
  RUN_MOVED: exit.refused,
  RUN_REFUSED: exit.refused,
  LEASE_HELD: exit.refused,
  GUARD_ABSOLUTE: exit.refused,
  STEP_RUNNER: exit.could_not,
  NOT_A_TERMINAL: exit.usage,
  NODE_TOO_OLD: exit.could_not,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What the error names besides its message: the way out, and a place in a file (1-based line and column). */
export interface ErrorDetail {
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly cause?: unknown;
}

/** Thrown for "cannot go on". `toJSON` is the `error` object that `--json` prints. */
export class QdError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : {cause: detail.cause});
    this.name = 'QdError';
    this.code = code;
    this.hint = detail.hint;
    this.file = detail.file;
    this.line = detail.line;
    this.column = detail.column;
  }

  get exitStatus(): number {
    return errorCodes[this.code];
  }

  toJSON(): Record<string, unknown> {
    const {code, message, hint, file, line, column} = this;
    return {
      code,
      message,
      ...(hint === undefined ? {} : {hint}),
      ...(file === undefined ? {} : {file}),
      ...(line === undefined ? {} : {line}),
      ...(column === undefined ? {} : {column}),
    };
  }
}
