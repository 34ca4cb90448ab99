// Reads what is about to be done and holds every fact of it against every guard in force.
import {glassFor} from '../domain/breakglass.ts';
import type {Refusal} from '../domain/run.ts';
import {command} from './command.ts';
import {deskFor, type DeskRequest} from './desk.ts';
import type {Fact} from './facts.ts';
import {matchersOf, type Matcher} from './match.ts';
import {withoutMarks} from './overlap.ts';
import {emitAssign, freshScope} from './scope.ts';
import type {Doing, Judging} from './types.ts';

const mostRefusals = 50;

/** Id of a refusal that no guard in particular is behind. */
const unclear = 'unclear';

/** Every reason why this is not simply done; the certain ones first. */
export function judgeDoing(doing: Doing, judging: Judging): readonly Refusal[] {
  const {guards, opened, texts = new Map()} = judging;
  const matchers = matchersOf(guards);
  const found = new Map<string, Refusal>();
  const add = (refusal: Refusal) => {
    const {guard, pattern, matched, certain} = refusal;
    const key = certain || guard === unclear ? [guard, pattern, matched, certain] : [guard];
    if (found.size < mostRefusals) found.set(JSON.stringify(key), refusal);
  };
  const emit: DeskRequest['emit'] = (fact, where) => {
    if (fact.at === 'doubt') add(doubtful(fact.why, fact.shown));
    else for (const matcher of matchers) matched(matcher, {fact, where, opened}, add);
  };
  read(doing, judging, {emit, texts, wanted: () => undefined});
  return [...found.values()].sort((a, b) => Number(b.certain) - Number(a.certain));
}

/** Files of this machine whose text judging would read, beyond the texts that it has. */
export function wantedBy(doing: Doing, judging: Omit<Judging, 'guards' | 'opened'>): readonly string[] {
  const wanted = new Set<string>();
  const {texts = new Map()} = judging;
  read(doing, judging, {emit: () => undefined, texts, wanted: path => wanted.add(path)});
  return [...wanted];
}

interface Held {
  readonly fact: Exclude<Fact, {at: 'doubt'}>;
  readonly where: () => string | undefined;
  readonly opened: Judging['opened'];
}

function matched(matcher: Matcher, {fact, where, opened}: Held, add: (refusal: Refusal) => void): void {
  const match = matcher.match(fact);
  if (match === 'no') return;
  const {guard, pattern} = matcher;
  const {id, title, line, absolute} = guard;
  const certain = match === 'yes';
  const glass = certain ? glassFor(guard, opened)?.glass : undefined;
  const place = where();
  const shown = place === undefined ? fact.shown : `${place}: ${fact.shown}`;
  const refusal = {guard: id, title, line, pattern, matched: shown, absolute, certain};
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

function read(doing: Doing, {env = {}, cwd}: Omit<Judging, 'guards' | 'opened'>, request: DeskRequest): void {
  const desk = deskFor(request);
  const scope = freshScope(cleaned({...env, ...doing.env}), cwd === undefined ? undefined : {dir: cwd});
  try {
    for (const [name, value] of Object.entries(cleaned(doing.env ?? {}))) emitAssign(desk, name, value);
    if (doing.argv !== undefined) command(doing.argv.map(withoutMarks), scope, desk);
    if (doing.text !== undefined) desk.text(withoutMarks(doing.text), scope);
    if (doing.sql !== undefined) desk.sql(withoutMarks(doing.sql), scope);
  } catch (error) {
    // A text that breaks the reader is a text that nobody has judged.
    const why = error instanceof Error ? error.message : String(error);
    request.emit({at: 'doubt', why: `it cannot be read (${why})`, shown: ''}, () => undefined);
  }
}
