import {expect, test} from 'vitest';
import {siteOnDisk} from '../helpers/site.ts';
import {lintSite, loadSite} from '../../src/site/load.ts';

const head = 'site: a\nenvironment: staging\n';

test('a site names secrets by where they are kept', async () => {
  const {request} = siteOnDisk({
    'quarterdeck.yaml': `${head}secrets:\n  A: env:PGPASSWORD\n  B: file:/etc/b\n`,
  });
  expect((await loadSite(request())).secrets).toEqual({A: 'env:PGPASSWORD', B: 'file:/etc/b'});
});

test('what is no reference is refused with its place, and never quoted: it may be the secret', async () => {
  const text = `${head}secrets:\n  A: hunter2-hunter2\n  B: cmd:pass show b\n  C: 12345678\n  D: file:relative\n  "e f": env:X\n`;
  const {request} = siteOnDisk({'quarterdeck.yaml': text});
  const {problems} = await lintSite(request());
  expect(problems.map(({line, column, message}) => `${line}:${column}: ${message}`)).toEqual([
    '4:6: `secrets.A`: expected env:NAME or file:/path, for a secret is never written down here',
    '5:6: `secrets.B`: cmd is not carried out by this version; use env:NAME or file:/path',
    '6:6: `secrets.C`: expected env:NAME or file:/path',
    '7:6: `secrets.D`: expected an absolute path behind file:',
    '8:3: `secrets`: a name is made of at most 63 letters, digits and `_`',
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/hunter2|12345678/);
});
