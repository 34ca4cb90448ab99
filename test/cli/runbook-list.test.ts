import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {QdError} from '../../src/domain/error.ts';
import type {CheckSpec, Service, Site} from '../../src/domain/site.ts';
import {loadRunbooks} from '../../src/runbook/index.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';

const books: Readonly<Record<string, string>> = {
  'disk.md': [
    '---',
    'title: Disk is full',
    'severity: sev2',
    'tags: [disk, incident]',
    'services: [database]',
    'reviewed: 2025-12-01',
    'review_every: 30d',
    '---',
    '# Disk is full',
    '',
    '1. Ask the node for its \u001b[31mdisk use',
    '',
    '   ```sh {"name":"use","effect":"read","verify":"database/space"}',
    '   df',
    '   ```',
    '',
  ].join('\n'),
  'restart.md': [
    '---',
    'tags: [restart]',
    'services: [gateway]',
    'kind: drill',
    '---',
    '# Restart the gateway',
    '',
    '1. Restart the gateway process.',
    '',
  ].join('\n'),
  'note.md': '# A note\n\n1. Read the disk manual.\n',
};

const check = (service: string, id: string): CheckSpec => ({
  service,
  id,
  type: 'tcp',
  panel: 'health',
  everyMs: 1000,
  timeoutMs: 1000,
  rollup: true,
  severity: 'sev2',
  strikes: {fail: 1, recover: 1},
  params: {},
  line: 1,
});

const service = (id: string, more: Partial<Service> = {}): Service => ({
  id,
  title: id,
  labels: [],
  runbooks: [],
  checks: [],
  ...more,
});

const site: Site = {
  name: 's',
  environment: 'staging',
  dir: '/s',
  file: '/s/quarterdeck.yaml',
  escalation: [],
  services: [
    service('database', {checks: [check('database', 'space'), check('database', 'port')]}),
    service('gateway', {runbooks: ['note']}),
  ],
  hashes: {},
  trust: {at: 'new', why: 'new'},
};

/** 2026-01-02: the review of `disk` was due on 2025-12-31. */
async function list(...argv: readonly string[]) {
  return listIn({site: async () => Promise.resolve(site)}, ...argv);
}

async function listIn({site: of}: {site: () => Promise<Site>}, ...argv: readonly string[]) {
  const dir = tempDir();
  mkdirSync(join(dir, 'runbooks'));
  for (const [name, text] of Object.entries(books)) writeFileSync(join(dir, 'runbooks', name), text);
  const talk = fakeTalk();
  const status = await runCommand(['runbook', 'list', ...argv], {
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: () =>
      contextWith({
        talk,
        clock: fakeClock(Date.UTC(2026, 0, 2, 12)),
        site: of,
        runbooks: async () => loadRunbooks({files: realFiles, siteDir: dir, shippedDir: undefined}),
      }),
    console: async () => Promise.resolve(0),
  });
  const [value] = talk.values as {readonly runbooks: readonly {readonly id: string}[]}[];
  return {status, talk, ids: value?.runbooks.map(({id}) => id)};
}

test('the list names severity, services, tags and what is overdue for review', async () => {
  const {status, talk} = await list();
  expect(status).toBe(0);
  expect(talk.lines).toEqual([
    'disk     Disk is full',
    '    sev2 · for database · #disk #incident · ! review overdue by 2 days',
    'note     A note',
    'restart  Restart the gateway',
    '    drill · for gateway · #restart',
  ]);
});

test('filters narrow the list; when nothing fits, the status is 1 and the tags are named', async () => {
  expect((await list('--json', '--tag', 'Disk', '--tag', 'incident')).ids).toEqual(['disk']);
  expect((await list('--json', '--service', 'gateway')).ids).toEqual(['note', 'restart']);
  expect((await list('--json', '--service', 'gateway', '--tag', 'restart')).ids).toEqual(['restart']);
  const none = await list('--tag', 'disk', '--tag', 'restart');
  expect(none).toMatchObject({
    status: 1,
    talk: {lines: ['None of 3 runbooks fits. Tags: disk, incident, restart.']},
  });
});

test('a search prints the lines that hold a word, with their numbers and without their escape sequences', async () => {
  const {status, talk, ids} = await list('--search', 'node');
  expect([status, ids]).toEqual([0, undefined]);
  const text = talk.lines.join('\n');
  expect(text).toContain('    11: 1. Ask the node for its ␛disk use');
  expect(text).not.toContain('A note');
  expect(text).not.toContain('restart');
  expect((await list('--json', '--search', 'tag:restart')).ids).toEqual(['restart']);
});

test('for an alert, the runbooks that look at the check or are named for its service come, with the reason', async () => {
  const {status, talk} = await list('--for', 'database/space');
  expect(status).toBe(0);
  expect(talk.lines[0]).toContain('Disk is full');
  expect(talk.lines.join('\n')).toContain('why: looks at database/space; for database');
  expect((await list('--json', '--for', 'gateway')).ids).toEqual(['note', 'restart']);
});

test('an alert of a service or check that the site does not have is a usage error with the nearest name', async () => {
  const wrong = await list('--for', 'databse/space');
  expect([wrong.status, wrong.talk.errors[0]]).toEqual([
    64,
    'quarterdeck: There is no service "databse". Did you mean `database`?',
  ]);
  const check = await list('--for', 'database/spice');
  expect(check.talk.errors).toEqual([
    'quarterdeck: database has no check "spice". Did you mean `space`?',
    '  It has: space, port.',
  ]);
});

test('without a site, --service asks the runbooks alone and --for says what is missing', async () => {
  const without = {site: async () => Promise.reject(new QdError('SITE_NOT_FOUND', 'There is no site here.'))};
  expect((await listIn(without, '--json', '--service', 'gateway')).ids).toEqual(['restart']);
  expect(await listIn(without, '--for', 'gateway')).toMatchObject({status: 2});
});
