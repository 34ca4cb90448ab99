import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {loadRunbooks} from '../../src/runbook/index.ts';
import {tempDir} from '../helpers/temp.ts';

test('a runbook of the site wins over a shipped one with the same id, one folder deep', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'site/runbooks/team/deeper'), {recursive: true});
  mkdirSync(join(dir, 'shipped'));
  writeFileSync(join(dir, 'shipped/start.md'), '# Shipped start\n- Look.\n');
  writeFileSync(join(dir, 'shipped/stop.md'), '# Shipped stop\n- Look.\n');
  writeFileSync(join(dir, 'site/runbooks/mine.md'), '---\nid: start\n---\n# Our start\n- Look.\n');
  writeFileSync(join(dir, 'site/runbooks/team/nested.md'), '# Nested\n- Look.\n');
  writeFileSync(join(dir, 'site/runbooks/team/deeper/far.md'), '# Far\n- Look.\n');
  writeFileSync(join(dir, 'site/runbooks/notes.txt'), 'no runbook');
  const found = await loadRunbooks({
    files: realFiles,
    siteDir: join(dir, 'site'),
    shippedDir: join(dir, 'shipped'),
  });
  expect(found.map(({id, title}) => [id, title])).toEqual([
    ['nested', 'Nested'],
    ['start', 'Our start'],
    ['stop', 'Shipped stop'],
  ]);
});

test('a file that cannot be read is a runbook with one problem', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'folder.md'));
  writeFileSync(join(dir, 'secret.md'), '# Secret\n');
  chmodSync(join(dir, 'secret.md'), 0o000);
  const found = await loadRunbooks({files: realFiles, siteDir: undefined, shippedDir: dir});
  expect(found.find(({id}) => id === 'folder')).toMatchObject({
    procedures: [],
    problems: [{code: 'unreadable', level: 'error'}],
  });
});

test('a missing folder gives no runbooks', async () => {
  expect(await loadRunbooks({files: realFiles, siteDir: '/nowhere', shippedDir: undefined})).toEqual([]);
});

test('a link to a file that is not there is reported, and a site’s own words open phases', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'site/runbooks'), {recursive: true});
  writeFileSync(
    join(dir, 'site/runbooks/a.md'),
    '# A\n\n## Kontrollrunde\n- See [b](b.md) and [gone](gone.md).\n',
  );
  writeFileSync(join(dir, 'site/runbooks/b.md'), '# B\n- Look.\n');
  const [a] = await loadRunbooks({
    files: realFiles,
    siteDir: join(dir, 'site'),
    shippedDir: undefined,
    phases: {verify: ['Kontrollrunde']},
  });
  expect(a?.procedures[0]?.phases[0]?.phase).toBe('verify');
  expect(a?.links).toEqual(['b.md', 'gone.md']);
  expect(a?.problems).toMatchObject([{code: 'dead-link', line: 4, level: 'warning'}]);
});
