// The runbooks that come with the program: clean, complete, and in step with the demo site.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {parse as parseYaml} from 'yaml';
import {z} from 'zod';
import type {Phase} from '../../src/domain/runbook.ts';
import {lintRunbook, parseRunbook, stepsOf} from '../../src/runbook/index.ts';
import {steps as stepTypes} from '../../src/steps/index.ts';
import {coverage} from './coverage.ts';

const root = join(import.meta.dirname, '../..');
const files = readdirSync(join(root, 'runbooks')).filter(name => name.endsWith('.md'));
const runbooks = files.map(name => parseRunbook({file: `runbooks/${name}`, bytes: readFileSync(join(root, 'runbooks', name))}));
const siteFile = join(root, 'demo/site/quarterdeck.yaml');
const siteSchema = z.object({services: z.record(z.string(), z.object({runbooks: z.array(z.string()).default([]), checks: z.record(z.string(), z.unknown())}))});

test('the four runbooks of the spine are there', () => {
  expect(runbooks.map(({id, title}) => [id, title])).toEqual(expect.arrayContaining([
    ['database-unavailable', 'Incident: Database Unavailable'],
    ['start-the-system', 'Start the System'],
    ['stop-the-system', 'Stop the System Safely'],
    ['verify-readiness', 'Verify Readiness'],
  ]));
});

describe.each(runbooks.map(runbook => [runbook.id, runbook] as const))('%s', (_, runbook) => {
  const steps = [...new Set(runbook.procedures.flatMap(stepsOf))];

  test('lints clean, its review date included', () => {
    expect(lintRunbook(runbook, {types: stepTypes.map(({type}) => type), today: '2026-11-21T00:00:00.000Z'})).toEqual([]);
  });

  test('has every part that an operator looks for', () => {
    const [procedure] = runbook.procedures;
    const phases = new Set(procedure?.phases.map(({phase}) => phase));
    for (const phase of ['trigger', 'preconditions', 'dont', 'verify', 'safe-actions', 'escalate'] satisfies Phase[]) expect(phases).toContain(phase);
    expect(procedure?.prohibitions.length).toBeGreaterThan(0);
    expect(runbook.meta).toMatchObject({owner: 'platform', reviewEvery: '180d'});
    expect(runbook.placeholders).toEqual([]);
  });

  test('runs nothing that was guessed, and every command has a limit', () => {
    const commands = steps.filter(({command}) => command !== undefined);
    for (const step of commands) {
      expect(step.certainty, step.title).toBe('annotated');
      const {name, effect, timeout} = step.attributes;
      expect([name, effect, timeout], step.title).not.toContain(undefined);
    }
  });

  test('every step can be planned, and none uses what is not carried out', () => {
    for (const step of steps) {
      const definition = stepTypes.find(({type}) => type === step.type);
      expect(definition, `${step.id} ${step.type}`).toBeDefined();
      const plan = definition?.plan(step, {shell: runbook.meta.shell, placeholders: runbook.placeholders, site: {}});
      expect(plan, step.id).not.toHaveProperty('problem');
    }
  });

  test('preconditions and verification are looked at by machine wherever they can be', () => {
    for (const procedure of runbook.procedures)
      for (const block of procedure.phases)
        if (block.phase === 'preconditions' || block.phase === 'verify')
          for (const step of block.steps) expect(['check', 'command'], step.title).toContain(step.type);
  });

  test('step titles fit a line', () => {
    for (const step of steps) expect(step.title.length, step.title).toBeLessThanOrEqual(150);
  });
});

describe.skipIf(!existsSync(siteFile))('together with the demo site', () => {
  const {services} = siteSchema.parse(parseYaml(readFileSync(siteFile, 'utf8')));
  const checks = Object.entries(services).flatMap(([service, spec]) => Object.keys(spec.checks).map(check => `${service}/${check}`));

  test('every check that a runbook names exists in the site', () => {
    for (const runbook of runbooks) expect(lintRunbook(runbook, {checks})).toEqual([]);
  });

  test('every runbook that the site names is shipped', () => {
    const ids = runbooks.map(({id}) => id);
    for (const spec of Object.values(services)) for (const id of spec.runbooks) expect(ids).toContain(id);
  });
});

test('every statement of the procedures they replace has its counterpart', () => {
  const missing = coverage.filter(({runbook, phase, says}) => {
    const found = runbooks.find(({id}) => id === runbook);
    const texts = (found?.procedures ?? []).flatMap(procedure => [
      ...procedure.phases.filter(block => block.phase === phase).flatMap(block => [...block.prose, ...block.steps.flatMap(step => [step.title, ...step.detail, step.command ?? '', ...Object.values(step.attributes).map(String), ...(step.options ?? []).map(({text}) => text)])]),
      ...(phase === 'dont' ? procedure.prohibitions.map(({text}) => text) : []),
    ]);
    return !says.every(word => texts.some(text => text.toLowerCase().includes(word.toLowerCase())));
  });
  expect(missing).toEqual([]);
});
