import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {current, currentIndex, isGood, isMachine, isPassed} from '../../src/domain/run.ts';
import {foldRun} from '../../src/domain/run-fold.ts';
import {choices} from '../../src/domain/run-choices.ts';
import type {Step} from '../../src/domain/runbook.ts';
import {
  intentOf,
  Model,
  outcomeOf,
  phase,
  procedure,
  runbook,
  step,
  type Untimed,
  type Who,
} from './run-model.ts';

const write = (id: string, more: Step['attributes'] = {}) =>
  step(id, 'command', {effect: 'write', attributes: more});

const book = runbook(
  [
    procedure('main', [
      phase('trigger', [], ['it hangs']),
      phase('preconditions', [step('shell', 'manual'), step('up', 'check', {attributes: {check: 'live'}})]),
      phase('diagnose', [
        step('cause', 'command'),
        step('which', 'decide', {
          options: [
            {answer: 'Else', text: ''},
            {answer: 'Stopped', text: '', link: '#other'},
            {answer: 'Elsewhere', text: '', link: 'far.md#far'},
          ],
        }),
        step('sure', 'decide', {
          options: [
            {answer: 'Yes', text: ''},
            {answer: 'No', text: '', link: '#other'},
          ],
        }),
      ]),
      phase('procedure', [
        write('drain', {rollback: 'undrain'}),
        write('restart', {rollback: 'start', when: 'NODE=x', verify: 'live'}),
        step('group', 'manual', {
          attributes: {when: 'NODE!=x'},
          children: [write('one'), step('two', 'manual')],
        }),
        write('blind', {when: 'check:api/live=pass'}),
        write('never'),
        write('careful'),
        step('shell-in', 'terminal', {effect: 'write', command: 'psql', lang: 'sh'}),
        step('count', 'input', {attributes: {var: 'COUNT', pattern: '[0-9a-z]+'}}),
        step('seen', 'attest'),
        step('agree', 'manual', {effect: 'write'}),
        step('tell', 'manual'),
      ]),
      phase('verify', [step('ready', 'check', {attributes: {panel: 'readiness'}}), step('ask', 'manual')]),
      phase('safe-actions', [write('close')]),
      phase('rollback', [write('start'), write('undrain'), write('log')]),
    ]),
    procedure('other', [
      phase('procedure', [write('begin', {rollback: 'end'})]),
      phase('rollback', [write('end')]),
    ]),
  ],
  {meta: {vars: [{name: 'NODE', description: 'which node', default: 'x'}]}},
);

const far = runbook([procedure('far', [phase('procedure', [write('there'), step('back', 'manual')])])], {
  file: '/tmp/far.md',
});

