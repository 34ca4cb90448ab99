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
    {role: 'fence', text: 'sh', indent: 1, line: 15, phase: 'procedure'},
    {role: 'code', text: 'uptime', indent: 1, line: 16, phase: 'procedure'},
    {role: 'rule', text: '', indent: 0, line: 20, phase: 'procedure'},
  ]);
});

test('links carry their targets, code its backticks, tables their columns; comments stay out, placeholders in', () => {
  const lines = readingLines(
    parse(
      '# T',
      '',
      'See [the page](https://example.org/a) and `df -h`; <https://example.org> <!-- hidden -->',
      '',
      'Ask <tenant> for it.<br>Then wait.',
      '',
      '| name | what it means |',
      '|---|---|',
      '| a | first |',
      '| longer | second |',
      '',
      '- [x] done',
      '- [ ] open',
      '',
      '<details><summary>More</summary>',
      '<!-- secret -->',
      '</details>',
      '',
      '{{< hint >}} stays {{< /hint >}}',
    ),
  )
    .filter(({role}) => role !== 'blank')
    .map(({role, text}) => [role, text]);
  expect(lines).toEqual([
    ['h1', 'T'],
    ['text', 'See the page (https://example.org/a) and `df -h`; https://example.org'],
    ['text', 'Ask <tenant> for it. Then wait.'],
    ['head', 'name    what it means'],
    ['row', 'a       first'],
    ['row', 'longer  second'],
    ['item', '[x] done'],
    ['item', '[ ] open'],
    ['text', 'More'],
    ['text', '{{< hint >}} stays {{< /hint >}}'],
  ]);
});
