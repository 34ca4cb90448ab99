// The fault matrix, at every twentieth place; `npm run faults -- --write` does all of it.
import {execFile} from 'node:child_process';
import path from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {need, program, whyNoMount} from './needs.ts';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

test('after every fault each acknowledged entry is there, the chain verifies, and the program said what happened', async () => {
  need(whyNoMount());
  program('strace', 'strace');
  program('faketime', 'faketime');
  const words = [path.join(root, 'scripts/faults.ts'), '--stride', '20'];
  const {stdout} = await run(process.execPath, words, {cwd: root, maxBuffer: 1 << 24}).catch(
    (error: unknown) => ({stdout: `${String(error)}\n${JSON.stringify(error)}`}),
  );
  expect(stdout).toContain(' 0 rows not good.');
}, 900_000);
