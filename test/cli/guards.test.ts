import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {lineTalk} from '../../src/adapters/talk.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {QdError} from '../../src/domain/error.ts';
import type {Site} from '../../src/domain/site.ts';
import {parseRunbook} from '../../src/runbook/index.ts';
import type {Talk} from '../../src/ports.ts';
import {contextWith} from '../helpers/context.ts';
import {guardedSite, siteGuard} from '../helpers/guarded-site.ts';
import {containing, matching} from '../helpers/like.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';

const site = guardedSite(
  siteGuard('never', {
    title: 'The orders are never dropped',
    line: 12,
    argv: ['dropdb *orders*'],
    sql: ['DROP orders'],
    absolute: true,
  }),
);
const runbook = parseRunbook({
  file: 'mend.md',
  bytes: new TextEncoder().encode(
    '# Mend\n\n## Steps\n\n- Look.\n\n## What not to do\n\n- Leave the spool alone. <!-- qd: {"patterns":["path: /var/spool/app/**"]} -->\n',
  ),
});

interface Place {
  readonly talk: Talk;
  readonly cwd?: string;
  readonly at?: () => Promise<Site>;
}

const run = async (
  argv: readonly string[],
  {talk, cwd = '/', at = async () => Promise.resolve(site)}: Place,
): Promise<number> =>
  runCommand(['guards', ...argv], {
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: () =>
      contextWith({talk, cwd, files: realFiles, site: at, runbooks: async () => Promise.resolve([runbook])}),
    console: async () => Promise.resolve(0),
  });

/** `guards test step.sh` in a folder where that file holds `text`. */
async function tested(text: string, ...more: readonly string[]): Promise<{status: number; talk: FakeTalk}> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'step.sh'), text);
  const talk = fakeTalk();
  return {status: await run(['test', 'step.sh', ...more], {talk, cwd}), talk};
}

const failing = (error: QdError) => async (): Promise<Site> => Promise.reject(error);

test('the list has the shipped rules, the site’s and those of runbooks, with their places and patterns', async () => {
  const talk = fakeTalk();
  expect(await run(['list'], {talk})).toBe(0);
  const text = talk.lines.join('\n');
  for (const id of ['history', 'migrations', 'proofs', 'append-only', 'signing', 'auth'])
    expect(talk.lines).toContainEqual(matching(new RegExp(`^rule\\.${id}  (ABSOLUTE  )?\\(shipped\\)$`)));
  expect(text).toContain(
    [
      'never  ABSOLUTE  (site, line 12)',
      '  The orders are never dropped',
      '  argv: dropdb *orders*',
      '  sql: DROP orders',
    ].join('\n'),
  );
  expect(text).toContain('mend:9  (runbook, line 9)\n  Leave the spool alone.\n  path: /var/spool/app/**');
  const json = fakeTalk();
  expect(await run(['list', '--json'], {talk: json})).toBe(0);
  expect(json.values).toMatchObject([
    {v: 1, guards: [...Array.from({length: 6}, () => ({from: 'shipped'})), {id: 'never'}, {id: 'mend:9'}]},
  ]);
});

test('without a site the shipped rules are listed; a site that is wrong is an error', async () => {
  const talk = fakeTalk();
  expect(await run(['list', '--json'], {talk, at: failing(new QdError('SITE_NOT_FOUND', 'no site'))})).toBe(
    0,
  );
  expect(talk.values).toMatchObject([{guards: Array.from({length: 6}, () => ({from: 'shipped'}))}]);
  const wrong = fakeTalk();
  expect(await run(['list'], {talk: wrong, at: failing(new QdError('SITE_INVALID', 'line 3'))})).toBe(2);
  expect(wrong.errors.join('\n')).toContain('line 3');
});

test('what nothing stands against has exit status 0', async () => {
  const {status, talk} = await tested('echo dropdb orders\nls /var/spool/app\n');
  expect([status, talk.lines]).toEqual([0, ['Nothing stands against it.']]);
});

test('what would be refused has exit status 1, with the rule, its pattern and what matched', async () => {
  const {status, talk} = await tested('cd /tmp\nsudo dropdb "orders"\nrm -rf /var/spool/app/q\n');
  expect(status).toBe(1);
  expect(talk.lines).toEqual([
    'REFUSED, nothing opens it: The orders are never dropped',
    '  never, argv: dropdb *orders*',
    containing('dropdb orders'),
    'REFUSED: Leave the spool alone.',
    '  mend:9, path: /var/spool/app/**',
    containing('/var/spool/app/q'),
  ]);
  const json = await tested('psql -c "drop table orders"', '--json');
  expect([json.status, json.talk.values]).toMatchObject([
    1,
    [{v: 1, refused: true, refusals: [{guard: 'never', pattern: 'sql: DROP orders', certain: true}]}],
  ]);
});

test('what cannot be told would be asked for by name, which is no refusal', async () => {
  const {status, talk} = await tested('eval "$X"\n');
  expect(status).toBe(0);
  expect(talk.lines[0]).toMatch(/^must be typed: What this does cannot be told: /);
});

test('a file that cannot be read is an error, and so is a terminal in place of a file', async () => {
  const cwd = tempDir();
  const none = fakeTalk();
  expect(await run(['test', 'none.sh'], {talk: none, cwd})).toBe(2);
  expect(none.errors.join('\n')).toContain('none.sh cannot be read');
  const folder = fakeTalk();
  expect(await run(['test', '.'], {talk: folder, cwd})).toBe(2);
  const terminal = fakeTalk({answers: ['dropdb orders']});
  expect(await run(['test', '-'], {talk: terminal, cwd})).toBe(64);
  expect(terminal.asked).toEqual([]);
});

test('a text through a pipe is read whole, and nothing but the answer is printed', async () => {
  const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const talk = lineTalk({input, output, error, interactive: false, columns: 80});
  input.end('echo one\n\nif true; then\n  dropdb orders\nfi');
  expect(await run(['test', '-', '--json'], {talk})).toBe(1);
  talk.close();
  const lines = String(output.read()).split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({refused: true, refusals: [{guard: 'never'}]});
  expect(error.read()).toBeNull();
});
