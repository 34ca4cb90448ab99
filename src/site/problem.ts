// What is wrong in a site file, and where.

/** 1-based line and column, in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SiteProblem extends Place {
  readonly message: string;
  /** The way out, when there is more to say than the message does. */
  readonly hint?: string;
}

/** In the order of the file; what is said twice about one place is said once. */
export function inOrder(problems: readonly SiteProblem[]): SiteProblem[] {
  const seen = new Set<string>();
  return [...problems]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter(({line, column, message}) => {
      const key = `${line}:${column}:${message}`;
      return !seen.has(key) && seen.add(key);
    });
}
