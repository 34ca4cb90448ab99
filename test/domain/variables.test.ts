import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  isOfTheShell,
  mayOf,
  nameProblem,
  parseWhen,
  valueProblem,
  variableName,
  variablesOf,
} from '../../src/domain/variables.ts';
import {patternProblem} from '../../src/pattern.ts';
import {phase, procedure, runbook, step} from './run-model.ts';

test('names that change what programs do are refused, and so is what is no name', () => {
  for (const name of ['NODE', 'SERVICE_NAME', 'A1', 'PATHS', 'NODENAME', 'BASHFUL', 'HOSTNAME_X'])
    expect(nameProblem(name)).toBeUndefined();
  for (const name of [
    'PATH',
    'IFS',
    'ENV',
    'BASH_ENV',
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'PYTHONPATH',
    'GIT_SSH',
    'PERL5OPT',
    'HOME',
    'PS4',
    'QD_STEP',
    'lower',
    '1A',
    '_A',
    'A-B',
    '',
    'A'.repeat(200),
  ])
    expect(nameProblem(name), name).toBeDefined();
});

test('a placeholder has a variable of its own, whatever it is called', () => {
  expect(variableName('service name')).toBe('SERVICE_NAME');
  expect(variableName('pod-name/ns')).toBe('POD_NAME_NS');
  expect(variableName('path')).toBe('PATH_VALUE');
  expect(variableName('user')).toBe('USER_VALUE');
  expect(variableName('node_options')).toBe('THE_NODE_OPTIONS');
  expect(variableName('1')).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), text => {
      const name = variableName(text);
      if (name !== undefined) expect(nameProblem(name)).toBeUndefined();
      if (name !== undefined) expect(isOfTheShell(name)).toBe(false);
    }),
  );
});

test('values that would be options, hold control characters or are too long are refused', () => {
  for (const value of ['a', 'a b', '$(id)', "'", '`id`', 'ü', '/a/../b'])
    expect(valueProblem(value, 'no-option')).toBeUndefined();
  for (const value of [
    '',
    '-rf',
    'a\nb',
    'a\tb',
    '\u001b[2J',
    'a\0b',
    '\u009b',
    '\u202eabc',
    '\ud800',
    'x'.repeat(102_401),
  ])
    expect(valueProblem(value, 'no-option'), JSON.stringify(value.slice(0, 9))).toBeDefined();
  expect(valueProblem('-rf', 'anything')).toBeUndefined();
  expect(valueProblem('a\nb', 'anything')).toBeDefined();
});

test('an option is possible only where a default or a pattern begins with a dash', () => {
  expect(mayOf({pattern: '-[vq]', default: undefined})).toBe('anything');
  expect(mayOf({pattern: '^(?:-v|x)', default: undefined})).toBe('anything');
  expect(mayOf({pattern: undefined, default: '-v'})).toBe('anything');
  expect(mayOf({pattern: '[a-z-]+', default: 'a'})).toBe('no-option');
});

test('a pattern must fit the whole value, in linear time', () => {
  expect(patternProblem('db-1', '[a-z]+-[0-9]+')).toBeUndefined();
  expect(patternProblem('db-1; rm', '[a-z]+-[0-9]+')).toContain('does not match');
  expect(patternProblem('ab', 'a|ab')).toBeUndefined();
  expect(patternProblem('a', '(?=a)a')).toContain('RE2');
  expect(patternProblem(`${'a'.repeat(50_000)}!`, '(a+)+')).toContain('does not match');
});

describe('what is asked for before anything acts', () => {
  const use = step('use', 'command', {title: 'Drain it', line: 7});
  const needs = (...names: string[]) => names.map(name => ({name, step: use}));
  const isSet = (name: string): boolean => name === 'KUBECONFIG';
  const file = runbook([]);

  test('declared variables come first, then placeholders, then names that nothing sets', () => {
    const asked = variablesOf(
      {
        placeholders: ['pod name', 'zone'],
        meta: {
          ...file.meta,
          vars: [{name: 'REGION', description: 'where', default: 'eu', pattern: '[a-z]+'}],
        },
      },
      procedure('p', [phase('procedure', [use])]),
      {needs: needs('NAMESPACE', 'POD_NAME', 'REGION', 'KUBECONFIG', 'USER', 'PATH', 'NAMESPACE'), isSet},
    );
    expect(asked).toEqual([
      {
        name: 'REGION',
        description: 'where',
        default: 'eu',
        pattern: '[a-z]+',
        may: 'no-option',
        secret: false,
      },
      {
        name: 'POD_NAME',
        description: '<pod name> in "Drain it"',
        placeholder: 'pod name',
        may: 'no-option',
        secret: false,
      },
      {name: 'NAMESPACE', description: '$NAMESPACE in "Drain it" (line 7)', may: 'no-option', secret: false},
    ]);
  });

  test('what a step asks for or captures, and what is a secret, is not asked for', () => {
    const asking = step('ask', 'input', {attributes: {var: 'NODE'}});
    const taking = step('take', 'command', {attributes: {capture: 'LSN'}});
    const asked = variablesOf(
      {placeholders: ['node'], meta: {...file.meta, secrets: {TOKEN: 'env:TOKEN'}}},
      procedure('p', [phase('procedure', [{...asking, children: [taking]}])]),
      {needs: needs('NODE', 'LSN', 'TOKEN', 'OTHER'), isSet},
    );
    expect(asked.map(({name}) => name)).toEqual(['OTHER']);
  });
});

test('`when` names a variable or a check, and what it must be', () => {
  expect(parseWhen('ZONE=eu-1')).toEqual({at: 'variable', name: 'ZONE', is: true, value: 'eu-1'});
  expect(parseWhen('ZONE != eu=1')).toEqual({at: 'variable', name: 'ZONE', is: false, value: 'eu=1'});
  expect(parseWhen('ZONE=')).toEqual({at: 'variable', name: 'ZONE', is: true, value: ''});
  expect(parseWhen('check:api/ready=pass')).toEqual({
    at: 'check',
    check: 'api/ready',
    is: true,
    verdict: 'pass',
  });
  expect(parseWhen('check:ready!=fail')).toMatchObject({at: 'check', is: false, verdict: 'fail'});
  for (const bad of ['', 'ZONE', 'zone=a', 'PATH=a', 'check:=pass', 'check:ready=green', '=a'])
    expect(parseWhen(bad), bad).toHaveProperty('problem');
});
