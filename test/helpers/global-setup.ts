// Tests that start the real binary need the bundles; they are built once, before any test.
import {execFileSync} from 'node:child_process';
import path from 'node:path';
import {existsSync} from 'node:fs';

export default function setup(): void {
  const root = path.resolve(import.meta.dirname, '../..');
  if (!existsSync(path.join(root, 'build.mjs'))) return;
  execFileSync(process.execPath, ['build.mjs', '--if-stale'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
