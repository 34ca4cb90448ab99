import {expect, onTestFinished, test} from 'vitest';
import {say} from '../../src/domain/show.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import {drawn} from '../helpers/drawn.ts';
import {steer} from '../helpers/fake-terminal.ts';
import type {Steered} from '../helpers/fake-terminal.ts';
import {sample} from '../helpers/sample-state.ts';

const wide = {columns: 120, rows: 40};
const narrow = {columns: 45, rows: 20};

async function opened(): Promise<Steered> {
  const qd = steer({app: sample(), ui: {...firstUi, stack: [place('services'), place('alerts')]}});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('>open 4');
  return qd;
}

test('each alert says in a word whether somebody has it, and what keeps it quiet', () => {
  const text = drawn({app: sample(), screen: 'alerts'});
  expect(text).toMatch(/> ✖ firing +sev2 {2}ledger-api\/ready +1m +db failed/);
  expect(text).toMatch(/! acked +sev3 {2}gateway\/ready +1m +mara has it/);
  expect(text).toMatch(/‖ silenced sev3 {2}manager\/ready/);
  expect(text).toMatch(/‖ in work +sev4 {2}tunnel +1m/);
  expect(text).toContain('4 open   ✖ 1 firing   ! 1 not told yet');
});

test('the chosen alert in full: what was seen, who has it, why it is quiet, who was told and what went wrong', () => {
  const one = (selected: string): string =>
    drawn({app: sample(), screen: 'alerts', at: {selected}, size: wide});
  expect(one('alert-1')).toContain('said       db failed: connect ECONNREFUSED 127.0.0.1:5432');
  expect(one('alert-1')).toContain('taken      by nobody');
  expect(one('alert-1')).toContain('told       oncall: firing sent');
  expect(one('alert-1')).toContain(
    'told       mail: firing waits until 14:05, failed 3 times: 421 too many connections',
  );
  expect(one('alert-2')).toContain('taken      by mara at 14:02 UTC: looking at the database');
  expect(one('alert-3')).toContain('silenced   until 15:33 UTC, or until it is over, by mara: deploy 4711');
  expect(one('alert-3')).toContain('told       nobody yet');
  expect(one('alert-4')).toContain('in work    weekly until 14:33 UTC');
  expect(one('alert-4')).toContain('said       (erased)');
});

test('what is held back says because of what; what waits says until when, and of an alert that is over too', () => {
  const pane = (at: number): string => drawn({app: sample(), screen: 'alerts', at: {pane: at}});
  expect(pane(1)).toMatch(/‖ sev2 {2}worker\/beat +it depends on database\/port, which is down/);
  expect(pane(2)).toMatch(/! mail +ledger-api\/ready +firing waits until 14:05, failed/);
  expect(pane(2)).toMatch(/▶ oncall +alert-0 +resolved waits/);
  expect(pane(3)).toMatch(/‖ silenced +manager +until 15:33 UTC/);
  expect(pane(3)).toMatch(/‖ in work +tunnel +until 14:33 UTC, in the site file/);
  expect(pane(3)).toMatch(/‖ work to come label:tier:1 +from 11-22 14:03 until 11-22 15:03/);
});

test('before it is read nothing is known; that nobody can be told anything stands above everything', () => {
  expect(drawn({app: sample({alerts: undefined}), screen: 'alerts'})).toContain(
    'Being read: nothing is known yet.',
  );
  const {alerts} = sample();
  if (alerts === undefined) throw new Error('the sample has no alerts');
  const off = {
    ...alerts,
    open: [],
    off: say`alerting off: the site names no channel`,
    problems: [say`the queue is full`],
  };
  const text = drawn({app: sample({alerts: off}), screen: 'alerts'});
  expect(text).toContain('! alerting off: the site names no channel');
  expect(text).toContain('✖ the queue is full');
  expect(text).toContain('No alert is open.');
});

test('on a phone the alerts keep state and target, and the chosen one stands below', () => {
  const text = drawn({app: sample(), screen: 'alerts', size: narrow});
  expect(text).toMatch(/> ✖ firing {3}ledger-api\/ready +1m/);
  expect(text).toMatch(/! acked +gateway\/ready +1m/);
  expect(text).toContain('said     db failed');
});

test('taking needs a sentence; silencing a time within limits, then a reason; Esc does neither', async () => {
  const qd = await opened();
  await qd.press('a', 'enter');
  await qd.sees('Type a few words first');
  await qd.press('escape');
  await qd.advance(100);
  await qd.seesNot('Take what fires');
  await qd.press('a');
  await qd.sees('Take what fires of ledger-api/ready');
  await qd.type('on it');
  await qd.press('enter');
  await qd.seesNot('Take what fires');
  await qd.press('s');
  await qd.sees('Silence ledger-api/ready');
  await qd.press('ctrl-u');
  await qd.type('31d');
  await qd.press('enter');
  await qd.sees('That is no time between 1m and 30d');
  await qd.press('ctrl-u');
  await qd.type('90m');
  await qd.press('enter');
  await qd.sees('how long  90m');
  await qd.press('enter');
  await qd.sees('Type why');
  await qd.type('deploy');
  await qd.press('enter');
  await qd.seesNot('Silence ledger-api/ready');
  expect(qd.actions.asked).toEqual([
    ['ackAlerts', 'ledger-api/ready', 'on it'],
    ['silence', {on: 'ledger-api/ready', forMs: 5_400_000, reason: 'deploy'}],
  ]);
});

test('a silence is lifted where it is listed and at the alert that it covers, and nowhere else', async () => {
  const qd = await opened();
  await qd.press('u');
  await qd.press('down', 'down', 'u');
  await qd.sees('> ‖ silenced');
  expect(qd.actions.asked).toEqual([['liftSilence', 'silence-7']]);
  await qd.press('tab', 'tab', 'tab');
  await qd.sees('>quiet 3');
  await qd.press('u');
  await qd.press('down', 'u');
  expect(qd.actions.asked).toEqual([
    ['liftSilence', 'silence-7'],
    ['liftSilence', 'silence-7'],
  ]);
});

test('A leads to the alerts from anywhere, Enter to the check, w to the causes, Esc back', async () => {
  const qd = steer({app: sample(), ui: {...firstUi, stack: [place('services'), place('ledger')]}});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('ledger ');
  await qd.press('A');
  await qd.sees('>open 4');
  await qd.press('enter');
  await qd.sees('alerts › ledger-api');
  await qd.sees(' > ✖ ready');
  await qd.press('escape');
  await qd.advance(100);
  await qd.sees('>open 4');
  await qd.press('w');
  await qd.sees('why ledger-api/ready');
});

test('a console that only reads records nothing about alerts', async () => {
  const qd = await opened();
  const {session} = sample();
  qd.store.feed({session: {...session, readOnly: say`the disk is full`}});
  await qd.press('a');
  await qd.sees('a: read only: the disk is full');
  await qd.press('s');
  await qd.sees('s: read only: the disk is full');
  expect(qd.actions.asked).toEqual([]);
});
