import {chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {QdError} from '../../src/domain/error.ts';
import {lintSite, loadSite} from '../../src/site/load.ts';
import {sha256} from '../../src/site/read.ts';
import {siteOnDisk, smallSite} from '../helpers/site.ts';

/** The QdError that `work` ends with. */
async function failureOf(work: Promise<unknown>): Promise<QdError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof QdError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('finding', () => {
  test('--site goes before $QUARTERDECK_SITE, and that before the folders above', async () => {
    const one = siteOnDisk({'quarterdeck.yaml': smallSite.replace('small', 'one')});
    const two = siteOnDisk({'quarterdeck.yaml': smallSite.replace('small', 'two')});
    const three = siteOnDisk({'quarterdeck.yaml': smallSite.replace('small', 'three'), 'deep/er/x': ''});
    const cwd = join(three.dir, 'deep/er');
    const vars = {QUARTERDECK_SITE: two.dir};
    expect((await loadSite(one.request({cwd, vars}))).name).toBe('one');
    expect((await loadSite(one.request({cwd, vars, siteDir: undefined}))).name).toBe('two');
    const found = await loadSite(one.request({cwd, siteDir: undefined}));
    expect([found.name, found.dir, found.file]).toEqual([
      'three',
      three.dir,
      join(three.dir, 'quarterdeck.yaml'),
    ]);
  });

  test('a relative folder, the file itself and a link all name the site', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    symlinkSync('site', join(site.above, 'link'));
    for (const siteDir of ['site', 'site/quarterdeck.yaml', 'link']) {
      expect((await loadSite(site.request({siteDir}))).dir).toBe(site.dir);
    }
  });

  test('what is missing says where it was looked for and what to do', async () => {
    const site = siteOnDisk({other: 'x'});
    const none = await failureOf(loadSite(site.request({siteDir: 'nowhere'})));
    expect(none).toMatchObject({
      code: 'SITE_NOT_FOUND',
      message: `--site names ${join(site.above, 'nowhere')}, which does not exist.`,
    });
    const empty = await failureOf(loadSite(site.request()));
    expect(empty.hint).toBe(`\`quarterdeck init ${site.dir}\` makes a starter site there.`);
    const file = await failureOf(loadSite(site.request({siteDir: 'site/other'})));
    expect(file.message).toContain('is no folder');
    const above = await failureOf(loadSite(site.request({siteDir: undefined, cwd: site.dir})));
    expect(above.message).toBe(`There is no quarterdeck.yaml in ${site.dir} or any folder above it.`);
    writeFileSync(join(site.dir, 'quarterdeck.yml'), smallSite);
    expect((await failureOf(loadSite(site.request()))).hint).toContain('rename it to quarterdeck.yaml');
  });
});

describe('reading', () => {
  test('the first problem is thrown with its place, and the others are counted', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': 'site: a\nenvironment: prod\nservces: {}\n'});
    const error = await failureOf(loadSite(site.request()));
    expect(error.toJSON()).toEqual({
      code: 'SITE_INVALID',
      message: `${site.dir}/quarterdeck.yaml:2:14: \`environment\`: expected one of \`development\`, \`staging\`, \`production\`, found \`prod\` (and 1 more problem)`,
      hint: 'Run `quarterdeck site lint` to see every problem.',
      file: join(site.dir, 'quarterdeck.yaml'),
      line: 2,
      column: 14,
    });
  });

  test('a directory, a file of five mebibytes and a link to nothing are no site files', async () => {
    const folder = siteOnDisk();
    mkdirSync(join(folder.dir, 'quarterdeck.yaml'));
    expect((await failureOf(loadSite(folder.request()))).message).toContain(
      'cannot be read: it is a directory',
    );

    const large = siteOnDisk({'quarterdeck.yaml': '#'.repeat(5 * 1024 * 1024)});
    expect((await failureOf(loadSite(large.request()))).message).toContain(
      'cannot be read: it has 5242880 bytes, and 1048576 is the most that is read',
    );

    const dangling = siteOnDisk();
    symlinkSync('gone', join(dangling.dir, 'quarterdeck.yaml'));
    expect((await failureOf(loadSite(dangling.request()))).message).toContain('there is no such file');
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read says so', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    chmodSync(join(site.dir, 'quarterdeck.yaml'), 0);
    expect((await failureOf(loadSite(site.request()))).message).toContain('permission denied');
  });

  test('services may name shipped runbooks, files of the site, and the ids these declare', async () => {
    const site = siteOnDisk({
      'quarterdeck.yaml': smallSite.replace(
        '    checks',
        '    runbooks: [shipped-one, mine, declared, nested]\n    checks',
      ),
      'runbooks/mine.md': '# Mine\n',
      'runbooks/other.markdown': '---\ntitle: x\nid: "declared"\n---\n# Other\n',
      'runbooks/more/nested.md': '# Nested\n',
      'runbooks/.hidden.md': '# no\n',
      'runbooks/notes.txt': 'no\n',
    });
    const {hashes, services} = await loadSite(site.request());
    expect(services[0]?.runbooks).toHaveLength(4);
    expect(Object.keys(hashes).sort()).toEqual([
      'quarterdeck.yaml',
      'runbooks/mine.md',
      'runbooks/more/nested.md',
      'runbooks/other.markdown',
    ]);
    expect(hashes['runbooks/mine.md']).toBe(sha256('# Mine\n'));
  });

  test('a runbook that cannot be read is a problem of the site, but does not blind it', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    mkdirSync(join(site.dir, 'runbooks'));
    symlinkSync('gone', join(site.dir, 'runbooks/a.md'));
    expect((await lintSite(site.request())).problems).toMatchObject([
      {file: join(site.dir, 'runbooks/a.md'), message: 'cannot be read: there is no such file'},
    ]);
    expect((await loadSite(site.request())).name).toBe('small');
  });

  test('the known variables are defaults, and a wrong one is named', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    const loaded = await loadSite(site.request({vars: {UPTIME_STRIKES: '4', UPTIME_INTERVAL_SEC: '90'}}));
    expect(loaded.services[0]?.checks[0]).toMatchObject({everyMs: 90_000, strikes: {fail: 4, recover: 2}});
    const error = await failureOf(loadSite(site.request({vars: {UPTIME_STRIKES: '-1'}})));
    expect(error.message).toContain('UPTIME_STRIKES: expected a whole number from 1 to 100, found `-1`');
    expect(error.hint).toContain('Correct UPTIME_STRIKES or unset it.');
  });

  test('a renamed folder is another site', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    const moved = join(site.above, 'moved');
    renameSync(site.dir, moved);
    expect((await loadSite(site.request({siteDir: moved}))).dir).toBe(moved);
  });
});
