import {expect, test} from 'vitest';
import {readingLines} from '../../src/runbook/index.ts';
import {parse} from './parse.ts';

test('the reading view gives each line its role, source line and phase, without annotations', () => {
  const lines = readingLines(
    parse(
      '---',
      'id: x',
      '---',
      '# Title',
      '',
      '> [!CAUTION]',
      '> Gone.',
      '',
      '## What not to do',
      '- Do not.',
      '',
      '## Procedure',
      '1. Do it.',
      '',
      '   ```sh {"name":"a"}',
      '   uptime',
      '   ```',
      '   <!-- qd: {"effect":"read"} -->',
      '',
      '---',
    ),
  ).filter(({role}) => role !== 'blank');
  expect(lines).toEqual([
    {role: 'h1', text: 'Title', indent: 0, line: 4, phase: undefined},
    {role: 'caution', text: 'Gone.', indent: 0, line: 6, phase: undefined},
    {role: 'h2', text: 'What not to do', indent: 0, line: 9, phase: 'dont'},
    {role: 'dont', text: '- Do not.', indent: 0, line: 10, phase: 'dont'},
    {role: 'h2', text: 'Procedure', indent: 0, line: 12, phase: 'procedure'},
    {role: 'item', text: '1. Do it.', indent: 0, line: 13, phase: 'procedure'},
    {role: 'code', text: 'uptime', indent: 1, line: 16, phase: 'procedure'},
    {role: 'rule', text: '', indent: 0, line: 20, phase: 'procedure'},
  ]);
});
