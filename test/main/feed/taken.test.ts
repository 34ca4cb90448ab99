import {expect, onTestFinished, test} from 'vitest';
import {firstState} from '../../../src/main/feed/first.ts';
import {feedRuns} from '../../../src/main/feed/feed-runs.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {createRunDesk} from '../../../src/engine/run/index.ts';
import type {Ledger} from '../../../src/ports.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {openConsole} from '../../engine/run/world.ts';

const book = `# Tell

Procedure:

1. Look out of the window

2. Tell the others
`;

/** A console on a disk that can be made slow: an append, and every read of output after it, waits until it is let go. */
async function slow() {
  const here = await openConsole({dir: tempDir(), runbooks: {tell: book}});
  onTestFinished(async () => here.close());
  const {ledger, world} = here;
  let gate: Promise<unknown> = Promise.resolve();
  let letGo: () => void = () => undefined;
  const appends: string[] = [];
  const held: Ledger = {
    origin: ledger.origin,
    dir: ledger.dir,
    readOnly: ledger.readOnly,
    head: async () => ledger.head(),
    append: async request => {
      appends.push(request.entries[0].kind);
      await gate;
      return ledger.append(request);
    },
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    disclosure: async (seq, pointer) => {
      await gate;
      return ledger.disclosure(seq, pointer);
    },
    watch: onChange => ledger.watch(onChange),
    close: async () => ledger.close(),
  };
  const desk = createRunDesk({...world, ledger: held});
  const store = createConsoleStore(firstState(world.site, world.actor, 0));
  const told: string[] = [];
  const runs = feedRuns({
    store,
    desk,
    ledger: held,
    onAttended: () => undefined,
    tell: (_, text) => told.push(text),
  });
  onTestFinished(() => runs.close());
  await runs.start({runbook: 'tell', procedure: undefined, service: 'api', mode: 'live'});
  appends.length = 0;
  return {
    runs,
    told,
    appends,
    run: () => store.api.getState().app.run,
    stop: () => {
      gate = new Promise<void>(resolve => (letGo = resolve));
    },
    go: () => letGo(),
  };
}

test('an answer that was taken is said on the screen while the disk still writes it, and nothing is asked meanwhile', async () => {
  const {runs, run, stop, go, appends, told} = await slow();
  const first = run()?.ask;
  const id = first !== undefined && 'id' in first ? first.id : '';
  expect(first).toMatchObject({at: 'manual'});
  stop();
  const answer = {id, shownAtMs: 0, answeredAtMs: 10_000, say: 'done'} as const;
  const answering = runs.answer(answer);
  await waitFor(() => appends.length === 1, {what: 'the answer to be written'});
  expect(run()).toMatchObject({ask: {at: 'busy', text: 'taken, being written …'}, choices: []});
  // A second press says the same once more; it is not taken for the next question.
  const again = runs.answer(answer);
  go();
  await Promise.all([answering, again]);
  await waitFor(() => run()?.ask.at === 'manual', {what: 'the next question'});
  expect(run()?.current).toBe(1);
  expect(run()?.choices).not.toEqual([]);
  expect(appends).toEqual(['step.confirm']);
  expect(told.join()).toContain('moved on');
});

test('an answer that is refused leaves the question as it was', async () => {
  const {runs, run, told} = await slow();
  const before = run();
  await runs.answer({id: run()?.run ?? '', shownAtMs: 0, answeredAtMs: 10_000, say: 'pause', reason: ''});
  expect(run()?.ask).toEqual(before?.ask);
  expect(run()?.choices).toEqual(before?.choices);
  expect(told.join()).toContain('A reason is needed');
});
