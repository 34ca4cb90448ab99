import {expect, onTestFinished, test} from 'vitest';
import {say} from '../../src/domain/show.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import {drawn, rowsOf} from '../helpers/drawn.ts';
import {steer} from '../helpers/fake-terminal.ts';
import type {Steered} from '../helpers/fake-terminal.ts';
import {sample} from '../helpers/sample-state.ts';

const wide = {columns: 120, rows: 40};

async function opened(app = sample()): Promise<Steered> {
  const qd = steer({app, ui: {...firstUi, stack: [place('services'), place('schedule')]}});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('ledger ');
  return qd;
}

test('each job says how it stands in words, when it runs next and how it ended; one that never ran is not well', () => {
  const rows = rowsOf({app: sample(), screen: 'schedule', size: wide});
  const row = (id: string): string => rows.find(one => new RegExp(`^.{5}${id} `).test(one)) ?? '';
  expect(row('backup-verify')).toMatch(
    /✖ backup-verify +failed +0 3 \* \* \* +15:03 +11-20 14:03 {2}1 of 4 fail/,
  );
  expect(row('rotation')).toMatch(/‖ rotation +paused +0 4 \* \* 0 +paused +13:24/);
  expect(row('slo')).toMatch(/▶ slo +running/);
  expect(row('dr-drill')).toMatch(/\? dr-drill +never ran +.* –/);
  expect(row('uptime')).toMatch(/\? uptime +unknown/);
});

test('the chosen job in full: what it does, its clock, what it said, what was missed, what became of it by hand', () => {
  const text = drawn({app: sample(), screen: 'schedule', size: wide});
  expect(text).toContain('does       looks at every check of type backup');
  expect(text).toContain('cron       0 3 * * *  UTC, limit 30m; after downtime it runs once');
  expect(text).toContain(
    'last       failed at 11-20 14:03 UTC: 1 of 4 fail: ledger-api/backup: 400 of 412 files',
  );
  expect(text).toContain('by hand    passed at 14:02 UTC: 4 checks pass');
  expect(text).toContain(
    'left out   3 missed, since nobody was there; 1 came due while it was still running',
  );
  const paused = drawn({app: sample(), screen: 'schedule', at: {selected: 'rotation'}, size: wide});
  expect(paused).toContain('paused     key vault is moving');
  expect(paused).toContain('if it is resumed before');
});

test('before the records are read nothing is known; where nobody runs the jobs, that is said', () => {
  expect(drawn({app: sample({schedule: undefined}), screen: 'schedule'})).toContain('Not read yet');
  const {session} = sample();
  const off = sample({session: {...session, monitor: {at: 'off', why: say`the console is read-only`}}});
  expect(drawn({app: off, screen: 'schedule'})).toContain('nobody runs them: the console is read-only');
  const away = sample({session: {...session, monitor: {at: 'elsewhere', who: say`daemon (root), pid 7`}}});
  expect(drawn({app: away, screen: 'schedule'})).toContain('run by daemon (root), pid 7');
  const broken = sample({schedule: {jobs: [], problem: say`schedule.json cannot be read: EACCES`}});
  expect(drawn({app: broken, screen: 'schedule'})).toContain('✖ schedule.json cannot be read: EACCES');
});

test('a job is run after it was asked for, with what it does in view, and not by an Enter that was typed ahead', async () => {
  const qd = await opened();
  await qd.send('r\r');
  await qd.sees('Run the job backup-verify now, on PRODUCTION acme-prod?');
  await qd.sees('It only looks.');
  await qd.sees('Not yet');
  expect(qd.actions.asked).toEqual([]);
  await qd.advance(1_000);
  await qd.press('enter');
  await qd.seesNot('Run the job backup-verify now');
  expect(qd.actions.asked).toEqual([['runJob', 'backup-verify']]);
});

test('pausing needs a reason; a paused job is resumed after a question; Esc does neither', async () => {
  const qd = await opened();
  await qd.press('p');
  await qd.sees('Pause the job backup-verify');
  await qd.press('enter');
  await qd.sees('Type a few words first');
  await qd.type('moving the vault');
  await qd.press('enter');
  await qd.seesNot('Pause the job');
  await qd.press('down', 'p');
  await qd.sees('Let the job rotation run again');
  await qd.press('escape');
  await qd.advance(1_000);
  await qd.seesNot('Let the job');
  await qd.press('p');
  await qd.sees('paused: key vault is moving');
  await qd.advance(1_000);
  await qd.press('enter');
  await qd.seesNot('Let the job');
  expect(qd.actions.asked).toEqual([
    ['pauseJob', 'backup-verify', 'moving the vault'],
    ['resumeJob', 'rotation'],
  ]);
});

test('what may not be run by hand says why, and nothing is asked of a console that only reads', async () => {
  const qd = await opened();
  await qd.press('down', 'down', 'r');
  await qd.sees('it is running');
  await qd.press('down', 'r');
  await qd.sees('The site is not trusted: new');
  const base = sample();
  qd.store.feed({session: {...base.session, readOnly: say`the disk is full`}});
  await qd.press('p');
  await qd.sees('p: read only: the disk is full');
  expect(qd.actions.asked).toEqual([]);
});
