import {expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {current, type RunState} from '../../src/domain/run.ts';
import {ask} from '../../src/domain/run-rules.ts';
import {choices, finishAfterFailure} from '../../src/domain/run-choices.ts';
import {entryProcedure} from '../../src/domain/run-plan.ts';
import {respond} from '../../src/domain/run-answer.ts';
import {intentOf, Model, outcomeOf, phase, procedure, quiet, runbook, step} from './run-model.ts';

const write = (id: string, rollback?: string) =>
  step(id, 'command', {effect: 'write', attributes: rollback === undefined ? {} : {rollback}});

/** Confirms the current step and lets its runner (or look) end with this verdict. */
function act(model: Model, verdict: 'pass' | 'fail' | 'unknown'): void {
  const answered = model.say({say: 'yes', typed: 'api', reason: 'because'});
  if (!answered.ok) throw new Error(answered.why);
  const {state} = model;
  const walked = current(state);
  if (walked === undefined) throw new Error('no step');
  const {item} = walked;
  const {attempt} = walked.state;
  if ('by' in item.kind && item.kind.by === 'engine') {
    model.append([outcomeOf(item.id, undefined, {attempt, verdict})]);
    return;
  }
  const intent = model.append([intentOf(state, item.id, {attempt, confirm: state.head, name: 'r'})]);
  if (intent.ok) model.append([outcomeOf(item.id, intent.seq, {attempt, verdict})]);
}

const ids = (state: RunState): string[] => state.walk.map(({item, state: {at}}) => `${item.id} ${at}`);
/** What is open besides pause and handover, which are nearly always. */
const open = (model: Model): string[] =>
  choices(model.state, model.stance).flatMap(({say, disabled}) =>
    disabled === undefined && say !== 'pause' && say !== 'hand-over' ? [say] : [],
  );
const why = (model: Model, say: string): string | undefined =>
  choices(model.state, model.stance).find(choice => choice.say === say)?.disabled;

test('trigger and impact are read first, preconditions come next, a verify above the actions comes last', () => {
  const book = runbook([
    procedure('p', [
      phase('verify', [step('v', 'manual')]),
      phase('procedure', [step('a', 'manual')]),
      phase('preconditions', [step('pre', 'manual')]),
      phase('impact', [], ['users wait']),
      phase('trigger', [], ['it hangs']),
    ]),
  ]);
  const walk = new Model(book, 'p').state.walk.map(({item: {id, role}}) => `${role} ${id}`);
  expect(walk).toEqual(['read p/impact-1', 'read p/trigger-1', 'precondition pre', 'action a', 'verify v']);
});

test('a precondition that does not hold leaves only abort and escalate', () => {
  const model = new Model(
    runbook([
      procedure('p', [phase('preconditions', [step('pre', 'manual')]), phase('procedure', [write('a')])]),
    ]),
    'p',
  );
  expect(model.say({say: 'fails', reason: 'no shell'})).toMatchObject({ok: true});
  expect(open(model)).toEqual(['escalate', 'abort']);
  expect(why(model, 'retry')).toMatch(/precondition/);
  expect(model.say({say: 'skip', reason: 'never mind'})).toMatchObject({ok: false});
  expect(model.say({say: 'escalate', reason: 'no shell here'})).toMatchObject({ok: true});
  expect(model.state.over?.result).toBe('escalated');
});

test('verification is never skipped, and a red machine check is never ticked by hand', () => {
  const model = new Model(
    runbook([procedure('p', [phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})])])]),
    'p',
  );
  expect(why(model, 'skip')).toMatch(/never skipped/);
  act(model, 'fail');
  expect(model.say({say: 'done'})).toMatchObject({ok: false});
  expect(model.say({say: 'skip', reason: 'x'})).toMatchObject({ok: false});
  expect(open(model)).toEqual(['retry', 'finish', 'escalate', 'abort']);
  model.say({say: 'finish', reason: 'still red'});
  expect(model.state.over?.result).toBe('failed');
});

test('a verification that could not look may end the run as unverified, never as passed', () => {
  const model = new Model(
    runbook([procedure('p', [phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})])])]),
    'p',
  );
  act(model, 'unknown');
  expect(choices(model.state, model.stance).find(({say}) => say === 'finish')?.label).toBe(
    'finish as unverified',
  );
  expect(model.say({say: 'finish'})).toEqual({ok: false, why: 'A reason is needed.'});
  model.say({say: 'finish', reason: 'monitoring is down'});
  expect(model.state.over?.result).toBe('unverified');
});

