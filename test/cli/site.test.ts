import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {channels} from '../../src/channels/index.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import type {CommandContext} from '../../src/define.ts';
import {loadSite} from '../../src/site/load.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {siteOnDisk, smallSite} from '../helpers/site.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';

interface Place {
  readonly cwd: string;
  readonly config: string;
  readonly answers?: readonly string[];
}

/** Only what these commands take. */
function contextOf(talk: FakeTalk, {cwd, config}: Place, siteDir: string | undefined): CommandContext {
  const uid = process.getuid?.() ?? 0;
  const env = fakeEnv({XDG_CONFIG_HOME: config});
  return contextWith({
    talk,
    cwd,
    env,
    files: realFiles,
    checks,
    channels,
    giveBackMemory: () => undefined,
    shippedRunbooks: [],
    siteDir,
    actor: {operator: 'ops', uid, user: 'ops', via: 'local'},
    site: async () => loadSite({siteDir, cwd, env, files: realFiles, checks, channels, runbookIds: [], uid}),
  });
}

async function qd(line: string, place: Place): Promise<{readonly status: number; readonly talk: FakeTalk}> {
  const talk = fakeTalk(place.answers === undefined ? {} : {answers: place.answers});
  const status = await runCommand(line.split(' '), {
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: ({siteDir}) => contextOf(talk, place, siteDir),
    console: async () => Promise.resolve(0),
  });
  return {status, talk};
}

function newPlace(): Place {
  const dir = tempDir();
  return {cwd: dir, config: join(dir, 'config')};
}

