import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {loadSite} from '../../src/site/load.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite, type Resolved} from '../../src/site/resolve.ts';
import {starterSite} from '../../src/site/starter.ts';
import {siteOnDisk} from '../helpers/site.ts';

const head = `site: a
environment: staging
services:
  api:
    checks:
      live: {type: tcp, host: h, port: 1}
      ready: {type: tcp, host: h, port: 2}
`;

const resolved = (more: string): Resolved =>
  resolveSite(parseSite(new TextEncoder().encode(head + more)), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });

/** `line:column: message` of everything that is wrong, lines counted behind the head. */
function problemsOf(more: string): string[] {
  const answer = resolved(more);
  return answer.ok
    ? []
    : inOrder(answer.problems).map(({line, column, message}) => `${line - 7}:${column}: ${message}`);
}

test('hosts, accounts, sources, gates and words for headings arrive as they are written', () => {
  const answer = resolved(`hosts:
  db: {ssh: db1.example}
runAs: {local: deploy, db: postgres}
sources:
  orders: {type: postgres, url: "postgres://reader@db.example/orders"}
  archive: {type: postgres, url: env:ARCHIVE_URL}
  cache: {type: sqlite, path: /var/lib/app/cache.db}
  metrics: {type: prometheus, url: "http://127.0.0.1:9090"}
network: {allow: [169.254.169.254, "fe80::1"]}
gates:
  deploy: {title: Ready to deploy, checks: [api/live, api/ready]}
  small: {checks: [api/live]}
phases:
  verify: [Überprüfen, "Nach der Arbeit*"]
  dont: [Verboten]
`);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  expect(answer.site).toMatchObject({
    hosts: {db: {ssh: 'db1.example'}},
    runAs: {local: 'deploy', db: 'postgres'},
    sources: [
      {name: 'orders', type: 'postgres', url: 'postgres://reader@db.example/orders'},
      {name: 'archive', type: 'postgres', url: 'env:ARCHIVE_URL'},
      {name: 'cache', type: 'sqlite', path: '/var/lib/app/cache.db'},
      {name: 'metrics', type: 'prometheus', url: 'http://127.0.0.1:9090'},
    ],
    network: {allow: ['169.254.169.254', 'fe80::1']},
    gates: [
      {name: 'deploy', title: 'Ready to deploy', checks: ['api/live', 'api/ready']},
      {name: 'small', title: 'small', checks: ['api/live']},
    ],
    phases: {verify: ['Überprüfen', 'Nach der Arbeit*'], dont: ['Verboten']},
  });
});

test('a site that says none of it has none of it', () => {
  const answer = resolved('');
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  for (const name of ['hosts', 'runAs', 'sources', 'network', 'gates', 'phases'])
    expect(answer.site).not.toHaveProperty(name);
});

test('they are there when a site is loaded from its folder', async () => {
  const site = siteOnDisk({
    'quarterdeck.yaml': `${head}gates: {deploy: {checks: [api/live]}}\nhosts: {db: {ssh: db1}}\n`,
  });
  expect(await loadSite(site.request())).toMatchObject({
    gates: [{name: 'deploy', checks: ['api/live']}],
    hosts: {db: {ssh: 'db1'}},
  });
});

