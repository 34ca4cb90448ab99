// Reads what is about to be done and holds every fact of it against every guard in force.
import {glassFor} from '../domain/breakglass.ts';
import type {Refusal} from '../domain/run.ts';
import {command} from './command.ts';
import type {Fact} from './facts.ts';
import {matchersOf, type Matcher} from './match.ts';
import {withoutMarks} from './overlap.ts';
import {emitAssign, freshScope, type Desk} from './scope.ts';
import {callFunction, readShell} from './shell.ts';
import {readSql} from './sql.ts';
import type {Doing, Judging} from './types.ts';

/** Commands and statements that are read of one text; what goes beyond is a doubt. */
const mostSteps = 20_000;
const mostRefusals = 50;

/** Id of a refusal that no guard in particular is behind. */
const unclear = 'unclear';

/** Every reason why this is not simply done; the certain ones first. */
export function judgeDoing(doing: Doing, {guards, opened, env = {}}: Judging): readonly Refusal[] {
  const matchers = matchersOf(guards);
  const found = new Map<string, Refusal>();
  const add = (refusal: Refusal) => {
    const {guard, pattern, matched, certain} = refusal;
    const key = certain || guard === unclear ? [guard, pattern, matched, certain] : [guard];
    if (found.size < mostRefusals) found.set(JSON.stringify(key), refusal);
  };
  const held = (fact: Fact) => {
    if (fact.at === 'doubt') add(doubtful(fact.why, fact.shown));
    else for (const matcher of matchers) matched(matcher, fact, opened, add);
  };
  read(doing, cleaned({...env, ...doing.env}), held);
  return [...found.values()].sort((a, b) => Number(b.certain) - Number(a.certain));
}

function matched(
  matcher: Matcher,
  fact: Fact,
  opened: Judging['opened'],
  add: (refusal: Refusal) => void,
): void {
  const match = matcher.match(fact);
  if (match === 'no' || fact.at === 'doubt') return;
  const {guard, pattern} = matcher;
  const {id, title, line, absolute} = guard;
  const certain = match === 'yes';
  const glass = certain ? glassFor(guard, opened)?.glass : undefined;
  const refusal = {guard: id, title, line, pattern, matched: fact.shown, absolute, certain};
  add(glass === undefined ? refusal : {...refusal, glass});
}

const doubtful = (why: string, shown: string): Refusal => ({
  guard: unclear,
  title: `What this does cannot be told: ${why}.`,
  line: 0,
  pattern: '',
  matched: shown,
  absolute: false,
  certain: false,
});

const cleaned = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, withoutMarks(value)]));

function read(doing: Doing, env: Readonly<Record<string, string>>, emit: (fact: Fact) => void): void {
  const doubts = new Set<string>();
  let steps = mostSteps;
  const desk: Desk = {
    emit,
    doubt: (why, shown) => {
      if (doubts.has(why)) return;
      doubts.add(why);
      emit({at: 'doubt', why, shown});
    },
    spend: () => {
      steps--;
      if (steps < 0) desk.doubt('it is too long to be read to its end', '');
      return steps >= 0;
    },
    text: (text, inner) => readShell(text, inner, desk),
    call: (called, args, inner) => callFunction(called, args, inner, desk),
    sql: (text, inner) => {
      readSql(text, inner, desk);
    },
    called: new Set(),
  };
  const scope = freshScope(env);
  try {
    for (const [name, value] of Object.entries(cleaned(doing.env ?? {}))) emitAssign(desk, name, value);
    if (doing.argv !== undefined) command(doing.argv.map(withoutMarks), scope, desk);
    if (doing.text !== undefined) desk.text(withoutMarks(doing.text), scope);
    if (doing.sql !== undefined) desk.sql(withoutMarks(doing.sql), scope);
  } catch (error) {
    // A text that breaks the reader is a text that nobody has judged.
    desk.doubt(`it cannot be read (${error instanceof Error ? error.message : String(error)})`, '');
  }
}