describe('init', () => {
  test('the starter site lints clean, is trusted and has a check that needs nothing installed', async () => {
    const place = newPlace();
    const made = await qd('init ops', place);
    expect([made.status, made.talk.errors]).toEqual([0, []]);
    expect(made.talk.lines[0]).toBe(`wrote ${join(place.cwd, 'ops/quarterdeck.yaml')}`);
    expect((await qd('site lint ops', place)).status).toBe(0);
    const inside = {...place, cwd: join(place.cwd, 'ops')};
    const shown = await qd('site show --json', inside);
    expect(shown.talk.values).toMatchObject([
      {
        v: 1,
        name: 'ops',
        environment: 'development',
        trust: {at: 'trusted'},
        services: [{id: 'this-machine'}],
      },
    ]);
  });

  test('the services in its comments lint clean as well', async () => {
    const place = newPlace();
    await qd('init ops', place);
    const file = join(place.cwd, 'ops/quarterdeck.yaml');
    const text = readFileSync(file, 'utf8');
    const from = text.indexOf('  # api:');
    writeFileSync(file, text.slice(0, from) + text.slice(from).replace(/^ {2}# /gm, '  '));
    const {status, talk} = await qd('site lint ops', place);
    expect([status, talk.lines]).toEqual([0, [`${file}: no problems`]]);
    expect((await qd('--site ops site show', place)).talk.lines.join('\n')).toContain('consistency');
    const [head = '', tail = ''] = readFileSync(file, 'utf8').split('# hosts:\n');
    const end = tail.indexOf('\nservices:');
    writeFileSync(file, `${head}hosts:\n${tail.slice(0, end).replace(/^# /gm, '')}${tail.slice(end)}`);
    const shown = (await qd('--site ops site show', place)).talk.lines.join('\n');
    for (const line of [
      'host    db: ssh db1.example',
      'run as  postgres on db',
      'source  cache: sqlite /var/lib/myapp/cache.db',
      'gate    deploy (Ready to deploy): api/live, api/ready',
      'phase   verify: also Abnahme',
    ])
      expect(shown).toContain(line);
  });

  test('nothing is written over what is there', async () => {
    const place = newPlace();
    await qd('init', place);
    const file = join(place.cwd, 'quarterdeck.yaml');
    writeFileSync(file, 'mine');
    const {status, talk} = await qd('init', place);
    expect(status).toBe(3);
    expect(talk.errors[0]).toBe(`quarterdeck: ${file} is there already, and nothing is written over it.`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('a folder that cannot be made is named', async () => {
    const place = newPlace();
    writeFileSync(join(place.cwd, 'file'), '');
    const {status, talk} = await qd('init file/ops', place);
    expect(status).toBe(2);
    expect(talk.errors[0]).toContain(`${join(place.cwd, 'file/ops')} cannot be written`);
  });
});

describe('site lint', () => {
  test('prints each problem with its place and the nearest name, and answers no', async () => {
    const place = newPlace();
    writeFileSync(
      join(place.cwd, 'quarterdeck.yaml'),
      'site: a\nenvironment: staging\nsevices: {}\ncontrols: {}\n',
    );
    const file = join(place.cwd, 'quarterdeck.yaml');
    const {status, talk} = await qd('site lint', place);
    expect(status).toBe(1);
    expect(talk.lines).toEqual([
      `${file}:3:1: \`sevices\` is not known here. Did you mean \`services\`?`,
      `${file}:4:1: \`controls\` is not known here. It is not supported by this version.`,
    ]);
    expect(talk.errors).toEqual(['quarterdeck: 2 problems']);
    const json = await qd('site lint --json', place);
    expect([json.status, json.talk.values]).toMatchObject([
      1,
      [{v: 1, file, ok: false, problems: [{file, line: 3, column: 1}, {line: 4}]}],
    ]);
  });

  test('a folder without a site file could not be told about', async () => {
    const place = newPlace();
    mkdirSync(join(place.cwd, 'empty'));
    const {status, talk} = await qd('site lint empty --json', place);
    expect(status).toBe(2);
    expect(talk.values).toMatchObject([{error: {code: 'SITE_NOT_FOUND'}}]);
  });
});

describe('site trust', () => {
  test('shows everything of a new site, asks, and pins on y', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    const place = {cwd: site.dir, config: site.config};
    const no = await qd('site trust', {...place, answers: ['']});
    expect([no.status, no.talk.asked]).toEqual([3, ['Let this site run commands as ops? Type y for yes:']]);
    expect(no.talk.lines).toContain('+site: small');
    expect((await qd('site show', place)).talk.lines.join('\n')).toContain('read-only: it was found');

    expect((await qd('site trust', {...place, answers: ['y']})).status).toBe(0);
    expect((await qd('site show', place)).talk.lines.join('\n')).toContain('trust   trusted');
    expect((await qd('site trust', place)).talk.lines).toEqual([
      `${site.dir}: nothing changed since it was trusted`,
    ]);
  });

  test('shows what changed as a diff in which nothing can hide', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite, 'runbooks/a.md': 'one\ntwo\n'});
    const place = {cwd: site.dir, config: site.config};
    await qd('site trust --yes', place);
    site.write('runbooks/a.md', 'one\n\x1b[2Ktwo\u202e\n');
    const {talk} = await qd('site trust', {...place, answers: []});
    expect(talk.lines).toEqual([
      '--- runbooks/a.md',
      '+++ runbooks/a.md',
      '@@ -1,2 +1,2 @@',
      ' one',
      '-two',
      '+␛[2Ktwo⟨202E⟩',
    ]);
    const json = await qd('site trust --yes --json', place);
    expect(json.talk.values).toEqual([{v: 1, dir: site.dir, trusted: true, changed: ['runbooks/a.md']}]);
  });

  test('without a terminal it wants --yes, and an invalid site cannot be trusted', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': smallSite});
    const place = {cwd: site.dir, config: site.config};
    const {status, talk} = await qd('site trust', place);
    expect([status, talk.errors[1]]).toEqual([
      64,
      '  Review the files, then run `quarterdeck site trust --yes`.',
    ]);
    site.write('quarterdeck.yaml', 'site: 7\nenvironment: staging\n');
    expect((await qd('site trust --yes', place)).talk.errors[0]).toContain(
      'expected text, found the number 7',
    );
  });
});
