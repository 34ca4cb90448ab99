import {expect, test} from 'vitest';
import {lintRunbook, parseRunbook} from '../../src/runbook/index.ts';
import {containing} from '../helpers/like.ts';
import {codes, parse} from './parse.ts';

const fence = (info: string, ...before: string[]) =>
  parse(
    '# B',
    '',
    '## Procedure',
    '',
    ...before,
    `\`\`\`sh ${info}`,
    'systemctl restart x',
    '```',
    '',
    '## Verify',
    '- It is up.',
  );

test('a clean runbook has no problems', () => {
  expect(codes(fence('{"name":"restart","effect":"write"}'))).toEqual([]);
});

test('an unbalanced fence is an error that names its line', () => {
  expect(parse('# B', '', '- Do:', '', '  ```sh', '  uptime', '', '- Then', '').problems).toMatchObject([
    {code: 'unbalanced-fence', line: 5, level: 'error'},
  ]);
});

test('an unknown attribute names the nearest known one', () => {
  expect(lintRunbook(fence('{"efect":"write"}'))).toMatchObject([
    {
      code: 'unknown-attribute',
      line: 5,
      level: 'warning',
      message: 'Unknown attribute "efect"; did you mean "effect"?',
    },
  ]);
});

test('broken JSON and wrong values in annotations are errors', () => {
  expect(lintRunbook(fence('{"name":"x"'))).toMatchObject([
    {code: 'annotation-json', line: 5, level: 'error'},
  ]);
  for (const info of ['{"effect":"destroy"}', '{"timeout":"soon"}', '{"name":{"a":1}}', '{"min":-1}'])
    expect(lintRunbook(fence(info))).toMatchObject([{code: 'attribute-value', line: 5, level: 'error'}]);
});

test('two steps of one name are an error', () => {
  const runbook = parse(
    '# B',
    '',
    '```sh {"name":"a","effect":"read"}',
    'uptime',
    '```',
    '',
    '```sh {"name":"a","effect":"read"}',
    'uptime',
    '```',
  );
  expect(runbook.problems).toMatchObject([{code: 'duplicate-name', line: 7, level: 'error'}]);
});

test('names that nothing has are errors, once the site is known', () => {
  const runbook = fence('{"effect":"write","verify":"api/redy","rollback":"undo"}');
  expect(codes(runbook)).toEqual(['dangling-name']);
  const found = lintRunbook(runbook, {checks: ['api/ready'], types: ['manual']});
  expect(found.map(({message}) => message).join(' ')).toContain('Did you mean `api/ready`?');
  expect(found).toHaveLength(2);
});

test('effect and alert that disagree are reported', () => {
  expect(codes(fence('{"effect":"read"}', '> [!WARNING]', '> Careful.', ''))).toEqual(['effect-alert']);
  expect(codes(fence('{"effect":"write"}', '> [!CAUTION]', '> Careful.', ''))).toEqual([
    'effect-alert',
    'missing-rollback',
  ]);
  expect(codes(fence('{"effect":"irreversible","rollback":"a","name":"a"}'))).toEqual(['effect-alert']);
});

test('a write that nothing verifies, and an irreversible step that nothing undoes, are reported', () => {
  expect(codes(parse('# B', '', '```sh', 'systemctl restart x', '```'))).toEqual(['missing-verify']);
  expect(
    codes(
      parse(
        '# B',
        '',
        '> [!CAUTION]',
        '> Gone.',
        '',
        '```sh {"effect":"irreversible","verify":"a/b"}',
        'rm x',
        '```',
      ),
    ),
  ).toEqual(['missing-rollback']);
});

test('an overdue review is reported with its age', () => {
  const runbook = parse('---', 'reviewed: 2026-01-01', 'review_every: 30d', '---', '# B', '- Look.');
  expect(codes(runbook, {today: '2026-01-31T00:00:00.000Z'})).toEqual([]);
  const [found] = lintRunbook(runbook, {today: '2026-02-02T00:00:00.000Z'});
  expect(found).toMatchObject({code: 'review', level: 'warning'});
  expect(found?.message).toContain('overdue by 2 days');
});

test('text that was decoded wrongly is reported', () => {
  expect(codes(parse('# Done âœ…', '- Look.'))).toEqual(['mis-decoded']);
  expect(codes(parse('# Prüfen ✅ “so” — Ångström', '- Look.'))).toEqual([]);
});

