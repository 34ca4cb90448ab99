// Real runbooks that lie beside the repository on a developer's machine; skipped with a message elsewhere.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {outline} from './differences.ts';
import {ours, theirs} from './oracle.ts';

const shared = join(import.meta.dirname, '../../../shared');

describe.each(['corpus', 'seeds'])('%s (needs ../shared)', dir => {
  const at = join(shared, dir);
  const files = existsSync(at)
    ? readdirSync(at, {recursive: true, encoding: 'utf8'}).filter(name => /\.(?:md|txt)$/.test(name))
    : [];

  test.skipIf(files.length === 0)('each file is read as the oracle reads it', () => {
    for (const file of files) {
      const text = readFileSync(join(at, file), 'utf8').replace(/\r\n?/g, '\n');
      expect(outline(ours(text)), file).toEqual(outline(theirs(text)));
    }
  });
});
