// From what a caller says to the line of an entry. The line is cut where `prev` and `seq` go, which only the writer
// that holds the lock knows; what is around them is canonical (RFC 8785) before that.
import type {Actor, Json} from '../domain/entry.ts';
import {maxDepth, maxEntryBytes} from '../domain/limits.ts';
import {canonicalText, quoted} from './canonical-text.ts';
import {sha256} from './hash.ts';
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

/** A text or an integer that is known to be good. */
const member = (key: string, value: string | number | undefined): string =>
  value === undefined ? '' : `,"${key}":${typeof value === 'string' ? (quoted(value) ?? '') : String(value)}`;

/** Longest decimal `seq`. */
const seqDigits = 16;

/** Bytes that the line has at most. */
function longest({head, middle, tail}: Pick<Draft, 'head' | 'middle' | 'tail'>): number {
  // A UTF-16 code unit is at most three bytes: a short line need not be counted.
  const atMost = 3 * (head.length + middle.length + tail.length) + 64 + seqDigits;
  if (atMost <= maxEntryBytes) return atMost;
  return Buffer.byteLength(head) + Buffer.byteLength(middle) + Buffer.byteLength(tail) + 64 + seqDigits;
}

/** What `canonicalText` found wrong, in words. */
const problemOf = (value: unknown, pointer: string): string =>
  valueProblem(value, pointer, maxDepth) ?? `${pointer} has no canonical form`;

/** A session writes many entries with one actor: it is checked and written out once. */
const actors = new WeakMap<Actor, {readonly problem: string | undefined; readonly text: string}>();

function known(actor: Actor): {readonly problem: string | undefined; readonly text: string} {
  let found = actors.get(actor);
  if (found === undefined) {
    const text = canonicalText(actor, maxDepth);
    const problem = text === undefined ? problemOf(actor, '/actor') : undefined;
    found = {problem, text: `,"actor":${text ?? ''}`};
    actors.set(actor, found);
  }
  return found;
}
const actorProblem = (actor: Actor): string | undefined => known(actor).problem;
const actorMember = (actor: Actor): string => known(actor).text;

/** The scalars of an entry, checked without making anything while they are good. */
function scalarsProblem({kind, run, step, of, fence}: Said, log: string, stamp: Stamp): string | undefined {
  const {ts, mono, boot, session} = stamp;
  return (
    problemAt('kind', kind) ??
    problemAt('log', log) ??
    problemAt('run', run) ??
    problemAt('step', step) ??
    problemAt('of', of) ??
    problemAt('fence', fence) ??
    problemAt('ts', ts) ??
    problemAt('mono', mono) ??
    problemAt('boot', boot) ??
    problemAt('session', session)
  );
}

function problemAt(key: string, value: string | number | undefined): string | undefined {
  const problem = value === undefined ? undefined : scalarProblem(value);
  return problem === undefined ? undefined : `/${key} ${problem}`;
}

/** The draft of an entry, or what is wrong with it: a float, a lone surrogate, a key that is not ASCII, too long. */
export function draftOf(log: string, stamp: Stamp, said: Said): Draft | {readonly problem: string} {
  const {kind, run, step, of, fence} = said;
  const problem = actorProblem(stamp.actor) ?? scalarsProblem(said, log, stamp);
  if (problem !== undefined) return {problem};
  const body = canonicalText(said.body, maxDepth);
  if (body === undefined) return {problem: problemOf(said.body, '/body')};
  const before =
    actorMember(stamp.actor) +
    `,"body":${body}` +
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

/** The bytes of a line and its leaf hash (RFC 6962): the text is written once, behind the 0x00 that is hashed with it. */
export function sealed(line: string): {readonly bytes: Buffer; readonly leaf: Buffer} {
  const hashed = Buffer.from(`\0${line}`);
  return {bytes: hashed.subarray(1), leaf: sha256(hashed)};
}
