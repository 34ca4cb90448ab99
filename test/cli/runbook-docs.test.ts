import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parseAnswers} from '../../src/cli/run-answers.ts';
import {commands} from '../../src/cli/index.ts';
import {planRun} from '../../src/domain/run-plan.ts';
import {stepAttributes, type Step} from '../../src/domain/runbook.ts';
import {plansFor} from '../../src/engine/run/plans.ts';
import {parseRunbook} from '../../src/runbook/index.ts';
import {steps} from '../../src/steps/index.ts';
import {root} from '../helpers/programs.ts';

const page = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');
const examples = [...page.matchAll(/^````markdown\n([\s\S]*?)^````$/gm)].map(([, text = '']) => text);

test.each(examples.map((text, i) => [i + 1, text] as const))(
  'example %d of the page for authors is a runbook without errors whose every step can be walked',
  (_, text) => {
    const runbook = parseRunbook({file: 'example.md', bytes: new TextEncoder().encode(text)});
    expect(runbook.problems.filter(({level}) => level === 'error')).toEqual([]);
    const plans = plansFor(runbook, steps, {hosts: {'app-1': {ssh: 'app-1'}}});
    const [procedure] = runbook.procedures;
    if (procedure === undefined) throw new Error('there is no procedure');
    const {walk, safe, rollback} = planRun(procedure, {classify: plans.classify});
    const items = [...walk, ...safe, ...rollback];
    expect(items.length).toBeGreaterThan(3);
    for (const item of items) expect(item.kind, item.step.title).toHaveProperty('by');
  },
);

test('the examples show what the page says: phases, a prohibition, variables, a placeholder, a question, danger', () => {
  const [text = ''] = examples;
  const runbook = parseRunbook({file: 'example.md', bytes: new TextEncoder().encode(text)});
  const [procedure] = runbook.procedures;
  expect(procedure?.phases.map(({phase}) => phase)).toEqual(
    expect.arrayContaining(['trigger', 'preconditions', 'diagnose', 'procedure', 'verify', 'rollback']),
  );
  expect(procedure?.prohibitions).toHaveLength(1);
  expect(runbook.meta.vars.map(({name}) => name)).toEqual(['NODE']);
  expect(runbook.placeholders).toEqual(['disk name']);
  const all = procedure?.phases.flatMap(({steps: own}): readonly Step[] => own) ?? [];
  expect(all.find(({id}) => id === 'wipe')).toMatchObject({effect: 'irreversible', alert: 'caution'});
  expect(all.some(({type}) => type === 'decide')).toBe(true);
});

test('the page names every attribute of a step, every answer and every command about runbooks that it uses', () => {
  const hidden = new Set([
    'check',
    'panel',
    'for',
    'role',
    'min',
    'var',
    'pattern',
    'default',
    'source',
    'gate',
  ]);
  for (const name of Object.keys(stepAttributes.shape).filter(each => !hidden.has(each)))
    expect(page, name).toContain(`\`${name}\``);
  const lists = [...page.matchAll(/^ {4}(\[\{.*\}\])$/gm)].map(([, json = '']) => json);
  expect(lists).not.toHaveLength(0);
  for (const json of lists) expect(parseAnswers(json, 'page').length).toBeGreaterThan(1);
  const names = commands.map(({name}) => name);
  for (const [, line = ''] of page.matchAll(/quarterdeck ([a-z]+ [a-z]+)/g)) expect(names).toContain(line);
  const known = new Set(
    commands.flatMap(({options}) => options.flatMap(({flags}) => flags.match(/--[a-z-]+/g) ?? [])),
  );
  for (const [option] of page.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) expect(known, option).toContain(option);
});
