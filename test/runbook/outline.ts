// A runbook as lines of text, for comparing at a glance.
import type {Runbook, Step} from '../../src/domain/runbook.ts';

function stepLines(step: Step, indent: string): string[] {
  const {
    line,
    type,
    effect,
    title,
    command,
    expectedOutput,
    expected,
    options = [],
    detail,
    attributes,
  } = step;
  const more = (mark: string, text: string | undefined): string[] =>
    text === undefined ? [] : text.split('\n').map(each => `${indent}    ${mark} ${each}`.trimEnd());
  return [
    `${indent}${line} ${type} ${effect}: ${title}`,
    ...more('$', command),
    ...more('=>', expectedOutput),
    ...more('->', expected),
    ...detail.flatMap(each => more('|', each)),
    ...options.map(({answer, link}) => `${indent}    ? ${answer} ${link ?? ''}`.trimEnd()),
    ...(Object.keys(attributes).length === 0 ? [] : [`${indent}    @ ${JSON.stringify(attributes)}`]),
    ...step.children.flatMap(child => stepLines(child, `${indent}  `)),
  ];
}

/** Procedures, phases, steps with line, type, effect, command and output, prohibitions, placeholders, links, problems. */
export function outline(runbook: Runbook): string {
  const {title, meta, procedures, placeholders, links = [], problems} = runbook;
  return [
    `${title} (${meta.kind})`,
    ...procedures.flatMap(({id, line, phases, prohibitions}) => [
      `# ${id} ${line}`,
      ...phases.flatMap(block => [
        `  ${block.phase}: ${block.title} ${block.line}`,
        ...block.prose.map(each => `    " ${each.replaceAll('\n', ' / ')}`),
        ...block.steps.flatMap(step => stepLines(step, '    ')),
      ]),
      ...prohibitions.map(ban => `  ! ${ban.line} ${ban.text} ${ban.patterns.join(' ; ')}`.trimEnd()),
    ]),
    ...placeholders.map(each => `<> ${each}`),
    ...links.map(each => `-> ${each}`),
    ...problems.map(({line, code}) => `problem ${line} ${code}`),
    '',
  ].join('\n');
}
