import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {current, currentIndex, isGood, isMachine, isPassed} from '../../src/domain/run.ts';
import {foldRun} from '../../src/domain/run-fold.ts';
import {choices} from '../../src/domain/run-choices.ts';
import {intentOf, Model, outcomeOf, phase, procedure, runbook, step, type Untimed} from './run-model.ts';

const write = (id: string, rollback?: string) =>
  step(id, 'command', {effect: 'write', attributes: rollback === undefined ? {} : {rollback}});

const book = runbook([
  procedure('main', [
    phase('trigger', [], ['it hangs']),
    phase('preconditions', [step('shell', 'manual'), step('up', 'check', {attributes: {check: 'live'}})]),
    phase('diagnose', [
      step('cause', 'command'),
      step('which', 'decide', {
        options: [
          {answer: 'Stopped', text: '', link: '#other'},
          {answer: 'Else', text: ''},
        ],
      }),
    ]),
    phase('procedure', [write('drain', 'undrain'), write('restart', 'start'), step('tell', 'manual')]),
    phase('verify', [step('ready', 'check', {attributes: {panel: 'readiness'}}), step('ask', 'manual')]),
    phase('safe-actions', [write('close')]),
    phase('rollback', [write('start'), write('undrain'), write('log')]),
  ]),
  procedure('other', [phase('procedure', [write('begin', 'end')]), phase('rollback', [write('end')])]),
]);

/** What may happen next: an answer, a runner's life or death, a console that dies between confirm and runner. */
const event = fc.record({
  pick: fc.nat(20),
  outcome: fc.constantFrom('pass', 'pass', 'pass', 'fail', 'unknown' as const),
  crash: fc.constantFrom(
    'none',
    'none',
    'none',
    'before-intent',
    'after-intent',
    'after-acting',
    'late' as const,
  ),
  stale: fc.boolean(),
});
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const reasons = {reason: 'because'};

function answerFor(model: Model, {pick}: Event): Untimed | undefined {
  const open = choices(model.state, model.stance).filter(
    ({disabled, say}) => disabled === undefined && say !== 'take-over',
  );
  // Leaving ends everything, so it is rare.
  const usual = open.filter(({say}) => say !== 'abort' && say !== 'escalate');
  const list = pick === 20 || usual.length === 0 ? open : usual;
  const choice = list[pick % Math.max(list.length, 1)];
  if (choice === undefined) return undefined;
  switch (choice.say) {
    case 'option':
    case 'safe':
      return {say: choice.say, key: choice.option ?? choice.key};
    case 'yes':
      return {say: 'yes', typed: 'api', ...reasons};
    case 'done':
    case 'retry':
    case 'undo':
      return {say: choice.say};
    case 'fails':
    case 'skip':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'escalate':
    case 'abort':
    case 'take-over':
    case 'finish':
    case 'pause':
    case 'hand-over':
      return {say: choice.say, ...reasons};
    case 'resume':
    case 'take-back':
      return {say: choice.say};
    case 'value':
      return {say: 'value', text: 'x'};
  }
}

/** Runs the events; `acted` counts how often each step really acted, by item and confirm. */
function play(events: readonly Event[]) {
  const model = new Model(book, 'main');
  const acted: {readonly item: string; readonly intent: number}[] = [];
  let runners = 0;
  const late: (() => void)[] = [];
  for (const one of events) {
    const before = model.state;
    if (before.over !== undefined) break;
    const walked = current(before);
    if (walked?.state.at === 'unknown' && one.stale) late.splice(0).forEach(spooled => spooled());
    const answer = answerFor(model, one);
    if (answer === undefined) continue;
    const response = model.say(answer);
    expect(response).toMatchObject({ok: true});
    if (!response.ok || response.then !== 'act') continue;
    const after = model.state;
    const now = current(after);
    if (now === undefined) throw new Error('acting on nothing');
    const {item} = now;
    const {attempt} = now.state;
    const confirm = after.head;
    // The console dies before anything is started: a confirm without intent.
    if (one.crash === 'before-intent') continue;
    if ('by' in item.kind && item.kind.by === 'engine') {
      model.append([outcomeOf(item.id, undefined, {attempt, verdict: one.outcome})], confirm);
      continue;
    }
    const name = `runner-${(runners += 1)}`;
    const intent = model.append([intentOf(after, item.id, {attempt, confirm, name})], confirm);
    // A second runner for the same confirm (a console that was believed dead) never gets its intent in.
    const second = model.append([intentOf(after, item.id, {attempt, confirm, name: 'twin'})], confirm);
    expect(second.ok).toBe(false);
    if (!intent.ok) throw new Error('the first runner was refused');
    acted.push({item: item.id, intent: intent.seq});
    if (one.crash === 'after-intent' || one.crash === 'after-acting' || one.crash === 'late') {
      model.dead.add(name);
      if (one.crash === 'late') {
        late.push(() => model.append([outcomeOf(item.id, intent.seq, {attempt, verdict: one.outcome})]));
      }
      expect(current(model.state)).toMatchObject({item: {id: item.id}, state: {at: 'unknown'}});
      model.append([
        {
          kind: 'step.unknown',
          step: item.id,
          of: intent.seq,
          body: {attempt, why: 'gone', survivors: [{pid: 7, command: 'sleep'}]},
        },
      ]);
      continue;
    }
    model.append([outcomeOf(item.id, intent.seq, {attempt, verdict: one.outcome})]);
  }
  return {model, acted};
}

