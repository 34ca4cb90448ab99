import fc from 'fast-check';
import {expect, test} from 'vitest';
import {lintRunbook, parseRunbook, readingLines, runbookJson} from '../../src/runbook/index.ts';
import {allSteps} from './parse.ts';

const fragments = [
  '# Title',
  '## Procedure',
  '### Verify',
  'Verify:',
  '**What not to do:**',
  '- item',
  '  - nested',
  '1. one',
  '   1. deeper',
  '- [ ] task',
  '```',
  '```sh',
  '~~~',
  '```sh {"name":"a","effect":"write"}',
  '```console',
  '$ uptime',
  '# whoami',
  'up 3 days',
  '> [!CAUTION]',
  '> quoted',
  '> > twice',
  '<!-- qd: {"check":"a/b"} -->',
  '<!-- qd: {',
  '<!--',
  '---',
  'title: x',
  '| a | b |',
  '|---|---|',
  'Run `systemctl restart x`',
  '`GET http://h/x`',
  '- Is it?',
  '  - **Yes** → [x](#y)',
  '[^1]',
  '[^1]: note',
  '    indented',
  '\t',
  '',
  '```http',
  'GET http://h/',
  '<details>',
  '- Verify:',
  'cat <<EOF',
  'kubectl <ns>',
  '![a](b)',
  '***',
  'Ünï\u202ecode',
  '\ud800',
];
const markdown = fc
  .array(
    fc.oneof(
      {weight: 5, arbitrary: fc.constantFrom(...fragments)},
      {weight: 1, arbitrary: fc.string({unit: 'binary', maxLength: 40})},
    ),
    {maxLength: 40},
  )
  .map(lines => lines.join('\n'));

/** Each line of a command is the end of some source line: only prompts and indentation are cut. */
function isFromSource(command: string, source: string): boolean {
  const lines = source.split('\n').map(line => line.trimEnd());
  return (
    source.includes(command) ||
    command
      .split('\n')
      .every(each => lines.some(line => line.endsWith(each.trim())) || source.includes(each.trim()))
  );
}

test('any Markdown parses without an exception, and commands come from the source', () => {
  fc.assert(
    fc.property(markdown, text => {
      const runbook = parseRunbook({file: 'x.md', bytes: new TextEncoder().encode(text)});
      lintRunbook(runbook, {checks: [], today: '2026-11-21T00:00:00.000Z', types: []});
      readingLines(runbook);
      JSON.stringify(runbookJson(runbook));
      for (const {command} of allSteps(runbook))
        if (command !== undefined) expect(isFromSource(command, runbook.source)).toBe(true);
      for (const procedure of runbook.procedures)
        for (const {text: ban} of procedure.prohibitions) expect(typeof ban).toBe('string');
    }),
    {numRuns: 400},
  );
});

test('a program that is called like something of every object is a program', () => {
  for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
    const runbook = parseRunbook({file: 'x.md', bytes: new TextEncoder().encode(`~~~console\n${name}`)});
    for (const {effect} of allSteps(runbook)) expect(effect).toBe('write');
  }
});

test('any bytes parse without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 300}), bytes => {
      expect(parseRunbook({file: 'x.md', bytes}).sha256).toHaveLength(64);
    }),
    {numRuns: 300},
  );
});

test('step ids are unique within a procedure', () => {
  fc.assert(
    fc.property(markdown, text => {
      for (const {phases} of parseRunbook({file: 'x.md', bytes: new TextEncoder().encode(text)}).procedures) {
        const ids = phases.flatMap(({steps}) => steps.map(({id}) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }
    }),
    {numRuns: 200},
  );
});