/** What may happen next: an answer by one of two operators, a runner's life or death, a console that dies. */
const event = fc.record({
  // Mostly the first choice, so that histories come far; the others often enough.
  pick: fc.oneof({weight: 6, arbitrary: fc.constant(0)}, {weight: 4, arbitrary: fc.nat(24)}),
  who: fc.constantFrom<Who>('mara', 'mara', 'mara', 'mara', 'mara', 'noor'),
  outcome: fc.constantFrom('pass', 'pass', 'pass', 'pass', 'pass', 'pass', 'fail', 'unknown' as const),
  crash: fc.constantFrom(
    'none',
    'none',
    'none',
    'none',
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

/** The run goes on for long only when its walkers seldom leave, rest or hand over. */
const rare = new Set<string>(['abort', 'escalate', 'pause', 'hand-over', 'take-over']);
const rarely: Readonly<Record<number, string>> = {
  20: 'pause',
  21: 'hand-over',
  22: 'take-over',
  23: 'escalate',
  24: 'abort',
};

function answerFor(model: Model, {pick, who}: Event): Untimed | undefined {
  const open = choices(model.state, model.stanceOf(who)).filter(({disabled}) => disabled === undefined);
  const asked = open.filter(({say}) => say === rarely[pick]);
  const usual = open.filter(({say}) => !rare.has(say));
  const list = asked.length > 0 ? asked : usual;
  const choice = list[pick % Math.max(list.length, 1)];
  if (choice === undefined) return undefined;
  switch (choice.say) {
    case 'option':
    case 'safe':
      return {say: choice.say, key: choice.option ?? choice.key};
    case 'yes':
      return {say: 'yes', typed: 'api', ...reasons};
    case 'done':
      return {say: 'done', note: 'looked at it'};
    case 'retry':
    case 'undo':
    case 'resume':
    case 'take-back':
      return {say: choice.say};
    case 'value':
      return {say: 'value', text: pick === 3 ? '' : pick % 2 === 0 ? 'x' : 'y'};
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
  }
}

const guards = {never: {certain: true}, careful: {glass: 'g1'}, there: {certain: false}};

/** Runs the events; `acted` says which step acted by which intent. */
function play(events: readonly Event[], mode: 'live' | 'rehearsal') {
  const model: Model = new Model(book, 'main', {
    mode,
    guards,
    linked: new Map([['far.md', far]]),
    // A check says something else as time goes by, and sometimes nothing at all.
    met: when =>
      when.startsWith('check:')
        ? [undefined, true, false, true][model.entries.length % 4]
        : (model.values.get('NODE') === 'x') === (when === 'NODE=x'),
  });
  const acted: {readonly item: string; readonly intent: number}[] = [];
  let runners = 0;
  const late: (() => void)[] = [];
  for (const one of events) {
    const {who} = one;
    model.settle(who);
    const before = model.state;
    if (before.over !== undefined) break;
    const walked = current(before);
    if (walked?.state.at === 'unknown' && one.stale) late.splice(0).forEach(spooled => spooled());
    const answer = answerFor(model, one);
    if (answer === undefined) continue;
    const length = model.entries.length;
    const response = model.say(answer, who);
    // An empty value is taken only where there is a default.
    if (answer.say === 'value' && !response.ok) {
      expect(model.entries).toHaveLength(length);
      continue;
    }
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
      model.append([outcomeOf(item.id, undefined, {attempt, verdict: one.outcome})], confirm, who);
      continue;
    }
    const name = `runner-${(runners += 1)}`;
    const intent = model.append([intentOf(after, item.id, {attempt, confirm, name})], confirm, who);
    // A second runner for the same confirm (a console that was believed dead) never gets its intent in.
    const second = model.append([intentOf(after, item.id, {attempt, confirm, name: 'twin'})], confirm, who);
    expect(second.ok).toBe(false);
    if (!intent.ok) throw new Error('the first runner was refused');
    acted.push({item: item.step.id, intent: intent.seq});
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

const calm: Event = {pick: 0, who: 'mara', outcome: 'pass', crash: 'none', stale: false};
const histories = fc.array(event, {minLength: 1, maxLength: 70});

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
    // What belongs to a step that does not apply is passed over with it, and only that.
    for (const {item, state: at} of state.walk) {
      if (item.role === 'verify' && at.at === 'skipped' && at.by === 'when')
        expect(item.conditions?.map(({text}) => text)).toContain(at.when);
      else if (item.role === 'verify' && at.at === 'skipped') expect(at.by).toBe('way');
    }
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
    // Somebody else may take the run over, to end it.
    expect(rest.filter(kind => kind !== 'run.finish' && kind !== 'run.handover')).toEqual([]);
  },
  'replay gives the same state and the same step': ({model}) => {
    const again = foldRun(model.book, structuredClone(model.entries), model.alive);
    expect(again).toEqual(model.state);
    expect(again === undefined ? undefined : currentIndex(again)).toBe(currentIndex(model.state));
  },
  'nothing acts in a rehearsal, and it takes no lease': ({model, acted}) => {
    if (model.state.mode !== 'rehearsal') return;
    const writes = new Set(
      model.state.walk.filter(({item}) => item.step.effect !== 'read').map(({item}) => item.step.id),
    );
    expect(acted.filter(({item}) => writes.has(item))).toEqual([]);
    expect(model.lease).toBeUndefined();
  },
  'what a guard refuses never acts, and is recorded once for each attempt': ({model, acted}) => {
    expect(acted.filter(({item}) => item === 'never')).toEqual([]);
    const refused = model.entries.filter(({entry}) => entry.kind === 'guard.refused');
    expect(refused.every(({entry}) => entry.step === 'never')).toBe(true);
    const attempts = model.state.walk.find(({item}) => item.id === 'never')?.state.attempt ?? 1;
    expect(refused.length).toBeLessThanOrEqual(attempts);
  },
  'what a break-glass lets past is confirmed by name and says so': ({model, acted}) => {
    const kinds = model.entries.filter(({entry}) => entry.step === 'careful').map(({entry}) => entry);
    const uses = kinds.filter(({kind}) => kind === 'breakglass.use').length;
    const confirms = kinds.filter(({kind}) => kind === 'step.confirm');
    if (model.state.mode === 'live') expect(uses).toBe(confirms.length);
    expect(confirms.every(({body}) => body['level'] === 'typed')).toBe(true);
    expect(acted.filter(({item}) => item === 'careful').length).toBeLessThanOrEqual(uses);
  },
  'a paused run holds no lease, and a walked one is walked by whoever holds it': ({model}) => {
    const {state} = model;
    if (state.mode === 'rehearsal' || state.over !== undefined) return;
    expect(model.lease).toBe(state.paused === undefined ? state.session : undefined);
  },
  'between a pause and what takes the run up again, nothing is recorded': ({model}) => {
    const kinds = model.entries.map(({entry}) => entry.kind);
    for (const [i, kind] of kinds.entries()) {
      if (kind === 'run.pause' && i + 1 < kinds.length)
        expect(['run.resume', 'run.handover']).toContain(kinds[i + 1]);
    }
  },
  'what does not apply is passed over with its condition, and what belongs to it goes the same way': ({
    model,
  }) => {
    const way = (id: string) => model.state.walk.find(({item}) => item.id === id)?.state;
    for (const {item, state: at} of model.state.walk) {
      if (at.at === 'skipped' && at.by === 'when')
        expect(item.conditions?.map(({text}) => text)).toContain(at.when);
    }
    const [restart, verify] = [way('restart'), way('restart.verify')];
    if (restart?.at === 'skipped' && restart.by === 'when' && verify !== undefined && verify.at !== 'waiting')
      expect(verify).toMatchObject({at: 'skipped'});
    if (restart?.at === 'done' && verify?.at === 'skipped') expect(verify.by).toBe('way');
  },
  'an answer is taken back only while nothing acted after it': ({model}) => {
    for (const [i, {entry}] of model.entries.entries()) {
      if (entry.body['about'] !== 'question' || entry.body['answer'] !== 'retry') continue;
      const from = model.entries.findLastIndex(
        (one, at) => at < i && one.entry.step === entry.step && one.entry.body['answer'] === 'option',
      );
      const between = model.entries.slice(from + 1, i).map(one => one.entry.kind);
      expect(between).not.toContain('step.intent');
    }
  },
  'each value is a recorded entry with its value beside it, and asked for before anything acts': ({
    model,
  }) => {
    for (const {name, seq} of model.state.values) {
      expect(model.disclosed.has(`${seq}/body/value`)).toBe(true);
      expect(['NODE', 'COUNT']).toContain(name);
    }
    const intent = model.entries.findIndex(({entry}) => entry.kind === 'step.intent');
    if (intent !== -1)
      expect(model.entries.slice(0, intent).some(({entry}) => entry.kind === 'step.value')).toBe(true);
  },
  'a machine step is never ticked by hand': ({model}) => {
    for (const {item, state: at} of model.state.walk) {
      if (isMachine(item) && at.at === 'done') expect(at.by).not.toBe('attested');
    }
  },
  'an open run always offers an answer': ({model}) => {
    if (model.state.over !== undefined) return;
    const walker = model.state.session === 'noor' ? 'noor' : 'mara';
    model.settle(walker);
    const open = choices(model.state, model.stanceOf(walker)).filter(({disabled}) => disabled === undefined);
    expect(open.length).toBeGreaterThan(0);
  },
};

test(`whatever operators say and wherever processes die: ${Object.keys(rules).join('; ')}`, () => {
  const ends = new Set<string>();
  const kinds = new Set<string>();
  fc.assert(
    fc.property(histories, fc.constantFrom('live', 'live', 'live', 'rehearsal' as const), (events, mode) => {
      const played = play(events, mode);
      ends.add(`${mode} ${played.model.state.over?.result ?? 'open'}`);
      for (const {entry} of played.model.entries) kinds.add(entry.kind);
      for (const rule of Object.values(rules)) rule(played);
    }),
    // Histories in which all goes well, so that passed runs are always among them.
    {
      numRuns: 250,
      examples: [
        [Array.from({length: 70}, () => calm), 'live'],
        [Array.from({length: 70}, () => calm), 'rehearsal'],
      ],
    },
  );
  // The histories reach what the rules are about.
  expect([...ends]).toEqual(
    expect.arrayContaining(['live open', 'live aborted', 'live passed', 'rehearsal passed']),
  );
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      'step.value',
      'step.skip',
      'step.unknown',
      'guard.refused',
      'run.pause',
      'run.resume',
      'run.handover',
    ]),
  );
});
