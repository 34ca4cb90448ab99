// The reference page of the step types, made from THE list.
import type {StepDefinition} from '../../src/define.ts';
import type {StepAttributes} from '../../src/domain/runbook.ts';
import {around, everywhere} from '../../src/steps/step-type.ts';

const meanings: Readonly<Record<keyof StepAttributes, string>> = {
  name: 'Stable id of the step; others name it by this.',
  title: 'What is shown as its title.',
  type: 'The step type, when Markdown alone does not say.',
  effect: '`read`, `write` or `irreversible`: decides how it is confirmed. A guess errs towards `write`.',
  on: '`local`, `ssh:ALIAS` (your own ssh_config), or a name under `hosts` of the site.',
  'run-as': 'The account; else the one under `runAs` of the site for that host.',
  timeout: 'Time limit, such as `30s` (reads: 30 s, others: 60 s without it).',
  retries:
    'How often a look or a read is done again before it counts as failed; at most 20, never for writes.',
  grace: 'From TERM to KILL, 5 s without it.',
  expect: 'Exit status or HTTP status (a number), or text that the output must contain.',
  check: 'A check of the site: `service/check`, or a name in the run’s service.',
  panel: 'All checks of a panel: `health`, `readiness` or `signals`.',
  pre: 'A check that must pass before it.',
  verify: 'A check that must pass after it.',
  until: 'A check that is waited for.',
  within: 'How long that may take, and how fresh a result may be.',
  for: 'How long to wait.',
  rollback: 'The step that undoes this one, by name.',
  capture: 'The variable that takes the output, trimmed.',
  re: 'RE2 pattern: its first group (else all that it finds) is what is captured.',
  'on-disconnect': 'When the console’s connection is lost: `finish` (without it), `abort`, or `detach`.',
  'at-limit': 'At the time limit of a write: `ask` (without it) or `kill`.',
  when: 'Only if: `NAME=value`, `NAME!=value`, `check:service/check=pass`; else it is skipped, and that is recorded.',
  role: 'Who must agree.',
  min: 'How many must agree.',
  reason: 'Whether a reason is asked for.',
  target: 'What is typed to confirm an irreversible step.',
  var: 'The variable that takes the value: capital letters, digits and `_`.',
  pattern: 'RE2 pattern that the whole value must match.',
  default: 'What is offered.',
  source: 'A name under `sources` of the site; without it, the only one that fits.',
  gate: 'A name under `gates` of the site.',
  login: '`true`: in the environment of a login shell.',
  'max-output': 'More output than this, such as `10MB`, ends a read and asks at a write.',
};

const who: Readonly<Record<StepDefinition['by'], string>> = {
  runner: 'A process of its own does it, which outlives the console.',
  engine: 'The console looks by itself.',
  operator: 'The operator does it.',
  terminal: 'It takes the terminal while it lasts.',
};

const isName = (name: string): name is keyof StepAttributes => Object.hasOwn(meanings, name);
const row = (name: keyof StepAttributes): string =>
  `| \`${name}\` | ${meanings[name].replaceAll('|', String.raw`\|`)} |`;
const rows = (names: readonly string[]): string[] => names.filter(isName).map(row);

/** Markdown: what every step may say, then one section for each type with its attributes and an example. */
export function stepsPage(steps: readonly StepDefinition[]): string {
  const sections = steps.map(({type, summary, by, reading, attributes, example}) => {
    const own = attributes.filter(name => !around.includes(name));
    return [
      `## ${type}`,
      '',
      `${summary}. ${reading === true ? 'There is nothing to do but read.' : who[by]}`,
      '',
      ...(own.length === 0 ? [] : ['| attribute | meaning |', '|---|---|', ...rows(attributes), '']),
      '````markdown',
      example.trimEnd(),
      '````',
      '',
    ].join('\n');
  });
  const head = [
    '# Step types',
    '',
    '<!-- Generated from src/steps/index.ts by `npm run generate`; do not edit. -->',
    '',
    'Attributes are flat JSON behind the language of a fence, or in a comment `<!-- qd: {…} -->` inside an item. One that',
    'means nothing for a type is a problem of that line, never ignored. A `<placeholder>` in a command, an address, a',
    'header, a body, a statement or a query is asked for before anything acts; it becomes a variable of the run, and its',
    'value can only ever be a value where it stands.',
    '',
    '## What every step may say',
    '',
    '| attribute | meaning |',
    '|---|---|',
    ...rows(everywhere),
    '',
    'Steps that are no look themselves may also name checks around them:',
    '',
    '| attribute | meaning |',
    '|---|---|',
    ...rows(around),
    '',
  ].join('\n');
  return `${head}\n${sections.join('\n')}`;
}
