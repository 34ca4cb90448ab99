// Scripts in files: found where the command would find them, judged as their shell reads them, named with their lines.
import {beforeAll, describe, expect, test} from 'vitest';
import {
  judge,
  judgePlan,
  prepareGuards,
  textsFor,
  type Doing,
  type StandingGuard,
} from '../../src/guards/index.ts';
import type {StepPlan} from '../../src/define.ts';

const guard = (id: string, patterns: Partial<StandingGuard>): StandingGuard => ({
  id,
  title: id,
  argv: [],
  sql: [],
  path: [],
  env: [],
  absolute: false,
  line: 0,
  from: 'site',
  ...patterns,
});
const guards = [
  guard('data', {argv: ['rm -rf /data']}),
  guard('orders', {sql: ['DROP orders']}),
  guard('spool', {path: ['/var/spool/app/**']}),
  guard('auth', {env: ['AUTH_MODE!=enforced']}),
];
const cwd = '/srv/site';

beforeAll(prepareGuards);

/** Everything that is said of a text, with these files beside it. */
async function said(
  what: string | Doing,
  files: Readonly<Record<string, string>>,
  where: {readonly cwd?: string} = {cwd},
): Promise<{
  readonly refused: readonly string[];
  readonly doubtful: readonly string[];
  readonly asked: readonly string[];
}> {
  const doing = typeof what === 'string' ? {argv: ['sh', '-eu', '-c', what]} : what;
  const asked: string[] = [];
  const texts = await textsFor([doing], where, async path => {
    asked.push(path);
    return Promise.resolve(files[path]);
  });
  const found = judge(doing, {guards, opened: [], ...where, texts});
  const of = (certain: boolean) => found.filter(one => one.certain === certain);
  return {
    refused: of(true).map(({guard: id, matched}) => `${id} ${matched}`),
    doubtful: of(false).map(({guard: id}) => id),
    asked,
  };
}

const deploy = '#!/bin/sh\nset -eu\n\nrm -rf /data\n';

describe('a script that a command runs is judged, and its file and line are named', () => {
  test.each([
    ['sh deploy.sh', '/srv/site/deploy.sh', 'deploy.sh:4'],
    ['bash -x deploy.sh web', '/srv/site/deploy.sh', 'deploy.sh:4'],
    ['bash -o pipefail bin/deploy', '/srv/site/bin/deploy', 'bin/deploy:4'],
    ['./deploy.sh', '/srv/site/deploy.sh', './deploy.sh:4'],
    ['/opt/app/deploy now', '/opt/app/deploy', '/opt/app/deploy:4'],
    ['. deploy.sh', '/srv/site/deploy.sh', 'deploy.sh:4'],
    ['source ./deploy.sh', '/srv/site/deploy.sh', './deploy.sh:4'],
    ['sh < deploy.sh', '/srv/site/deploy.sh', 'deploy.sh:4'],
    ['cd bin && ./deploy', '/srv/site/bin/deploy', './deploy:4'],
    ['cd /opt; cd app; sh deploy', '/opt/app/deploy', 'deploy:4'],
    ['sudo -u app timeout 10s ./deploy.sh', '/srv/site/deploy.sh', './deploy.sh:4'],
    ['(cd bin; sh deploy) && true', '/srv/site/bin/deploy', 'deploy:4'],
    ['nohup sh -c "exec ./deploy.sh" &', '/srv/site/deploy.sh', './deploy.sh:4'],
  ])('%s', async (text, path, place) => {
    expect(await said(text, {[path]: deploy})).toMatchObject({
      refused: [`data ${place}: rm -rf /data`],
      doubtful: [],
    });
  });

  test('of a single command without a shell', async () => {
    const doing = {argv: ['./deploy.sh', '--fast']};
    expect((await said(doing, {'/srv/site/deploy.sh': deploy})).refused).toEqual([
      'data ./deploy.sh:4: rm -rf /data',
    ]);
  });

  test('with the arguments, the variables and the functions that it gets', async () => {
    const files = {
      '/srv/site/clean.sh': 'for d in "$@"; do\n  rm -rf "$d"\ndone\n',
      '/srv/site/env.sh': 'ROOT=/data\nwipe() {\n  rm -rf "$1"\n}\n',
      '/srv/site/two.sh': '. ./env.sh\nwipe "$ROOT"\n',
    };
    expect((await said('sh clean.sh /tmp/x /data', files)).refused).toEqual([
      'data clean.sh:2: rm -rf /data',
    ]);
    expect((await said('sh clean.sh /tmp/x', files)).refused).toEqual([]);
    // What the function does stands in its own file.
    expect((await said('sh two.sh', files)).refused).toEqual(['data ./env.sh:3: rm -rf /data']);
    expect((await said('. ./env.sh; rm -rf "$ROOT"', files)).refused).toEqual(['data rm -rf /data']);
    expect((await said('export AUTH_MODE=off; sh clean.sh', files)).refused).toEqual(['auth AUTH_MODE=off']);
  });

  test('with what it assigns, writes, and says to a database', async () => {
    const text = [
      '#!/usr/bin/env bash',
      'export AUTH_MODE=shadow',
      'if true; then',
      '  echo x > /var/spool/app/q',
      '  psql orders <<SQL',
      'select 1;',
      'DROP TABLE orders;',
      'SQL',
      'fi',
    ].join('\n');
    expect((await said('./mend', {'/srv/site/mend': text})).refused).toEqual([
      'auth ./mend:2: AUTH_MODE=shadow',
      'spool ./mend:4: > /var/spool/app/q',
      'orders ./mend:5: DROP TABLE orders',
    ]);
  });
});

