// kill -9 of the console while its step runs: the command finishes once, its outcome is recorded, the next console goes on.
import {expect, test} from 'vitest';
import {waitFor} from '../helpers/wait.ts';
import {openRunOf, place, pressUntil, startRun} from './place.ts';

test('kill -9 of the console during a writing step: done once, recorded, and a new console shows the run at its step', async () => {
  const here = place({stepMs: 2_500});
  const first = here.console();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(first, 'y', '│ begun');
  expect(here.lines()).toBe(0);
  first.kill('SIGKILL');
  await first.ended();
  const before = (await here.entries()).map(({kind}) => kind);
  expect(before).toContain('step.intent');

  const next = here.console();
  await next.sees('The service', 30_000);
  await openRunOf(next);
  await next.sees('Step 2', 20_000);
  await next.sees('Tell the others');
  await waitFor(async () => (await here.entries()).some(({kind}) => kind === 'step.outcome'), {
    what: 'the outcome',
    timeoutMs: 15_000,
  });
  expect(here.lines()).toBe(1);
  await pressUntil(next, 'y', /↵ finish/);
  await pressUntil(next, 'enter', 'The run is over: passed.');
  await next.press('q');
  expect((await next.ended(15_000)).exitCode).toBe(0);

  const lines = await here.entries();
  const kinds = lines.map(({kind}) => kind);
  for (const kind of ['step.intent', 'run.resume', 'run.finish'])
    expect(kinds.filter(one => one === kind)).toHaveLength(1);
  const intent = lines.find(({kind}) => kind === 'step.intent');
  const outcomes = lines.filter(({kind, of}) => kind === 'step.outcome' && of === intent?.seq);
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]?.body['verdict']).toBe('pass');
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
  expect(here.lines()).toBe(1);
});
