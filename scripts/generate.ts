// Writes docs/generated/, one page per list, and the shapes in src; `--check` fails when one of them is stale.
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {checks} from '../checks/index.ts';
import {screens} from '../screens/index.ts';
import {channels} from '../src/channels/index.ts';
import {commands, groups} from '../src/cli/index.ts';
import {entryKinds} from '../src/domain/kinds.ts';
import {jobSchema} from '../src/engine/runner/job-schema.ts';
import {steps} from '../src/steps/index.ts';
import {channelsPage} from './pages/channels.ts';
import {checksPage} from './pages/checks.ts';
import {commandsPage} from './pages/commands.ts';
import {keysPage} from './pages/keys.ts';
import {kindsPage} from './pages/kinds.ts';
import {jobShape, kindShapes} from './pages/shapes.ts';
import {stepsPage} from './pages/steps.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'docs/generated');

const pages: Readonly<Record<string, () => string>> = {
  'channels.md': () => channelsPage(channels),
  'checks.md': () => checksPage(checks),
  'commands.md': () => commandsPage(commands, groups),
  'entry-kinds.md': () => kindsPage(entryKinds),
  'keys.md': () => keysPage(screens),
  'steps.md': () => stepsPage(steps),
};

/** The schemas as plain data, for what must start without zod. */
const sources: Readonly<Record<string, () => string>> = {
  'src/domain/kind-shapes.ts': () => kindShapes(entryKinds),
  'src/engine/runner/job-shape.ts': () => jobShape(jobSchema),
};

/** Pages of long runs, kept by the commands that make them. */
const measured = new Set(['fault-matrix.md', 'tamper-matrix.md']);

const stale: string[] = [];
mkdirSync(folder, {recursive: true});
const files = [
  ...Object.entries(pages).map(([name, make]) => [`docs/generated/${name}`, make] as const),
  ...Object.entries(sources),
];
for (const [name, make] of files) {
  const file = path.join(root, name);
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
    `Generated files are not what the lists say: ${[...stale, ...unknown].join(', ')}. Run \`npm run generate\`.\n`,
  );
  process.exitCode = 1;
}
