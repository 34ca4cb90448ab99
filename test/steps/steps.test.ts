import {describe, expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {steps} from '../../src/steps/index.ts';
import {parseRequest} from '../../src/steps/http.ts';
import type {StepDefinition, StepPlan} from '../../src/define.ts';
import {step} from '../domain/run-model.ts';

const setting = {shell: undefined, placeholders: []};
const find = (type: string): StepDefinition => {
  const found = steps.find(one => one.type === type);
  if (found === undefined) throw new Error(`no step type ${type}`);
  return found;
};
const plan = (
  type: string,
  more: Parameters<typeof step>[2] = {},
  placeholders: readonly string[] = [],
): StepPlan | {problem: string} =>
  find(type).plan(step('s', type, more), {...setting, placeholders, site: {}});

/** A step of each type that can be planned. */
const good: Readonly<Record<string, Parameters<typeof step>[2]>> = {
  manual: {},
  note: {},
  command: {lang: 'sh', command: 'true'},
  http: {lang: 'http', command: 'GET http://127.0.0.1:1/ready'},
  check: {attributes: {check: 'ready'}},
  wait: {attributes: {for: '1s'}},
  decide: {
    options: [
      {answer: 'Yes', text: ''},
      {answer: 'No', text: ''},
    ],
  },
};

describe.each(steps.map(definition => [definition.type, definition] as const))('%s', (type, definition) => {
  test('says what it does, who does it, and plans a step without doing anything', () => {
    expect(definition.summary).toMatch(/^[A-Z].*[^.]$/);
    const planned = plan(type, good[type]);
    expect(planned).not.toHaveProperty('problem');
    if ('problem' in planned) return;
    const acts: Record<StepDefinition['by'], readonly string[]> = {
      runner: ['command', 'http', 'sql', 'promql', 'collect'],
      engine: ['look', 'pause', 'gate'],
      operator: ['person', 'input', 'attest'],
      terminal: ['terminal'],
    };
    expect(acts[definition.by]).toContain(planned.act.at);
    expect(planned.timeoutMs).toBeGreaterThan(0);
    expect(planned.graceMs).toBeGreaterThanOrEqual(0);
  });

  test('refuses what it would have to ignore', () => {
    if (definition.by === 'operator' && type !== 'manual') return;
    const attributes = {...good[type]?.attributes, on: 'db1'};
    expect(plan(type, {...good[type], attributes})).toEqual({problem: containing('db1')});
  });
});

test('types are listed once', () => {
  expect(new Set(steps.map(({type}) => type)).size).toBe(steps.length);
});

test('a fence goes to its shell unmodified, an inline command runs without a shell', () => {
  expect(plan('command', {lang: 'sh', command: 'a | b'})).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', 'a | b']},
  });
  expect(plan('command', {lang: 'bash', command: 'a | b'})).toMatchObject({
    act: {argv: ['bash', '-eu', '-o', 'pipefail', '-c', 'a | b']},
  });
  expect(plan('command', {lang: 'console', command: 'a'})).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', 'a']},
  });
  expect(plan('command', {command: "ls 'a b'", argv: ['ls', 'a b; rm x']})).toMatchObject({
    act: {argv: ['ls', 'a b; rm x']},
    lines: ["ls 'a b; rm x'"],
  });
});

test('reads are ended at their limit, writes only when the runbook says so', () => {
  expect(plan('command', {lang: 'sh', command: 'x'})).toMatchObject({
    timeoutMs: 30_000,
    graceMs: 5000,
    atLimit: 'kill',
  });
  expect(plan('command', {lang: 'sh', command: 'x', effect: 'write'})).toMatchObject({atLimit: 'ask'});
  expect(
    plan('command', {
      lang: 'sh',
      command: 'x',
      effect: 'write',
      attributes: {timeout: '2m', 'at-limit': 'kill'},
    }),
  ).toMatchObject({
    timeoutMs: 120_000,
    atLimit: 'kill',
  });
});

test('a command with an open placeholder, or none at all, is refused', () => {
  expect(plan('command', {lang: 'sh', command: 'rm <file>'}, ['file'])).toEqual({
    problem: containing('<file>'),
  });
  expect(plan('command', {lang: 'sh', command: ' '})).toEqual({problem: 'there is no command in it'});
});

test('a wait says how long or until what, a check names a check or a panel, a decision has answers', () => {
  expect(plan('wait')).toHaveProperty('problem');
  expect(plan('wait', {attributes: {until: 'api/ready', within: '90s'}})).toMatchObject({
    act: {at: 'look', until: true, check: 'api/ready'},
    timeoutMs: 90_000,
  });
  expect(plan('check')).toHaveProperty('problem');
  expect(plan('check', {attributes: {panel: 'nonsense'}})).toEqual({
    problem: containing('readiness'),
  });
  expect(plan('decide', {options: [{answer: 'Yes', text: ''}]})).toHaveProperty('problem');
});

test('an http fence is method and URL, headers, an empty line, the body', () => {
  expect(parseRequest('POST http://h/x HTTP/1.1\nContent-Type: application/json\n\n{"a":1}\n')).toEqual({
    method: 'POST',
    url: 'http://h/x',
    headers: {'content-type': 'application/json'},
    body: '{"a":1}\n',
  });
  for (const bad of ['', 'GET', 'GET /ready', 'GET ftp://h/', 'GET http://h/\nno header']) {
    expect(parseRequest(bad)).toHaveProperty('problem');
  }
});