describe('what is wrong is named with its place and the nearest name', () => {
  test.each([
    [
      'a host that could be an option',
      'hosts: {db: {ssh: "-oProxyCommand=id"}}\n',
      [
        '1:19: `hosts.db.ssh`: expected a host or an alias of ~/.ssh/config, such as witness or ops@witness.example, found `-oProxyCommand=id`',
      ],
    ],
    [
      'a host without an alias',
      'hosts: {db: {shs: db1}}\n',
      [
        '1:13: `hosts.db.ssh` is missing: expected text',
        '1:14: `hosts.db`: `shs` is not known here. Did you mean `ssh`?',
      ],
    ],
    [
      'a host called local',
      'hosts: {local: {ssh: db1}}\n',
      ['1:9: `hosts.local`: `local` is always this machine; call it something else'],
    ],
    [
      'an account for a host that is not there',
      'hosts: {database: {ssh: db1}}\nrunAs: {databse: postgres}\n',
      ['2:9: `runAs.databse`: there is no host `databse`. Did you mean `database`?'],
    ],
    [
      'an account that is no account',
      'runAs: {local: "root; id"}\n',
      ['1:16: `runAs.local`: expected the name of an account, such as deploy, found `root; id`'],
    ],
    [
      'a source of an unknown type',
      'sources: {db: {type: mysql, url: "mysql://h/d"}}\n',
      ['1:22: `sources.db.type`: expected one of `postgres`, `sqlite`, `prometheus`, found `mysql`'],
    ],
    [
      'a database file that is not absolute',
      'sources: {db: {type: sqlite, path: app.db}}\n',
      ['1:36: `sources.db.path`: expected an absolute path such as /var/lib/app/app.db, found `app.db`'],
    ],
    [
      'a source without an address',
      'sources: {db: {type: postgres}}\n',
      ['1:15: `sources.db.url` is missing: expected an address such as postgres://reader@db.example/orders'],
    ],
    [
      'an address of another kind',
      'sources: {db: {type: prometheus, url: "postgres://h/d"}}\n',
      [
        '1:39: `sources.db.url`: expected an address such as http://127.0.0.1:9090, or env:NAME or file:/path',
      ],
    ],
    [
      'a name or a range among the addresses that may be reached',
      'network: {allow: [metadata.internal, 169.254.0.0/16]}\n',
      [
        '1:19: `network.allow.0`: expected an address such as 169.254.169.254, not a name or a range, found `metadata.internal`',
        '1:38: `network.allow.1`: expected an address such as 169.254.169.254, not a name or a range, found `169.254.0.0/16`',
      ],
    ],
    [
      'a section about the network that lists nothing',
      'network: {allow: []}\n',
      ['1:18: `network.allow`: expected at least one address, found a list'],
    ],
    [
      'a gate with a check that believes whoever answers',
      '      open: {type: http, url: "https://h/", tls: {insecure: true}}\ngates: {deploy: {checks: [api/live, api/open]}}\n',
      ['2:37: `gates.deploy.checks`: `api/open` believes whoever answers (`insecure: true`)'],
    ],
    [
      'a gate with a check that is not there',
      'gates: {deploy: {checks: [api/live, api/redy, ready]}}\n',
      [
        '1:37: `gates.deploy.checks`: there is no check `api/redy`. Did you mean `api/ready`?',
        '1:47: `gates.deploy.checks`: there is no check `ready`.',
      ],
    ],
    [
      'a gate without checks',
      'gates: {deploy: {checks: []}}\n',
      ['1:26: `gates.deploy.checks`: expected at least one check, found a list'],
    ],
    [
      'a phase that there is not',
      'phases: {verfiy: [Prüfen]}\n',
      ['1:10: `phases`: `verfiy` is not known here. Did you mean `verify`?'],
    ],
    [
      'words that are no list',
      'phases: {verify: Prüfen}\n',
      ['1:18: `phases.verify`: expected a list, found `Prüfen`'],
    ],
  ])('%s', (_, more, problems) => {
    expect(problemsOf(more)).toEqual(problems);
  });

  test.each([
    'postgres://reader:hunter2@db.example/orders',
    'postgres://db.example/orders?password=hunter2',
    'postgres://reader:hunter2@db.example:port/orders',
    'file:hunter2',
    'mysql://reader:hunter2@h/d',
  ])('a password in an address is refused and never repeated: %s', url => {
    const answer = resolved(`sources: {db: {type: postgres, url: "${url}"}}\n`);
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});

test('the examples in the starter site are right', () => {
  const lines = starterSite('a').split('\n');
  const from = lines.indexOf('# hosts:');
  const block = lines.slice(from, lines.indexOf('services:')).map(line => line.replace(/^# ?/, ''));
  expect(block.length).toBeGreaterThan(8);
  const answer = resolved(block.join('\n'));
  expect(answer).toMatchObject({ok: true, site: {gates: [{name: 'deploy'}]}});
});
