// Two consoles on one data directory: one walks, the other watches, is refused to write, and can take over.
import {expect, test} from 'vitest';
import {openRunOf, place, pressUntil, startRun, textOf} from './place.ts';

test('one walks; the other sees its steps move, cannot start a run on that service, and takes over with a reason', async () => {
  const here = place({stepMs: 300});
  const mara = here.console({env: {QUARTERDECK_OPERATOR: 'mara'}});
  await startRun(mara);
  await mara.sees('Run this on STAGING / api?', 20_000);

  const noor = here.console({env: {QUARTERDECK_OPERATOR: 'noor'}});
  await noor.sees('mara', 30_000);
  await pressUntil(noor, 'r', '> Append a line');
  await noor.press('enter');
  await noor.sees(/mara .*(?:walks|run|holds)|by mara/i, 20_000);
  expect(textOf(noor)).not.toMatch(/RUN [0-9a-f]{8}/);

  await openRunOf(noor);
  await noor.sees('Step 1', 20_000);
  await noor.sees('mara walks this run; you watch');
  await noor.press('y', 'enter');
  await noor.settles(300);
  expect(here.lines()).toBe(0);

  await pressUntil(mara, 'y', 'Step 2');
  await noor.sees('Step 2', 15_000);
  expect(here.lines()).toBe(1);

  await pressUntil(noor, 'T', 'Take this run over');
  await noor.type('mara went home');
  await pressUntil(noor, 'enter', 'Is this done on STAGING / api?');
  await mara.sees('noor walks this run; you watch', 15_000);
  await pressUntil(noor, 'y', /↵ finish/);
  await pressUntil(noor, 'enter', 'The run is over: passed.');
  await mara.sees('The run is over: passed.', 15_000);
  for (const on of [mara, noor]) {
    await on.press('q');
    expect((await on.ended(15_000)).exitCode).toBe(0);
  }
  const kinds = (await here.entries()).map(({kind}) => kind);
  expect(kinds.filter(kind => kind === 'run.start')).toHaveLength(1);
  expect(kinds).toContain('run.handover');
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});
