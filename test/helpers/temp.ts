// Private temporary directories that are gone when the test is over.
import {chmodSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';

/** A fresh 0700 directory (absolute, links resolved), removed when the running test ends. Call it inside a test or beforeEach. */
export function tempDir(): string {
  const {dir, remove} = makeTempDir();
  onTestFinished(remove);
  return dir;
}

/** The same for beforeAll: the caller removes it. */
export function makeTempDir(): {readonly dir: string; readonly remove: () => void} {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'qd-test-')));
  chmodSync(dir, 0o700);
  return {
    dir,
    remove: () => {
      rmSync(dir, {recursive: true, force: true, maxRetries: 3});
    },
  };
}
