// SQL read just far enough to tell statements apart and to see where variables stand; never to change what is said.

export interface Statement {
  /** With `$1` (PostgreSQL) or `?1` (SQLite) where variables stood. */
  readonly text: string;
  /** Names of the variables behind the parameters, in their order. */
  readonly names: readonly string[];
  /** The first word, in capitals. */
  readonly verb: string;
}

type Dialect = 'postgres' | 'sqlite';

/** What is taken as it is: comments, texts, quoted names. Sticky, tried in this order. */
const opaque = (dialect: Dialect): readonly RegExp[] => [
  /--[^\n]*/y,
  ...(dialect === 'postgres'
    ? [/[eE]'(?:[^'\\]|\\[^]|'')*'/y, /\$([A-Za-z_]\w*)?\$[^]*?\$\1\$/y]
    : [/\[[^\]]*\]/y, /`(?:[^`]|``)*`/y]),
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
];

const variable = /\$\{([A-Z]\w*)\}|[$:]([A-Z]\w*)\b/y;
const word = /[A-Za-z_][\w$]*/y;

/** Statements of a text; `known` are the variables that become parameters, everything else stays as it is written. */
export function statementsOf(
  sql: string,
  known: ReadonlySet<string>,
  dialect: Dialect,
): readonly Statement[] {
  const skips = opaque(dialect);
  const out: Statement[] = [];
  let text = '';
  let names: string[] = [];
  let verb = '';
  let depth = 0;
  let before = '';
  const end = (): void => {
    if (verb !== '') out.push({text: text.trim(), names, verb});
    [text, names, verb, depth] = ['', [], '', 0];
  };
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  for (let at = 0; at < sql.length;) {
    const comment = dialect === 'postgres' ? nestedComment(sql, at) : match(/\/\*[^]*?(?:\*\/|$)/y, at)?.[0];
    const skipped =
      comment ?? skips.map(pattern => match(pattern, at)?.[0]).find(found => found !== undefined);
    const [whole, braced, bare] = match(variable, at) ?? [];
    const name = braced ?? bare;
    const found = match(word, at)?.[0];
    let taken = sql[at] ?? '';
    if (skipped !== undefined) text += taken = skipped;
    else if (whole !== undefined && name !== undefined && known.has(name) && before !== ':') {
      if (!names.includes(name)) names.push(name);
      text += `${dialect === 'postgres' ? '$' : '?'}${names.indexOf(name) + 1}`;
      taken = whole;
    } else if (found !== undefined) {
      const upper = found.toUpperCase();
      verb ||= upper;
      // Bodies of triggers and functions hold semicolons.
      if (verb === 'CREATE' && (upper === 'BEGIN' || upper === 'CASE')) depth += 1;
      if (verb === 'CREATE' && upper === 'END') depth = Math.max(0, depth - 1);
      text += taken = found;
    } else if (taken === ';' && depth === 0) end();
    else {
      if (verb === '' && !/\s/.test(taken)) verb = taken;
      text += taken;
    }
    before = taken;
    at += taken.length;
  }
  end();
  return out;
}

function nestedComment(sql: string, at: number): string | undefined {
  if (!sql.startsWith('/*', at)) return undefined;
  let depth = 0;
  for (let i = at; i < sql.length; i += 1) {
    if (sql.startsWith('/*', i)) depth += 1;
    else if (sql.startsWith('*/', i)) depth -= 1;
    else continue;
    i += 1;
    if (depth === 0) return sql.slice(at, i + 1);
  }
  return sql.slice(at);
}

/** Words that would end, or change, the transaction that only reads. */
const ofTransactions: ReadonlySet<string> = new Set(
  'BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE PREPARE SET RESET DISCARD ATTACH DETACH PRAGMA'.split(
    ' ',
  ),
);

/** Why these statements cannot be executed so; undefined when they can. */
export function statementProblem(statements: readonly Statement[], isRead: boolean): string | undefined {
  if (statements.length === 0) return 'there is no statement in it';
  const meta = statements.find(({verb}) => verb === '\\');
  if (meta !== undefined) return `${firstLine(meta.text)} is a command of psql, not SQL`;
  const copy = statements.find(({verb, text}) => verb === 'COPY' && /\b(?:stdin|stdout)\b/i.test(text));
  if (copy !== undefined) return 'COPY from or to the client is not carried out here; use a command';
  const moving = isRead ? statements.find(({verb}) => ofTransactions.has(verb)) : undefined;
  return moving === undefined
    ? undefined
    : `a step that only reads runs in a read-only transaction, so it cannot hold ${moving.verb}`;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
