// `npm run check`: the one gate. Every part runs even when an earlier one failed, so that one run shows all.
import {spawnSync} from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = name => path.join(root, 'node_modules/.bin', name);

const parts = [
  ['format', [bin('prettier'), '--check', '--log-level', 'warn', '.']],
  ['lint', [bin('eslint'), '--max-warnings', '0', '.']],
  ['types', [bin('tsc'), '--noEmit']],
  ['types of the browser page', [bin('tsc'), '--noEmit', '--project', 'src/verifier']],
  [
    'boundaries',
    [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src', 'checks', 'screens', 'demo'],
  ],
  ['dead code', [bin('knip')]],
  ['generated files', [process.execPath, 'scripts/generate.ts', '--check']],
  ['tests', ['npm', 'test', '--silent']],
];

const only = process.argv.slice(2);
const failed = [];
let passed = 0;
for (const [name, [command, ...args]] of parts) {
  if (only.length > 0 && !only.includes(name)) continue;
  process.stdout.write(`── ${name}\n`);
  const {status} = spawnSync(command, args, {cwd: root, stdio: 'inherit'});
  if (status === 0) passed += 1;
  else failed.push(name);
}
process.stdout.write(
  failed.length === 0 ? `check: all ${passed} parts green\n` : `check: failed: ${failed.join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
