import {chmodSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Trust} from '../../src/domain/site.ts';
import {lintSite, loadSite} from '../../src/site/load.ts';
import {configDir, pin, pinnedFiles} from '../../src/site/trust.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {siteOnDisk, smallSite, type SiteFolderOnDisk} from '../helpers/site.ts';

const setup = () => siteOnDisk({'quarterdeck.yaml': smallSite, 'runbooks/a.md': '# A\n'});

async function trustAsIs(site: SiteFolderOnDisk): Promise<void> {
  const {folder, bytes} = await lintSite(site.request());
  await pin(folder.dir, bytes, site.request());
}

const given = async (site: SiteFolderOnDisk): Promise<Trust> => (await loadSite(site.request())).trust;
const found = async (site: SiteFolderOnDisk): Promise<Trust> =>
  (await loadSite(site.request({siteDir: undefined, cwd: site.dir}))).trust;

describe('a site that was never trusted', () => {
  test('is read-only when it was found upwards', async () => {
    expect(await found(setup())).toEqual({
      at: 'new',
      why: 'it was found in the current folder or above it, and was never trusted',
    });
  });

  test('is trusted for this invocation when it was named and nobody else could have written it', async () => {
    const site = setup();
    expect(await given(site)).toEqual({at: 'trusted'});
    const byEnv = await loadSite(site.request({siteDir: undefined, vars: {QUARTERDECK_SITE: site.dir}}));
    expect(byEnv.trust).toEqual({at: 'trusted'});
    expect(await found(site)).toMatchObject({at: 'new'});
  });

  test.each([
    ['the site file', 'quarterdeck.yaml', 0o666],
    ['a runbook', 'runbooks/a.md', 0o664],
    ['the folder of runbooks', 'runbooks', 0o777],
    ['the folder itself', '.', 0o775],
  ])('is read-only when others can write %s', async (_, path, mode) => {
    const site = setup();
    chmodSync(join(site.dir, path), mode);
    const trust = await given(site);
    expect(trust).toMatchObject({at: 'new'});
    expect(trust.at === 'new' && trust.why).toContain(`can be written by others (mode ${mode.toString(8)})`);
  });

  test('is read-only when a folder above it can be changed by others, unless that is sticky', async () => {
    const site = setup();
    chmodSync(site.above, 0o777);
    expect(await given(site)).toMatchObject({at: 'new'});
    chmodSync(site.above, 0o1777);
    expect(await given(site)).toEqual({at: 'trusted'});
  });

  test('is read-only when it belongs to another account or is a link', async () => {
    const site = setup();
    const uid = (process.getuid?.() ?? 0) + 1;
    const other = await loadSite(site.request({uid}));
    // Files of root are as good as one's own: root can do anything anyway.
    expect(other.trust.at).toBe(process.getuid?.() === 0 ? 'trusted' : 'new');
    writeFileSync(join(site.above, 'elsewhere.md'), '# E\n');
    symlinkSync('../../elsewhere.md', join(site.dir, 'runbooks/b.md'));
    const linked = await given(site);
    expect(linked.at === 'new' && linked.why).toContain('runbooks/b.md is a link');
  });
});

describe('a trusted site', () => {
  test('stays so however it is found, until a file changes, comes or goes', async () => {
    const site = setup();
    await trustAsIs(site);
    expect([await found(site), await given(site)]).toEqual([{at: 'trusted'}, {at: 'trusted'}]);

    site.write('quarterdeck.yaml', `${smallSite}# more\n`);
    site.write('runbooks/b.md', '# B\n');
    rmSync(join(site.dir, 'runbooks/a.md'));
    const files = ['quarterdeck.yaml', 'runbooks/a.md', 'runbooks/b.md'];
    expect(await given(site)).toEqual({
      at: 'changed',
      files,
      why: `changed since it was trusted: ${files.join(', ')}`,
    });

    await trustAsIs(site);
    expect(await found(site)).toEqual({at: 'trusted'});
  });

  test('keeps copies of what was trusted, privately', async () => {
    const site = setup();
    await trustAsIs(site);
    site.write('runbooks/a.md', '# Changed\n');
    const pinned = await pinnedFiles(site.dir, site.request());
    expect(new TextDecoder().decode((await pinned?.copy('runbooks/a.md'))?.bytes)).toBe('# A\n');
    expect(await pinned?.copy('runbooks/none.md')).toBeUndefined();
    const dir = join(site.config, 'quarterdeck');
    expect(statSync(join(dir, 'trust.json')).mode & 0o777).toBe(0o600);
    const copies = readdirSync(join(dir, 'pinned'));
    expect(copies).toHaveLength(2);
    for (const copy of copies) writeFileSync(join(dir, 'pinned', copy), 'forged');
    expect(await pinned?.copy('runbooks/a.md')).toEqual({bytes: undefined});
  });

  test('a memory that others could have written, or that is damaged, trusts nothing', async () => {
    const site = setup();
    await trustAsIs(site);
    const file = join(site.config, 'quarterdeck/trust.json');
    chmodSync(file, 0o666);
    const open = await found(site);
    expect(open.at === 'new' && open.why).toContain(`${file} could have been written by others`);
    chmodSync(file, 0o600);
    writeFileSync(file, '{"v":1,"sites":');
    const damaged = await found(site);
    expect(damaged.at === 'new' && damaged.why).toContain(`${file} is damaged`);
    await trustAsIs(site);
    expect(await found(site)).toEqual({at: 'trusted'});
  });

  test('its memory lies in the configuration folder of the base directory specification', async () => {
    expect(configDir(fakeEnv({XDG_CONFIG_HOME: '/x', HOME: '/h'}))).toBe('/x/quarterdeck');
    expect(configDir(fakeEnv({XDG_CONFIG_HOME: 'relative', HOME: '/h'}))).toBe('/h/.config/quarterdeck');
    expect(configDir(fakeEnv())).toBeUndefined();
    const site = setup();
    const {bytes} = await lintSite(site.request());
    await expect(pin(site.dir, bytes, {...site.request(), env: fakeEnv()})).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  });
});