test('undo takes back what really ran, newest first, then verifies again; the run can then only fail', () => {
  const book = runbook([
    procedure('p', [
      phase('procedure', [write('drain', 'undrain'), write('restart', 'start'), write('tell', 'untell')]),
      phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})]),
      phase('rollback', [write('undrain'), write('start'), write('untell'), write('log')]),
    ]),
  ]);
  const model = new Model(book, 'p');
  act(model, 'pass');
  act(model, 'fail');
  expect(model.say({say: 'undo'})).toMatchObject({ok: true});
  expect(ids(model.state)).toEqual([
    'drain done',
    'restart skipped',
    'tell skipped',
    'start waiting',
    'undrain waiting',
    'log waiting',
    'v waiting',
  ]);
  for (let i = 0; i < 4; i += 1) act(model, 'pass');
  expect(ask(model.state, model.stance)).toMatchObject({at: 'finish'});
  model.say({say: 'finish'});
  expect(model.state.over?.result).toBe('failed');
});

test('a safe action is walked before the step that failed, which is asked again afterwards', () => {
  const book = runbook([
    procedure('p', [phase('procedure', [write('restart')]), phase('safe-actions', [write('close')])]),
  ]);
  const model = new Model(book, 'p');
  act(model, 'fail');
  expect(model.say({say: 'safe', key: '1'})).toMatchObject({ok: true});
  act(model, 'pass');
  expect(current(model.state)).toMatchObject({item: {id: 'restart'}, state: {at: 'done', verdict: 'fail'}});
  model.say({say: 'retry'});
  expect(current(model.state)?.state).toEqual({at: 'waiting', attempt: 2});
});

test('an answer that leads to another procedure replaces the remaining actions and keeps the final verification', () => {
  const book = runbook([
    procedure('main', [
      phase('procedure', [
        step('which', 'decide', {
          options: [
            {answer: 'Stopped', text: '', link: '#other'},
            {answer: 'Else', text: ''},
          ],
        }),
        write('guess'),
      ]),
      phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})]),
    ]),
    procedure('other', [
      phase('procedure', [write('begin')]),
      phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})]),
    ]),
  ]);
  expect(entryProcedure(book)?.id).toBe('main');
  const model = new Model(book, 'main');
  model.say({say: 'option', key: '1'});
  expect(ids(model.state)).toEqual([
    'which done',
    'begin waiting',
    'v~2 waiting',
    'guess skipped',
    'v waiting',
  ]);
});

test('a finding of the diagnosis is no failure, whatever it says; one that could not look is', () => {
  const model = new Model(
    runbook([procedure('p', [phase('diagnose', [step('a', 'command'), step('b', 'command')])])]),
    'p',
  );
  act(model, 'fail');
  expect(current(model.state)?.item.id).toBe('b');
  act(model, 'unknown');
  expect(ask(model.state, model.stance).at).toBe('failed');
});

test('a step of an unknown type stops the walk with a message and is never treated as done by hand', () => {
  const model = new Model(runbook([procedure('p', [phase('procedure', [step('t', 'dance')])])]), 'p');
  expect(ask(model.state, model.stance)).toMatchObject({
    at: 'failed',
    text: containing('"dance"'),
  });
  expect(open(model)).toEqual(['skip', 'escalate', 'abort']);
  expect(model.say({say: 'done'})).toMatchObject({ok: false});
});

test('keys that came within the grace after the dialog was painted confirm nothing', () => {
  const model = new Model(runbook([procedure('p', [phase('procedure', [write('a')])])]), 'p');
  const dialog = {source: 'keys', graceMs: 600, shown: [], target: 'api', nowMs: 0} as const;
  const id = ask(model.state, quiet).at === 'confirm' ? 'run-1/a/1/waiting/' + String(model.state.fence) : '';
  const at = (ms: number) =>
    respond(model.state, {id, say: 'yes', shownAtMs: 1000, answeredAtMs: 1000 + ms}, {stance: quiet, dialog});
  expect(at(599)).toMatchObject({ok: false, why: containing('soon')});
  expect(at(-5)).toMatchObject({ok: false});
  expect(at(600)).toMatchObject({ok: true, then: 'act'});
});

test('an irreversible step asks for its name and a reason, and takes nothing else', () => {
  const drop = step('drop', 'command', {effect: 'irreversible', attributes: {target: 't-204'}});
  const model = new Model(runbook([procedure('p', [phase('procedure', [drop])])]), 'p');
  expect(ask(model.state, quiet)).toMatchObject({at: 'typed', expected: 't-204', reason: true});
  expect(model.say({say: 'yes'})).toMatchObject({ok: false});
  expect(model.say({say: 'yes', typed: 'T-204', reason: 'x'})).toMatchObject({ok: false});
  expect(model.say({say: 'yes', typed: 't-204'})).toEqual({ok: false, why: 'A reason is needed.'});
  expect(model.say({say: 'yes', typed: 't-204', reason: 'asked for'})).toMatchObject({ok: true});
});

