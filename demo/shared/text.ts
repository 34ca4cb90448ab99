// Words and failures. (This folder: what all programs of the reference service share.)

/** A failure that a program of the demo reports and ends with: exit 1 no, 2 could not, 64 usage. */
export class DemoError extends Error {
  readonly code: string;
  readonly exit: number;
  readonly hint: string;

  constructor(
    code: string,
    message: string,
    {exit, hint, cause}: {exit: number; hint: string; cause?: unknown},
  ) {
    super(message, {cause});
    this.name = 'DemoError';
    this.code = code;
    this.exit = exit;
    this.hint = hint;
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((inner: unknown) => messageOf(inner)).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** Parses `500ms`, `5s`, `2m` (a bare number is seconds) to milliseconds; a usage error when it is anything else. */
export function parseDurationMs(text: string, option: string): number {
  const match = /^(\d{1,6})(ms|s|m)?$/.exec(text);
  if (match === null) {
    throw usage(`${option} "${text}" is not a duration.`, 'Write a number with ms, s or m, for example 5s.');
  }
  const factor = {ms: 1, s: 1000, m: 60_000}[match[2] === 'ms' ? 'ms' : match[2] === 'm' ? 'm' : 's'];
  return Number(match[1]) * factor;
}

export function usage(message: string, hint: string): DemoError {
  return new DemoError('USAGE', message, {exit: 64, hint});
}

/** The known name with the smallest edit distance, for "did you mean". */
function nearest(name: string, known: readonly string[]): string | undefined {
  return known
    .map(candidate => ({candidate, distance: editDistance(name, candidate)}))
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A known name, or a usage error that names the nearest one. */
export function oneOf<Name extends string>(
  name: string | undefined,
  known: readonly Name[],
  what: string,
): Name {
  const found = known.find(candidate => candidate === name);
  if (found !== undefined) return found;
  if (name === undefined) throw usage(`A ${what} is needed.`, `One of: ${known.join(', ')}.`);
  throw usage(
    `Unknown ${what} "${name}"; did you mean "${nearest(name, known) ?? ''}"?`,
    `Known: ${known.join(', ')}.`,
  );
}

/** Prints a failure with its way out on standard error and returns the exit status. */
export function reportFailure(program: string, error: unknown): number {
  if (error instanceof DemoError) {
    process.stderr.write(`${program}: ${error.message}\n  ${error.hint}\n`);
    return error.exit;
  }
  process.stderr.write(`${program}: ${messageOf(error)}\n`);
  return 2;
}
