// The desk of one judging: knows the texts of files, says where in one a fact stands, and counts the work.
import type {Function as ShellFunction} from 'unbash';
import {normalPath, type Fact} from './facts.ts';
import {withoutMarks} from './overlap.ts';
import {nothing} from './output.ts';
import {isNamed} from './expand.ts';
import type {Desk, Source} from './scope.ts';
import {callFunction, readShell} from './shell.ts';
import {readSql} from './sql.ts';
import type {Texts} from './types.ts';

/** Commands and statements that are read for one judging; what goes beyond is a doubt. */
const mostSteps = 20_000;

export interface DeskRequest {
  /** `where` says the file and line that a fact stands in; undefined: in what is judged itself. */
  readonly emit: (fact: Fact, where: () => string | undefined) => void;
  readonly texts: Texts;
  /** Told each file whose text would be read, and that is not among the texts. */
  readonly wanted: (path: string) => void;
}

export function deskFor({emit, texts, wanted}: DeskRequest): Desk {
  const doubts = new Set<string>();
  const sources = new WeakMap<ShellFunction, Source>();
  const reading = new Set<string>();
  let steps = mostSteps;
  let place: {readonly source: Source; readonly pos: number} | undefined;
  /** Whether the positions that are told belong to the text of that place. */
  let isThere = false;

  const where = (): string | undefined =>
    place && `${place.source.name}:${place.source.text.slice(0, place.pos).split('\n').length}`;
  const within = <T>(source: Source | undefined, work: () => T): T => {
    const before = {place, isThere};
    if (source !== undefined) place = {source, pos: 0};
    isThere = source !== undefined;
    try {
      return work();
    } finally {
      ({place, isThere} = before);
    }
  };
  /** A file is not read again inside itself. */
  const opened = <T>(source: Source, work: () => T): T | undefined => {
    if (reading.has(source.path)) return undefined;
    reading.add(source.path);
    try {
      return within(source, work);
    } finally {
      reading.delete(source.path);
    }
  };
  const say = (why: string, shown: string): void => {
    if (doubts.has(why)) return;
    doubts.add(why);
    emit({at: 'doubt', why, shown}, where);
  };

  const desk: Desk = {
    emit: fact => {
      emit(fact, where);
    },
    // Nearly every script does something that cannot be told, as every other program does: that alone asks nothing.
    doubt: (why, shown) => {
      if (place === undefined) say(why, shown);
    },
    spend: () => {
      steps--;
      if (steps < 0) say('it is too long to be read to its end', '');
      return steps >= 0;
    },
    mark: pos => {
      if (isThere && place !== undefined) place = {...place, pos};
    },
    text: (text, scope) => within(undefined, () => readShell(text, scope, desk)),
    inside: work => within(undefined, work),
    define: called => {
      if (isThere && place !== undefined) sources.set(called, place.source);
    },
    call: (called, args, scope) => within(sources.get(called), () => callFunction(called, args, scope, desk)),
    sql: (text, scope) => {
      within(undefined, () => {
        readSql(text, scope, desk);
      });
    },
    file: (name, {here}) => {
      if (here === undefined || name === '' || name.startsWith('~') || !isNamed(name)) return undefined;
      if (!name.startsWith('/') && here.dir === undefined) return undefined;
      const path = normalPath(name.startsWith('/') ? name : `${here.dir ?? ''}/${name}`);
      if (!texts.has(path)) wanted(path);
      const text = texts.get(path);
      return text === undefined ? undefined : {name, path, text: withoutMarks(text)};
    },
    script: (source, scope) => opened(source, () => readShell(source.text, scope, desk)) ?? nothing,
    statements: (source, scope) => {
      opened(source, () => {
        readSql(source.text, scope, desk);
      });
    },
    called: new Set(),
  };
  return desk;
}
