// docs/generated/keys.md, from the definitions of the screens.
import {everywhere} from '../../screens/everywhere.ts';
import type {Binding, ScreenDefinition} from '../../src/define-screen.ts';

const row = ({keys, does}: Binding): string =>
  `| ${keys.map(key => `\`${key.replaceAll('|', '\\|')}\``).join(' ')} | ${does.replaceAll('|', '\\|')} |`;

const table = (keys: readonly Binding[]): string[] => ['| key | does |', '|---|---|', ...keys.map(row), ''];

export function keysPage(screens: readonly ScreenDefinition[]): string {
  const parts = ['# Keys', '', 'Generated from `screens/`.', '', '## Everywhere', '', ...table(everywhere)];
  for (const {id, summary, keys} of screens) {
    parts.push(`## ${id}`, '', summary, '');
    if (keys.length > 0) parts.push(...table(keys));
  }
  return `${parts.join('\n').trimEnd()}\n`;
}