test('a caution asks for the name too, a warning for a y, a guessed command for a y', () => {
  const at = (more: Parameters<typeof step>[2]): string =>
    ask(
      new Model(runbook([procedure('p', [phase('procedure', [step('a', 'command', more)])])]), 'p').state,
      quiet,
    ).at;
  expect(at({alert: 'caution'})).toBe('typed');
  expect(at({alert: 'warning'})).toBe('confirm');
  expect(at({certainty: 'guessed'})).toBe('confirm');
  expect(at({})).toBe('read');
});

test('an unknown outcome is moved only by a decision; a late outcome still counts until then', () => {
  const book = runbook([procedure('p', [phase('procedure', [write('a'), write('b')])])]);
  const crash = (): {model: Model; intent: number} => {
    const model = new Model(book, 'p');
    model.say({say: 'yes'});
    const intent = model.append([
      intentOf(model.state, 'a', {attempt: 1, confirm: model.state.head, name: 'r'}),
    ]);
    model.dead.add('r');
    return {model, intent: intent.ok ? intent.seq : -1};
  };
  const happened = crash();
  expect(open(happened.model)).toEqual(['happened', 'did-not-happen', 'retry', 'escalate', 'abort']);
  happened.model.say({say: 'happened', reason: 'saw it'});
  expect(current(happened.model.state)?.item.id).toBe('b');
  happened.model.append([outcomeOf('a', happened.intent, {attempt: 1, verdict: 'fail'})]);
  expect(happened.model.state.walk[0]?.state).toMatchObject({by: 'decided'});

  const spooled = crash();
  spooled.model.append([outcomeOf('a', spooled.intent, {attempt: 1, verdict: 'pass'})]);
  expect(spooled.model.state.walk[0]?.state).toMatchObject({at: 'done', by: 'machine', verdict: 'pass'});
});

test('output gives a value with an outcome that counts; one that came after a decision gives none', () => {
  const book = runbook([procedure('p', [phase('procedure', [write('a'), write('b')])])]);
  const model = new Model(book, 'p');
  const begin = (): number => {
    model.say({say: 'yes'});
    const {attempt = 1} = current(model.state)?.state ?? {};
    const intent = intentOf(model.state, 'a', {attempt, confirm: model.state.head, name: `r${attempt}`});
    const begun = model.append([intent]);
    return begun.ok ? begun.seq : -1;
  };
  const value = (attempt: number) => ({
    kind: 'step.value',
    step: 'a',
    body: {attempt, name: 'VERSION', from: 'output'},
    disclosed: [{ptr: '/body/value', value: `v${attempt}`}],
  });
  const first = begin();
  model.dead.add('r1');
  model.say({say: 'retry'});
  const second = begin();
  const told = model.append([outcomeOf('a', second, {attempt: 2, verdict: 'pass'}), value(2)]);
  expect(model.state.values).toMatchObject([{name: 'VERSION', from: 'output'}]);
  const now = model.state.values;
  model.append([outcomeOf('a', first, {attempt: 1, verdict: 'pass'}), value(1)]);
  expect(told.ok).toBe(true);
  expect(model.state.values).toEqual(now);
});

test('how a step ended that is expected in words is judged by a person, and by nobody else', () => {
  const book = runbook([
    procedure('p', [phase('verify', [step('denied', 'command', {expected: 'denied'})])]),
  ]);
  const told = (): Model => {
    const model = new Model(book, 'p');
    model.say({say: 'yes'});
    const {head} = model.state;
    const begun = model.append([intentOf(model.state, 'denied', {attempt: 1, confirm: head, name: 'r'})]);
    const outcome = outcomeOf('denied', begun.ok ? begun.seq : -1, {attempt: 1, verdict: 'unknown'});
    model.append([{...outcome, body: {...outcome.body, message: 'exit 0', expected: 'denied'}}]);
    return model;
  };
  const good = told();
  expect(ask(good.state, good.stance)).toMatchObject({
    at: 'manual',
    question: 'It ended: exit 0. Is that as expected (denied)?',
  });
  expect(open(good)).toEqual(['done', 'fails', 'retry', 'escalate', 'abort']);
  expect(good.say({say: 'yes'})).toMatchObject({ok: false});
  expect(good.say({say: 'skip', reason: 'x'})).toMatchObject({ok: false});
  expect(good.say({say: 'done'})).toMatchObject({ok: true});
  expect(good.state.walk[0]?.state).toMatchObject({
    at: 'done',
    verdict: 'pass',
    by: 'attested',
    message: 'as expected (denied): exit 0',
  });
  expect(open(good)).toContain('finish');

  const bad = told();
  expect(bad.say({say: 'fails', reason: 'it let me in'})).toMatchObject({ok: true});
  expect(ask(bad.state, bad.stance)).toMatchObject({
    at: 'failed',
    text: 'failed: not as expected (denied): exit 0',
  });
  expect(finishAfterFailure(bad.state)).toBe('failed');

  const again = told();
  expect(again.say({say: 'retry'})).toMatchObject({ok: true});
  expect(current(again.state)?.state).toMatchObject({at: 'waiting', attempt: 2});
});

