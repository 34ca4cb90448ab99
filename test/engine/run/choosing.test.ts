import {expect, onTestFinished, test} from 'vitest';
import {procedureOf} from '../../../src/engine/run/choosing.ts';
import {parseRunbook} from '../../../src/runbook/index.ts';
import {containing} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {openConsole} from './world.ts';

const two = '# Two\n\n## Stop\n\n1. Stop it\n\n## Start\n\n1. Start it\n';
const runbook = parseRunbook({file: 'two.md', bytes: new TextEncoder().encode(two)});

test('a procedure is chosen by its name; where several begin, or none is called so, all of them are named', async () => {
  expect(procedureOf(runbook, 'start').title).toBe('Start');
  const all = containing('two#stop, two#start');
  const unnamed = {code: 'RUNBOOK_NOT_FOUND', message: 'two holds 2 procedures.', hint: all};
  const mistyped = {code: 'RUNBOOK_NOT_FOUND', message: containing('Did you mean `start`?'), hint: all};
  expect(() => procedureOf(runbook, undefined)).toThrow(expect.objectContaining(unnamed));
  expect(() => procedureOf(runbook, 'strat')).toThrow(expect.objectContaining(mistyped));
  // Whoever starts a run is told the same.
  const here = await openConsole({dir: tempDir(), runbooks: {two}});
  onTestFinished(async () => here.close());
  await expect(here.desk.start({runbook: 'two', service: 'api'})).rejects.toMatchObject(unnamed);
  const wrong = here.desk.start({runbook: 'two', procedure: 'strat', service: 'api'});
  await expect(wrong).rejects.toMatchObject(mistyped);
});
