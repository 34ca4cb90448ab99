// Writes docs/generated/ from the lists; `--check` fails when a page is stale. One page per list.
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {checks} from '../checks/index.ts';
import {screens} from '../screens/index.ts';
import {commands, groups} from '../src/cli/index.ts';
import {entryKinds} from '../src/domain/kinds.ts';
import {steps} from '../src/steps/index.ts';
import {checksPage} from './pages/checks.ts';
import {commandsPage} from './pages/commands.ts';
import {keysPage} from './pages/keys.ts';
import {kindsPage} from './pages/kinds.ts';
import {stepsPage} from './pages/steps.ts';

const folder = path.resolve(import.meta.dirname, '../docs/generated');

const pages: Readonly<Record<string, () => string>> = {
  'checks.md': () => checksPage(checks),
  'commands.md': () => commandsPage(commands, groups),
  'entry-kinds.md': () => kindsPage(entryKinds),
  'keys.md': () => keysPage(screens),
  'steps.md': () => stepsPage(steps),
};

/** Pages of long runs, kept by the commands that make them. */
const measured = new Set(['fault-matrix.md', 'tamper-matrix.md']);

const stale: string[] = [];
mkdirSync(folder, {recursive: true});
for (const [name, make] of Object.entries(pages)) {
  const file = path.join(folder, name);
  const text = make();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
}
const unknown = readdirSync(folder).filter(
  name => name.endsWith('.md') && !(name in pages) && !measured.has(name),
);

if (process.argv.includes('--check') && stale.length + unknown.length > 0) {
  process.stderr.write(
    `docs/generated is not what the lists say: ${[...stale, ...unknown].join(', ')}. Run \`npm run generate\`.\n`,
  );
  process.exitCode = 1;
}
