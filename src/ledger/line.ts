// From what a caller says to the line of an entry. The line is cut where `prev` and `seq` go, which only the writer
// that holds the lock knows; what is around them is canonical (RFC 8785) before that.
import canonicalize from 'canonicalize';
import type {Actor, Json} from '../domain/entry.ts';
import {maxDepth, maxEntryBytes} from '../domain/limits.ts';
import {scalarProblem, valueProblem} from './values.ts';

/** Who and when: the same for everything one session writes at one moment. */
export interface Stamp {
  readonly ts: string;
  readonly mono: number;
  readonly boot: string;
  readonly session: string;
  readonly actor: Actor;
}

export interface Said {
  readonly kind: string;
  readonly body: Readonly<Record<string, Json>>;
  readonly run?: string;
  readonly step?: string;
  readonly of?: number;
  readonly fence?: number;
}

/** A line without its `prev` and `seq`. */
export interface Draft {
  readonly kind: string;
  readonly run?: string;
  readonly of?: number;
  readonly fence?: number;
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
}

const member = (key: string, value: unknown): string =>
  value === undefined ? '' : `,"${key}":${canonicalize(value) ?? 'null'}`;

/** Longest decimal `seq`. */
const seqDigits = 16;

function longest({head, middle, tail}: Pick<Draft, 'head' | 'middle' | 'tail'>): number {
  return Buffer.byteLength(head) + Buffer.byteLength(middle) + Buffer.byteLength(tail) + 64 + seqDigits;
}

/** A session writes many entries with one actor: it is checked and written out once. */
const actors = new WeakMap<Actor, {readonly problem: string | undefined; readonly text: string}>();

function known(actor: Actor): {readonly problem: string | undefined; readonly text: string} {
  let found = actors.get(actor);
  if (found === undefined) {
    const problem = valueProblem(actor, '/actor');
    found = {problem, text: problem === undefined ? member('actor', actor) : ''};
    actors.set(actor, found);
  }
  return found;
}
const actorProblem = (actor: Actor): string | undefined => known(actor).problem;
const actorMember = (actor: Actor): string => known(actor).text;

interface Scalars {
  readonly kind: string;
  readonly log: string;
  readonly run: string | undefined;
  readonly step: string | undefined;
  readonly of: number | undefined;
  readonly fence: number | undefined;
}

function scalarsProblem(said: Scalars, stamp: Stamp): string | undefined {
  const {kind, log, run, step, of, fence} = said;
  const {ts, mono, boot, session} = stamp;
  const scalars = {kind, log, run, step, of, fence, ts, mono, boot, session};
  for (const [key, value] of Object.entries(scalars)) {
    const problem = value === undefined ? undefined : scalarProblem(value);
    if (problem !== undefined) return `/${key} ${problem}`;
  }
  return undefined;
}

/** The draft of an entry, or what is wrong with it: a float, a lone surrogate, a key that is not ASCII, too long. */
export function draftOf(log: string, stamp: Stamp, said: Said): Draft | {readonly problem: string} {
  const {kind, run, step, of, fence} = said;
  const problem = actorProblem(stamp.actor) ?? scalarsProblem({kind, log, run, step, of, fence}, stamp);
  if (problem !== undefined) return {problem};
  const bodyProblem = valueProblem(said.body, '/body', maxDepth);
  if (bodyProblem !== undefined) return {problem: bodyProblem};
  const before =
    actorMember(stamp.actor) +
    member('body', said.body) +
    member('boot', stamp.boot) +
    member('fence', fence) +
    member('kind', kind) +
    member('log', log) +
    member('mono', stamp.mono) +
    member('of', of);
  const head = `{${before.slice(1)},"prev":"`;
  const middle = `"${member('run', run)},"seq":`;
  const tail = `${member('session', stamp.session)}${member('step', step)}${member('ts', stamp.ts)},"v":1}`;
  const size = longest({head, middle, tail});
  if (size > maxEntryBytes) {
    return {problem: `the entry would have ${size} bytes; the longest line is ${maxEntryBytes}`};
  }
  return {
    kind,
    head,
    middle,
    tail,
    ...(run === undefined ? {} : {run}),
    ...(of === undefined ? {} : {of}),
    ...(fence === undefined ? {} : {fence}),
  };
}

/** The exact text of the line. */
export const lineOf = ({head, middle, tail}: Draft, prev: string, seq: number): string =>
  `${head}${prev}${middle}${seq}${tail}`;