test('what a person does is asked with what should come of it', () => {
  const model = new Model(
    runbook([procedure('p', [phase('procedure', [step('a', 'manual', {expected: 'rejected'})])])]),
    'p',
  );
  expect(ask(model.state, model.stance)).toMatchObject({
    at: 'manual',
    question: 'Is this done on STAGING / api? Expected: rejected.',
  });
});

test('an answer to something that was asked earlier is refused', () => {
  const model = new Model(
    runbook([procedure('p', [phase('procedure', [step('a', 'manual'), step('b', 'manual')])])]),
    'p',
  );
  const {id} = ask(model.state, quiet);
  model.say({say: 'done'});
  const dialog = {source: 'keys', graceMs: 400, shown: [], target: 'api', nowMs: 0} as const;
  const again = respond(
    model.state,
    {id, say: 'done', shownAtMs: 0, answeredAtMs: 5000},
    {stance: quiet, dialog},
  );
  expect(again).toMatchObject({ok: false, why: containing('moved on')});
});

test('a note is read, not done, wherever it stands', () => {
  const model = new Model(
    runbook([procedure('p', [phase('procedure', [step('n', 'note'), write('a')])])]),
    'p',
  );
  expect(ask(model.state, quiet).at).toBe('read');
  expect(open(model)).toEqual(['yes', 'escalate', 'abort']);
  model.say({say: 'yes'});
  expect(current(model.state)?.item.id).toBe('a');
});

test('a rehearsal goes on past what it did not run, and past nothing else that was not done', () => {
  const book = runbook([
    procedure('p', [
      phase('procedure', [write('a')]),
      phase('verify', [step('v', 'check', {attributes: {check: 'ready'}})]),
    ]),
  ]);
  const model = new Model(book, 'p', {mode: 'rehearsal'});
  expect(model.say({say: 'yes'})).toMatchObject({ok: true, then: 'nothing'});
  expect(model.state.walk[0]?.state).toMatchObject({at: 'skipped', by: 'rehearsal'});
  model.say({say: 'yes'});
  const blind = {attempt: 1, verdict: 'skipped', message: 'not due', by: 'machine', durationMs: 1};
  model.append([{kind: 'step.outcome', step: 'v', body: blind}]);
  expect(current(model.state)?.item.id).toBe('v');
  expect(open(model)).not.toContain('skip');
});

test('in a live run an outcome that says "skipped" is no way past a step', () => {
  const model = new Model(runbook([procedure('p', [phase('procedure', [write('a')])])]), 'p');
  model.say({say: 'yes'});
  model.append([
    {
      kind: 'step.outcome',
      step: 'a',
      body: {attempt: 1, verdict: 'skipped', message: 'x', by: 'machine', durationMs: 0},
    },
  ]);
  expect(current(model.state)?.item.id).toBe('a');
  model.say({say: 'finish', reason: 'x'});
  expect(model.state.over?.result).not.toBe('passed');
});

test('a guard that cannot judge a step asks for its name; an absolute one names no way past', () => {
  const book = runbook([procedure('p', [phase('procedure', [step('a', 'command')])])]);
  const unsure = new Model(book, 'p', {guards: {a: {certain: false}}});
  expect(ask(unsure.state, unsure.stance)).toMatchObject({at: 'typed', expected: 'api'});
  const never = new Model(book, 'p', {guards: {a: {absolute: true}}});
  expect(ask(never.state, never.stance)).toMatchObject({at: 'guarded', text: containing('Nothing opens')});
  expect(never.say({say: 'yes'})).toMatchObject({ok: true, then: 'refuse'});
  expect(open(never)).toEqual(['skip', 'escalate', 'abort']);
});

test('the looks around a step that only holds others are walked too', () => {
  const group = step('g', 'manual', {attributes: {verify: 'ready'}, children: [write('a')]});
  const model = new Model(runbook([procedure('p', [phase('procedure', [group])])]), 'p');
  expect(ids(model.state)).toEqual(['a waiting', 'g.verify waiting']);
});