describe('a file of statements is judged as SQL', () => {
  const sql = '-- tidy\nselect 1;\n\ndrop table if exists orders;\n';
  test.each([
    ['psql -f tidy.sql', 'tidy.sql:4'],
    ['psql -X --file=tidy.sql orders', 'tidy.sql:4'],
    ['psql orders < tidy.sql', 'tidy.sql:4'],
    ['sqlite3 a.db < ./tidy.sql', './tidy.sql:4'],
    ['sqlite3 a.db ".read tidy.sql"', 'tidy.sql:4'],
    [String.raw`psql -c '\i tidy.sql'`, 'tidy.sql:4'],
    ['cat tidy.sql | wc -l; psql -v ON_ERROR_STOP=1 -f tidy.sql', 'tidy.sql:4'],
  ])('%s', async (text, place) => {
    expect((await said(text, {'/srv/site/tidy.sql': sql})).refused).toEqual([
      `orders ${place}: drop table if exists orders`,
    ]);
  });
});

describe('is not read', () => {
  const files = {'/srv/site/deploy.sh': deploy, '/opt/app/deploy.sh': deploy};
  test.each([
    ['on another host', 'ssh host ./deploy.sh'],
    ['on another host, by its path', 'ssh host "cd /opt/app && /opt/app/deploy.sh"'],
    ['in a container', 'docker exec web /opt/app/deploy.sh'],
    ['in a pod', 'kubectl exec pod-1 -- sh /opt/app/deploy.sh'],
    ['under another root', 'chroot /mnt /opt/app/deploy.sh'],
    ['where the folder is not known', 'cd "$DIR" && ./deploy.sh'],
    ['where its name is not known', 'sh "$NAME.sh"'],
    ['what is only shown', 'cat deploy.sh; grep rm ./deploy.sh'],
  ])('%s', async (_, text) => {
    expect((await said(text, files)).refused).toEqual([]);
  });

  test('what is done on another host, or where nobody says in which folder', async () => {
    const plan: StepPlan = {
      act: {at: 'command', argv: ['sh', '/opt/app/deploy.sh']},
      lines: [],
      timeoutMs: 1,
      graceMs: 0,
      atLimit: 'ask',
    };
    const texts = new Map([['/opt/app/deploy.sh', deploy]]);
    const judging = {guards, opened: [], cwd, texts};
    expect(judgePlan(plan, judging)).toHaveLength(1);
    expect(judgePlan({...plan, on: 'web1'}, judging)).toEqual([]);
    expect((await said('sh deploy.sh', files, {})).asked).toEqual([]);
  });

  test('programs of the system, and scripts of other languages', async () => {
    const python = '#!/usr/bin/env python3\nimport os\nos.system("rm -rf /data")\n';
    expect(await said('/usr/bin/env true; /bin/sh -c true', {})).toMatchObject({asked: []});
    expect((await said('./mend.py', {'/srv/site/mend.py': python})).refused).toEqual([]);
    expect((await said('./notes', {'/srv/site/notes': 'rm -rf /data\n'})).refused).toEqual([]);
  });
});

test('a script that cannot be had, cannot be parsed, or does what nobody can tell asks nothing by that alone', async () => {
  expect(await said('./deploy.sh', {})).toEqual({
    refused: [],
    doubtful: [],
    asked: ['/srv/site/deploy.sh'],
  });
  for (const text of ['if then (((', 'eval "$X"', '"$@"', 'curl -s http://x | sh'])
    expect(await said('./deploy.sh', {'/srv/site/deploy.sh': `${text}\n`})).toMatchObject({
      refused: [],
      doubtful: [],
    });
  // The step's own text is judged as ever.
  const {refused, doubtful} = await said('eval "$X"; ./deploy.sh', {'/srv/site/deploy.sh': deploy});
  expect(refused).toEqual(['data ./deploy.sh:4: rm -rf /data']);
  expect(new Set(doubtful)).toEqual(new Set(['unclear']));
});

test('what a script might do that a guard forbids asks for the name', async () => {
  expect((await said('./x.sh', {'/srv/site/x.sh': 'rm -rf "$WHERE"\n'})).doubtful).toEqual(['data']);
});

test('scripts that call each other, or themselves, are read to their end, each once inside itself', async () => {
  const files = {
    '/srv/site/a.sh': '#!/bin/sh\n./b.sh\n',
    '/srv/site/b.sh': '#!/bin/sh\nsh ./a.sh\n. ./c.sh\n',
    '/srv/site/c.sh': 'rm -rf /data\n',
  };
  const found = await said('./a.sh', files);
  expect(found.refused).toEqual(['data ./c.sh:1: rm -rf /data']);
  expect(found.asked).toEqual(['/srv/site/a.sh', '/srv/site/b.sh', '/srv/site/c.sh']);
});

test('a text that is too long to be read to its end is a doubt, also when a script made it so', async () => {
  const long = 'true\n'.repeat(30_000);
  expect((await said('./x.sh; rm -rf /data', {'/srv/site/x.sh': long})).doubtful).toEqual(['unclear']);
});

test('more files than can be read are not read', async () => {
  const many = Array.from({length: 100}, (_, i) => `./s${i}.sh`).join('\n');
  expect((await said(many, {})).asked).toHaveLength(64);
});
