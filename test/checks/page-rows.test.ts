// What goes wrong on the machine of docs/check-examples.md is seen by the check that stands there for it.
import {appendFileSync, readFileSync, unlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, test} from 'vitest';
import {z} from 'zod';
import {commands} from '../../src/cli/index.ts';
import {looked, nameOf, siteOn, sites} from './page-sites.ts';
import {goodStage} from './page-stage.ts';

const textOf = (name: string): string => sites.find(text => nameOf(text) === name) ?? '';

type Change = (root: string) => void;

const edit =
  (file: string, from: string, to: string): Change =>
  root => {
    const full = path.join(root, file);
    const text = readFileSync(full, 'utf8');
    expect(text).toContain(from);
    writeFileSync(full, text.replace(from, to));
  };
const inDatabase =
  (file: string, statement: string): Change =>
  root => {
    const db = new DatabaseSync(path.join(root, file));
    db.exec(statement);
    db.close();
  };
const append =
  (file: string, text: string): Change =>
  root => {
    appendFileSync(path.join(root, file), text);
  };

const settings = 'etc/app/env';
const december = 'var/log/product/smoke-window-2025-12.ndjson';
const strict = (ts: string, checks: string): string => `${JSON.stringify({ts, kind: 'strict', checks})}\n`;

test.each<[string, string, Change]>([
  ['application', 'settings', edit(settings, '"second":"analyst"', '"first":"analyst"')],
  ['application', 'settings', edit(settings, '"second":"analyst"', '"second":"admin"')],
  ['application', 'settings', edit(settings, 'UPTIME_STRIKES=2', 'UPTIME_STRIKES=3')],
  ['application', 'settings', edit(settings, 'SLO_TARGET=0.995', 'SLO_TARGET=0.99')],
  ['application', 'settings', edit(settings, 'BASE_URL=http', 'BASE_URL=https')],
  ['application', 'boot', edit('var/log/app/app.log', '02:59:02Z database ready', '02:58:59Z database lost')],
  ['application', 'boot', edit('var/log/app/app.log', '03:00:00Z listening', '03:01:00Z listening')],
  ['application', 'restored-rows', inDatabase('srv/drill/app.db', 'delete from users where id = 2')],
  [
    'application',
    'failover',
    edit('var/log/app/failover_drills.ndjson', '"returned":true', '"returned":false'),
  ],
  [
    'event-ledger',
    'no-new-rows',
    inDatabase('var/lib/ledger/ledger.db', "insert into system_events values (9, 'x', 'h', 'a', null)"),
  ],
  [
    'event-ledger',
    'byte-for-byte',
    inDatabase('srv/restored/ledger.db', "update system_events set hash = 'h9' where seq = 2"),
  ],
  [
    'event-ledger',
    'after-is-not',
    inDatabase('srv/restored/ledger.db', "insert into canaries values ('after')"),
  ],
  ['event-ledger', 'before-is-there', inDatabase('srv/restored/ledger.db', 'delete from canaries')],
  [
    'event-ledger',
    'to-the-moment',
    inDatabase(
      'srv/restored/ledger.db',
      "update system_events set at = '2026-01-01T02:00:01Z' where seq = 3",
    ),
  ],
  [
    'event-ledger',
    'migrations',
    inDatabase('srv/restored/ledger.db', "update alembic_version set version_num = 'aaa1'"),
  ],
  [
    'event-ledger',
    'identities',
    inDatabase('srv/restored/ledger.db', "delete from identities where name = 'old'"),
  ],
  ['event-ledger', 'worker', edit('etc/ledger/env', 'WORKER_ENABLED=true', 'WORKER_ENABLED=false')],
  [
    'hardening',
    'strict-days',
    root => {
      unlinkSync(path.join(root, december));
    },
  ],
  ['hardening', 'strict-days', append(december, strict('2025-12-30T20:00:00Z', 'fail'))],
  ['hardening', 'strict-entries', append(december, strict('2025-12-30T20:00:00Z', 'fail'))],
  [
    'hardening',
    'newest',
    append('var/log/product/smoke-window-2026-01.ndjson', strict('2026-01-02T03:00:00Z', 'fail')),
  ],
  [
    'hardening',
    'quiet-days',
    edit(
      'var/log/product/quiet-days-2025-12.ndjson',
      '"check":"no-leaks","verdict":"pass"',
      '"check":"no-leaks","verdict":"unknown"',
    ),
  ],
  ['hardening', 'cutover-date', edit('srv/product/docs/audits/cutover.md', '2026-01-02', '2025-12-31')],
])('on the site %s, %s fails when it should', async (name, check, change) => {
  const stage = await goodStage();
  change(stage.root);
  const results = await looked(textOf(name), stage, [check]);
  expect(results.filter(({verdict}) => verdict === 'fail')).toHaveLength(1);
});

test('strict says 500 if most of the budget is used, and only then', async () => {
  const rules = ['strict-if', 'strict-only-if'];
  const said = async (isSpent: boolean, says500: boolean): Promise<Record<string, string>> => {
    const stage = await goodStage();
    const used = JSON.stringify({ts: '2026-01-02T03:00:00Z', error_budget_used: isSpent ? 0.81 : 0.8});
    appendFileSync(path.join(stage.root, 'var/log/app/slo_guard.ndjson'), `${used}\n`);
    if (says500) writeFileSync(path.join(stage.root, 'srv/spent'), '');
    const results = await looked(textOf('application'), stage, rules);
    return Object.fromEntries(results.map(({check, verdict}) => [check, verdict]));
  };
  expect(await said(true, true)).toEqual({'strict-if': 'pass', 'strict-only-if': 'skipped'});
  expect(await said(true, false)).toEqual({'strict-if': 'fail', 'strict-only-if': 'skipped'});
  expect(await said(false, false)).toEqual({'strict-if': 'skipped', 'strict-only-if': 'pass'});
  expect(await said(false, true)).toEqual({'strict-if': 'skipped', 'strict-only-if': 'fail'});
});

test('the drill of the page is four checks in one job, and every gate names checks that are there', async () => {
  const stage = await goodStage();
  const text = textOf('application');
  const site = siteOn(text, stage);
  const drill = site.jobs?.find(({id}) => id === 'dr-drill');
  const work = drill?.work;
  const names = work?.at === 'checks' ? work.checks.map(name => name.replace('app/', '')) : [];
  expect(names).toHaveLength(4);
  const results = await looked(text, stage, names);
  expect(results.map(({verdict}) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
  for (const one of sites.map(each => siteOn(each, stage))) {
    const all = one.services.flatMap(service => service.checks.map(({id}) => `${service.id}/${id}`));
    for (const gate of one.gates ?? []) expect(all).toEqual(expect.arrayContaining([...gate.checks]));
  }
});

test('what the page asks of alerting is a command of this program, and every channel is tried', async () => {
  const site = siteOn(textOf('application'), await goodStage());
  const asked = z.looseObject({argv: z.tuple([z.literal('quarterdeck')], z.string())});
  const lines = site.services
    .flatMap(service => service.checks)
    .flatMap(({params}) => asked.safeParse(params).data?.argv.slice(1).join(' ') ?? []);
  const names = site.alerts?.channels.map(({name}) => name) ?? [];
  expect(names).toHaveLength(4);
  expect([...lines].sort()).toEqual([...names.map(name => `alerts test ${name}`), 'alerts why'].sort());
  const known = commands.map(({name}) => name);
  expect(known).toEqual(expect.arrayContaining(['alerts test', 'alerts why']));
});