const calm: Event = {pick: 0, outcome: 'pass', crash: 'none', stale: false};
const histories = fc.array(event, {minLength: 1, maxLength: 50});

type Played = ReturnType<typeof play>;

/** What holds after any history, by name. */
const rules: Readonly<Record<string, (played: Played) => void>> = {
  'no step acts twice without a decision of the operator in between': ({model}) => {
    const lastIntent = new Map<string, number>();
    const decided = new Map<string, number>();
    let undo = -1;
    for (const {seq, entry} of model.entries) {
      const id = entry.step ?? '';
      if (entry.kind === 'step.decide') {
        decided.set(id, seq);
        if (entry.body['answer'] === 'undo') undo = seq;
      }
      if (entry.kind !== 'step.intent') continue;
      const earlier = lastIntent.get(id);
      if (earlier !== undefined) expect(Math.max(decided.get(id) ?? -1, undo)).toBeGreaterThan(earlier);
      lastIntent.set(id, seq);
    }
  },
  'every intent rests on the newest confirm, every outcome of a runner names its intent': ({model}) => {
    let previous = model.entries[0]?.entry;
    const intents = new Set<number>();
    for (const {entry} of model.entries) {
      if (entry.kind === 'step.intent') {
        expect(previous).toMatchObject({kind: 'step.confirm', step: entry.step});
        expect(entry.body['confirm']).toBe(previous?.seq);
        intents.add(entry.seq);
      }
      if (entry.kind === 'step.outcome' && entry.of !== undefined) expect(intents.has(entry.of)).toBe(true);
      previous = entry;
    }
  },
  'verification and preconditions are never skipped, and a passed run has all of them good': ({model}) => {
    const {state} = model;
    const musts = state.walk.filter(
      ({item: {role, phase: of}}) => role === 'precondition' || of === 'verify',
    );
    for (const {state: at} of musts) expect(at.at).not.toBe('skipped');
    if (state.over?.result !== 'passed') return;
    expect(state.rolledBack).toBe(false);
    expect(state.walk.every(isPassed)).toBe(true);
    for (const {item, state: at} of musts) {
      expect({id: item.id, ok: at.at === 'done' && isGood(at.verdict)}).toEqual({id: item.id, ok: true});
    }
  },
  'after a precondition that does not hold, nothing but the end follows': ({model}) => {
    const failed = model.entries.findIndex(
      ({entry}) =>
        entry.kind === 'step.outcome' &&
        (entry.step === 'shell' || entry.step === 'up') &&
        entry.body['verdict'] === 'fail',
    );
    if (failed === -1) return;
    const rest = model.entries.slice(failed + 1).map(({entry}) => entry.kind);
    expect(rest.filter(kind => kind !== 'run.finish')).toEqual([]);
  },
  'replay gives the same state and the same step': ({model}) => {
    const again = foldRun(model.book, structuredClone(model.entries), model.alive);
    expect(again).toEqual(model.state);
    expect(again === undefined ? undefined : currentIndex(again)).toBe(currentIndex(model.state));
  },
  'a machine step is never ticked by hand': ({model}) => {
    for (const {item, state: at} of model.state.walk) {
      if (isMachine(item) && at.at === 'done') expect(at.by).not.toBe('attested');
    }
  },
  'an open run always offers an answer': ({model}) => {
    if (model.state.over !== undefined) return;
    const open = choices(model.state, model.stance).filter(({disabled}) => disabled === undefined);
    expect(open.length).toBeGreaterThan(0);
  },
};

test(`whatever operators say and wherever processes die: ${Object.keys(rules).join('; ')}`, () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(histories, events => {
      const played = play(events);
      ends.add(played.model.state.over?.result ?? 'open');
      for (const rule of Object.values(rules)) rule(played);
    }),
    // One history in which all goes well, so that a passed run is always among them.
    {numRuns: 400, examples: [[Array.from({length: 50}, () => calm)]]},
  );
  // The histories reach what the rules are about.
  expect([...ends]).toEqual(expect.arrayContaining(['open', 'passed', 'failed', 'aborted']));
});
