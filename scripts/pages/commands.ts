// docs/generated/commands.md, from the list of commands.
import type {AnyCommand} from '../../src/define.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function commandsPage(
  commands: readonly AnyCommand[],
  groups: Readonly<Record<string, string>>,
): string {
  const parts = ['# Commands', '', 'Generated from `src/cli/index.ts`.', ''];
  for (const command of commands) {
    const words = command.arguments.map(({spec}) => spec).join(' ');
    parts.push(
      `## \`quarterdeck ${command.name}${words === '' ? '' : ` ${words}`}\``,
      '',
      sentence(command.summary),
      '',
    );
    const rows = [
      ...command.arguments.map(({spec, summary}) => [spec, summary]),
      ...command.options.map(({flags, summary}) => [flags, summary]),
    ];
    if (rows.length === 0) continue;
    parts.push('| option | does |', '|---|---|');
    for (const [name = '', summary = ''] of rows) parts.push(`| \`${cell(name)}\` | ${cell(summary)} |`);
    parts.push('');
  }
  parts.push('## Groups', '');
  for (const [name, summary] of Object.entries(groups)) parts.push(`- \`${name}\`: ${summary}`);
  return `${parts.join('\n')}\n`;
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
