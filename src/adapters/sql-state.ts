// What an error of a database means for whoever looked: the target's failure, or ours to look (PostgreSQL, Appendix A).
import type {Kind} from '../domain/verdict.ts';

export interface Meaning {
  readonly kind: Kind;
  readonly ours: boolean;
  readonly message: string;
}

type Row = readonly [kind: Kind, ours: boolean, said: string];

const theirs = (kind: Kind, said = ''): Row => [kind, false, said];
const ours = (kind: Kind, said = ''): Row => [kind, true, said];

const states: Readonly<Record<string, Row>> = {
  '28P01': theirs('auth', 'the credential is refused'),
  '28000': theirs('auth', 'the credential is refused'),
  '3D000': theirs('connect', 'the server has no such database'),
  '53300': theirs('connect', 'pool exhausted: the server has no connection left'),
  '57014': theirs('timeout', 'the statement did not end within its time'),
  '55P03': theirs('timeout', 'a lock was not given within its time'),
  '42501': ours('permission', 'this account may not look'),
  '25006': ours('config', 'a check only reads'),
  '57P03': theirs('connect', 'the server takes no connections now'),
};

/** By the first two characters, for what is not named above. */
const classes: Readonly<Record<string, Row>> = {
  '08': theirs('connect', 'the connection was lost'),
  '28': theirs('auth', 'the credential is refused'),
  '53': theirs('assertion', 'the server is out of something'),
  '57': theirs('connect', 'the server ended the connection'),
  '58': theirs('assertion', 'the server has trouble with its system'),
  XX: theirs('assertion', 'the server found something broken'),
  F0: theirs('assertion', 'the server found something broken'),
};

/** An error that the server answered with. What is not known is taken for a mistake in the statement. */
export function fromSqlState(code: string, text: string): Meaning {
  const [kind, isOurs, said] = states[code] ?? classes[code.slice(0, 2)] ?? ours('config');
  return {kind, ours: isOurs, message: `${said === '' ? '' : `${said}: `}${text} (${code})`};
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const sqlite: Readonly<Record<number, Row>> = {
  3: ours('permission', 'this account may not look'),
  5: theirs('timeout', 'the database stayed locked'),
  6: theirs('timeout', 'the database stayed locked'),
  7: theirs('assertion'),
  8: ours('config', 'a check only reads'),
  10: theirs('assertion', 'the disk has trouble'),
  11: theirs('assertion', 'the file is damaged'),
  14: ours('permission', 'it cannot be opened'),
  23: ours('permission', 'this account may not look'),
  26: theirs('assertion', 'it is no SQLite database'),
};

/** `errcode` may be an extended one: its last byte is what it is a case of. */
export function fromSqlite(errcode: number, text: string): Meaning {
  const [kind, isOurs, said] = sqlite[errcode & 0xff] ?? ours('config');
  return {kind, ours: isOurs, message: said === '' ? text : `${said}: ${text}`};
}
