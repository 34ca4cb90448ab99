// The syntax of guard patterns, as the site file lists them and a `qd:` comment on a prohibition names them. Pure.

/** What a pattern is held against. */
export const patternKinds = ['argv', 'sql', 'path', 'env'] as const;
export type PatternKind = (typeof patternKinds)[number];

/** Verbs of SQL that a pattern may name; `*` stands for every one of them. */
const sqlVerbs = [
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'DROP',
  'ALTER',
  'CREATE',
  'MERGE',
  'COPY',
  'REPLACE',
  'GRANT',
  'REVOKE',
] as const;

export type GuardPattern =
  {readonly kind: PatternKind; readonly pattern: string} | {readonly problem: string};

/** The words of an argv pattern: quotes keep blanks together, and nothing else is special. */
export const patternWords = (pattern: string): string[] =>
  [...pattern.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));

/** `NAME`, `NAME=value|value`, `NAME!=value|value`; undefined when it is none of them. */
export function envPattern(
  pattern: string,
): {name: string; values: readonly string[] | undefined; not: boolean} | undefined {
  const match = /^([A-Za-z_*?][\w*?]*)(?:(!?=)(.*))?$/s.exec(pattern);
  if (match === null) return undefined;
  const [, name = '', equals, values = ''] = match;
  return {name, values: equals === undefined ? undefined : values.split('|'), not: equals === '!='};
}

/** What is wrong with a pattern of this kind, in half a sentence; undefined when it can be used. */
export function patternProblem(kind: PatternKind, pattern: string): string | undefined {
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(pattern)) return 'it holds control characters';
  if (pattern.trim() === '') return 'it is empty';
  switch (kind) {
    case 'argv':
      return argvProblem(pattern);
    case 'sql':
      return sqlProblem(pattern);
    case 'path':
      return /^(?:\/|\*\*\/)/.test(pattern)
        ? undefined
        : 'a path begins with `/`, or with `**/` where the folder does not matter';
    case 'env':
      return envPattern(pattern) === undefined
        ? 'expected `NAME`, `NAME=value` or `NAME!=value`, such as AUTH_MODE!=enforced'
        : undefined;
  }
}

function argvProblem(pattern: string): string | undefined {
  if (/^[^"']*(?:"[^"]*"[^"']*|'[^']*'[^"']*)*$/.exec(pattern) === null) return 'a quote is not closed';
  const [first = ''] = patternWords(pattern);
  if (first.startsWith('-')) return 'its first word is the program, and that is no option';
  return /^[*?]+$/.test(pattern.trim()) ? 'it would refuse every command' : undefined;
}

function sqlProblem(pattern: string): string | undefined {
  const [verb = '', table, ...rest] = pattern.trim().split(/\s+/);
  if (table === undefined || rest.length > 0) return 'expected a verb and a table, such as DELETE event_*';
  if (verb !== '*' && !sqlVerbs.some(known => known === verb.toUpperCase())) {
    return `\`${verb}\` is no verb here; known: ${sqlVerbs.join(', ')}, and * for all of them`;
  }
  return /^[\w$*?."-]+$/.test(table)
    ? undefined
    : 'a table is a name, with * and ? for what does not matter, such as event_* or audit.*';
}

/** `argv: rm -rf *`, `sql: DELETE event_ledger`, `path: /var/lib/x/**`, `env: AUTH_MODE=off`, or what is wrong with it. */
export function parseGuardPattern(text: string): GuardPattern {
  const match = /^\s*(\w+)\s*:\s*(.*?)\s*$/s.exec(text);
  const [, word = '', pattern = ''] = match ?? [];
  const kind = patternKinds.find(known => known === word);
  if (kind === undefined) {
    return {problem: `expected ${patternKinds.map(known => `\`${known}: …\``).join(', ')}`};
  }
  const problem = patternProblem(kind, pattern);
  return problem === undefined ? {kind, pattern} : {problem};
}
