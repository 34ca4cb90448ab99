// The shipped runbooks against the real reference service, with nothing on PATH but `ctl`: what they say is what works.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Phase, Step} from '../../src/domain/runbook.ts';
import {parseRunbook} from '../../src/runbook/index.ts';
import {run, useReference} from '../demo/reference.ts';

const {it, fault} = useReference();

const shipped = (name: string) => parseRunbook({file: name, bytes: readFileSync(join(import.meta.dirname, '../../runbooks', name))});

/** The commands of some phases of one procedure, in order. */
function commands(name: string, procedure: string, phases: readonly Phase[]): Step[] {
  const found = shipped(name).procedures.find(({id}) => id === procedure);
  return (found?.phases ?? []).filter(({phase}) => phases.includes(phase)).flatMap(({steps}) => steps.filter(({command}) => command !== undefined));
}

async function outputOf(step: Step) {
  const env = {PATH: it().binDir, QD_DEMO_DIR: it().dir};
  const {exit, out, err} = await run('/bin/sh', ['-eu', '-c', step.command ?? ''], env);
  return {name: step.id, exit, out, err};
}

async function walk(name: string, procedure: string, phases: readonly Phase[] = ['preconditions', 'procedure', 'verify']): Promise<string> {
  let all = '';
  const steps = commands(name, procedure, phases);
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    const {exit, out, err} = await outputOf(step);
    expect({id: step.id, exit, out, err}).toMatchObject({id: step.id, exit: 0});
    const {expect: wanted} = step.attributes;
    if (typeof wanted === 'string') expect(out).toContain(wanted);
    all += out;
  }
  return all;
}

test('the system is stopped, and started again, by the commands of its runbooks', async () => {
  await walk('stop-the-system.md', 'stop-the-system');
  await walk('start-the-system.md', 'start-the-system');
  expect(await walk('verify-readiness.md', 'verify-readiness')).toMatch(/upstream-b +running/);
});

test('the incident runbook tells a stopped database from one that cannot be reached, and starts the stopped one', async () => {
  await fault('on', 'database-stopped');
  const stopped = await walk('database-unavailable.md', 'database-unavailable', ['preconditions', 'diagnose']);
  expect(stopped).toMatch(/database +stopped/);
  expect(stopped).toContain('ECONNREFUSED');
  await walk('database-unavailable.md', 'start-the-database', ['procedure']);
  await fault('on', 'database-filtered');
  const filtered = await walk('database-unavailable.md', 'database-unavailable', ['diagnose']);
  await fault('off', 'database-filtered');
  expect(filtered).toMatch(/database +running/);
  expect(filtered).toMatch(/database +could not be asked: .*timeout/);
});