test('what cannot be a runbook is refused with one clear problem', () => {
  const big = parseRunbook({file: 'big.md', bytes: new Uint8Array(5 * 1024 * 1024 + 1).fill(0x61)});
  expect(big.problems).toMatchObject([{code: 'file-too-large', level: 'error'}]);
  expect(parseRunbook({file: 'a.md', bytes: new Uint8Array([0, 1, 2])}).problems).toMatchObject([
    {code: 'not-text', level: 'error'},
  ]);
  expect(parse('>'.repeat(5000) + ' deep').problems).toMatchObject([{code: 'too-deep', level: 'error'}]);
  expect(codes(parse('# Only words', '', 'Nothing to do.'))).toEqual(['no-steps']);
});

test('a decision that leads nowhere is reported', () => {
  expect(
    codes(
      parse(
        '# B',
        '',
        '## Diagnosis',
        '- Is it down?',
        '  - **Yes** → [go](#restrt)',
        '  - **No** → stop',
        '',
        '## Restart',
        '- Restart it.',
      ),
    ),
  ).toEqual(['dangling-link']);
});

test('a prohibition carries the patterns of its comment', () => {
  const runbook = parse(
    '# B',
    '',
    '## What not to do',
    '- Do not drop tables.',
    '  <!-- qd: {"pattern":"sql: DROP *"} -->',
    '',
    '## Steps',
    '- Look.',
  );
  expect(runbook.prohibitions).toEqual([{text: 'Do not drop tables.', line: 4, patterns: ['sql: DROP *']}]);
  expect(codes(runbook)).toEqual([]);
});

test('a pattern that would guard nothing is an error at its prohibition, once, in a procedure of many as well', () => {
  const bad = (pattern: string) => `- Do not. <!-- qd: {"pattern":"${pattern}"} -->`;
  const steps = ['## Steps', '- Look.'];
  const alone = parse('# B', '', '## What not to do', '- Never look.', bad('DROP TABLE *'), '', ...steps);
  expect(lintRunbook(alone)).toMatchObject([
    {
      code: 'guard-pattern',
      line: 5,
      level: 'error',
      message: containing('The guard pattern "DROP TABLE *" cannot be used: expected `argv: …`'),
    },
  ]);
  const many = parse(
    '# B',
    '',
    '## One',
    '1. Look.',
    '',
    '### Do not',
    bad('sql: DROP'),
    '',
    '## Two',
    '1. Look.',
  );
  expect(lintRunbook(many).map(({code, line}) => [code, line])).toEqual([['guard-pattern', 7]]);
});

test('a backtick in an info string is an error that says how to mend it', () => {
  const found = lintRunbook(parse('# B', '', '- Do it', '', '```sh {"title":"run `x`"}', 'uptime', '```'));
  expect(found.find(({code}) => code === 'backtick-in-info')).toMatchObject({line: 5, level: 'error'});
  expect(codes(parse('# B', '', '- Do ```uptime```', '- Look.'))).not.toContain('backtick-in-info');
});

test('commands after a nested shell are reported, for they would run on the wrong host', () => {
  const found = lintRunbook(
    parse(
      '# B',
      '',
      '1. Enter:',
      '',
      '   ```sh',
      '   oc debug node/n1',
      '   ```',
      '',
      '2. Clean:',
      '',
      '   ```sh',
      '   rm -r /x',
      '   ```',
    ),
  );
  expect(found.find(({code}) => code === 'nested-shell')).toMatchObject({line: 3, level: 'warning'});
});

test('names of data sources, gates and captured variables are checked', () => {
  const runbook = parse(
    '# B',
    '',
    '- Ready.',
    '  <!-- qd: {"gate":"relase"} -->',
    '',
    '```sql {"source":"mian"}',
    'select 1',
    '```',
    '',
    '```sh {"capture":"PATH","effect":"read"}',
    'uptime',
    '```',
  );
  const found = lintRunbook(runbook, {sources: ['main'], gates: ['release']});
  expect(found.map(({code, line}) => `${line} ${code}`)).toEqual([
    '3 dangling-name',
    '6 dangling-name',
    '10 variable-name',
  ]);
});

test('a link that leaves the site is left out with a warning; one inside it is pinned', () => {
  const text = new TextEncoder().encode(
    '# B\n\n- See [a](../other/a.md#x), [b](b.md), [c](../../c.md), [d](https://h/d.md).\n',
  );
  const runbook = parseRunbook({file: '/site/runbooks/x.md', bytes: text, root: '/site'});
  expect(runbook.links).toEqual(['../other/a.md', 'b.md']);
  expect(runbook.problems).toMatchObject([{code: 'link-outside', line: 3}]);
  expect(parseRunbook({file: 'x.md', bytes: text}).links).toEqual(['b.md']);
});
