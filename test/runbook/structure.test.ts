import {expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {onlyProcedure, parse} from './parse.ts';

const outline = (runbook: ReturnType<typeof parse>) =>
  runbook.procedures.map(({id, chapter, phases}) => ({
    id,
    chapter,
    phases: phases.map(({phase, steps}) => `${phase} ${steps.length}`),
  }));

test('headings under a chapter are procedures, and label paragraphs open their phases', () => {
  const runbook = parse(
    '# Book',
    '',
    '## Preconditions',
    '- You have a shell.',
    '',
    '## Safety Rules',
    '- Do not edit history.',
    '',
    '## Normal Operations',
    '',
    '### Start It',
    'Symptoms/Trigger:',
    '- A planned start.',
    '',
    'Procedure:',
    '- Start the process.',
    '- Wait for logs.',
    '',
    '**Verify:**',
    '- It answers.',
    '',
    'What not to do:',
    '- Do not force it.',
    '',
    'Safe actions:',
    '- Roll back.',
    '',
    '### Stop It',
    'Procedure:',
    '1. Stop the process.',
  );
  expect(outline(runbook)).toEqual([
    {
      id: 'start-it',
      chapter: 'Normal Operations',
      phases: ['preconditions 1', 'trigger 0', 'procedure 2', 'verify 1', 'dont 0', 'safe-actions 1'],
    },
    {id: 'stop-it', chapter: 'Normal Operations', phases: ['preconditions 1', 'procedure 1']},
  ]);
  expect(runbook.procedures[0]?.phases[0]?.from).toBe('file');
  expect(runbook.procedures[0]?.prohibitions.map(({text}) => text)).toEqual([
    'Do not force it.',
    'Do not edit history.',
  ]);
  expect(runbook.procedures[1]?.prohibitions.map(({text}) => text)).toEqual(['Do not edit history.']);
});

test('a file of phase headings is one procedure, and a sub-heading stays inside its phase', () => {
  const runbook = parse(
    '# Alert',
    '',
    '## Meaning',
    '',
    'It fires.',
    '',
    '## Diagnosis',
    '',
    '### Health',
    '',
    'Ask it:',
    '',
    '```sh',
    'uptime',
    '```',
    '',
    '## Mitigation',
    '',
    'Reboot the node.',
  );
  const procedure = onlyProcedure(runbook);
  expect(procedure).toMatchObject({id: 'notes', title: 'Alert'});
  expect(procedure.phases.map(({phase, title}) => [phase, title])).toEqual([
    ['trigger', 'Meaning'],
    ['diagnose', 'Diagnosis'],
    ['diagnose', 'Health'],
    ['procedure', 'Mitigation'],
  ]);
});

test('a phase word over headings that have phases of their own is a chapter', () => {
  const runbook = parse('# B', '', '## Recovery', '', '### From backup', 'Procedure:', '- Restore it.');
  expect(runbook.procedures.map(({id, chapter}) => [id, chapter])).toEqual([['from-backup', 'Recovery']]);
});

test('a labelled bullet holds for its own items only', () => {
  const procedure = onlyProcedure(
    parse(
      '# B',
      '',
      '## Roll out',
      '- Enable it.',
      '- Verify:',
      '  - The panel is green.',
      '- Tell the team.',
    ),
  );
  expect(procedure.phases.map(({phase, steps}) => [phase, steps.map(({title}) => title)])).toEqual([
    ['procedure', ['Enable it.']],
    ['verify', ['The panel is green.']],
    ['procedure', ['Tell the team.']],
  ]);
});

test('numbered headings under the title are parts of one procedure', () => {
  const procedure = onlyProcedure(
    parse('# Move', '', '## 1. Stop', '- Stop it.', '', '## 2. Copy', '- Copy it.'),
  );
  expect(procedure.phases.map(({title}) => title)).toEqual(['1. Stop', '2. Copy']);
});

const tenant = {name: 'TENANT', description: 'which one', pattern: 't-[0-9]+|all'};

test.each([
  ['a map', ['vars:', '  TENANT: which one | | t-[0-9]+|all', '  B: other']],
  ['a map with quoted specs', ['vars:', '  TENANT: "which one | | t-[0-9]+|all"', "  B: 'other'"]],
  ['a list', ['vars:', '  - TENANT: which one | | t-[0-9]+|all', '  - B: other']],
  ['a list without indentation', ['vars:', '- TENANT: which one | | t-[0-9]+|all', '- B: other']],
  ['a list of quoted lines', ['vars:', '  - "TENANT: which one | | t-[0-9]+|all"', "  - 'B: other'"]],
  [
    'a list of names with quoted specs',
    ['vars:', '  - TENANT: "which one | | t-[0-9]+|all"', '  - B: other'],
  ],
  ['a list in brackets', ['vars: ["TENANT: which one | | t-[0-9]+|all", "B: other"]']],
])('vars as %s keep description and pattern', (_, lines) => {
  const {meta, problems} = parse('---', ...lines, '---', '# Title', '- Do it.');
  expect(meta.vars).toEqual([tenant, {name: 'B', description: 'other'}]);
  expect(problems).toEqual([]);
});

test('a variable on the line of vars is one, and what cannot be one is an error, not left out', () => {
  const of = (...lines: readonly string[]) => parse('---', ...lines, '---', '# Title', '- Do it.');
  expect(of('vars: "TENANT: which one | | t-[0-9]+|all"').meta.vars).toEqual([tenant]);
  expect(of('vars:', '  - TENANT').meta.vars).toEqual([{name: 'TENANT', description: ''}]);
  expect(of('vars:', '  - which tenant | t-1').problems).toMatchObject([
    {code: 'front-matter', level: 'error', message: containing('NAME: description')},
  ]);
});

test('front matter and Key: value lines under the title give the metadata; unknown keys are kept', () => {
  const front = parse(
    '---',
    'title: "Mend: it"',
    'id: mend',
    'tags: [a, "b, c"]',
    'services:',
    '  - api',
    'review_every: 90d',
    'vars:',
    '  TENANT: which one | t-1 | ^t-',
    '  PATH: no',
    'weight: 20',
    '---',
    '# Other',
    '- Do it.',
  );
  expect(front).toMatchObject({id: 'mend', title: 'Mend: it'});
  expect(front.meta).toMatchObject({
    tags: ['a', 'b, c'],
    services: ['api'],
    reviewEvery: '90d',
    other: {weight: '20'},
    vars: [{name: 'TENANT', description: 'which one', default: 't-1', pattern: '^t-'}],
  });
  expect(front.problems).toMatchObject([{code: 'variable-name', level: 'error'}]);
  const lines = parse(
    '# Checklist',
    '',
    'Status: Active  ',
    'Owner: Platform',
    '',
    '## Preflight',
    '1. Look.',
  );
  expect(lines.meta).toMatchObject({owner: 'Platform', other: {status: 'Active'}});
});

test('the site can add its own phase words', async () => {
  const {parseRunbook} = await import('../../src/runbook/index.ts');
  const bytes = new TextEncoder().encode('# B\n\n## Prüfung\n- Sieht gut aus.\n');
  const runbook = parseRunbook({file: 'b.md', bytes, phases: {verify: ['prüfung']}});
  expect(runbook.procedures[0]?.phases[0]?.phase).toBe('verify');
});
