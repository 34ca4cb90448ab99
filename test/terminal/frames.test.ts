// What is sent ahead is what Ink draws: when it comes to rest, Ink has nothing to add.
import {expect, onTestFinished, test} from 'vitest';
import {asks, empty, entangled, hostile, huge, run, sample} from '../helpers/sample-state.ts';
import {steer} from '../helpers/fake-terminal.ts';
import type {FakeOptions} from '../helpers/fake-terminal.ts';
import {firstUi, place} from '../../src/state/ui.ts';

const onRun = {...firstUi, stack: [place('services'), place('run')]};
const on = (screen: string, of?: string, pane = 0) => ({
  ...firstUi,
  stack: [place('services'), {...place(screen, of), pane}] as const,
});
const states: Record<string, Partial<FakeOptions>> = {
  'a service': {app: sample(), ui: on('service', 'ledger-api'), cols: 120, rows: 40},
  'the changes of a service': {app: sample(), ui: on('service', 'ledger-api', 2)},
  'service levels': {app: sample(), ui: on('slos')},
  'the schedule': {app: sample(), ui: on('schedule')},
  alerts: {app: sample(), ui: on('alerts')},
  why: {app: entangled(), ui: on('why', 'ledger-api')},
  sample: {app: sample()},
  empty: {app: empty()},
  huge: {app: huge()},
  'text that attacks the terminal': {app: hostile()},
  'a narrow terminal': {app: sample(), cols: 45, rows: 20},
  'a large terminal': {app: huge(), cols: 200, rows: 50},
  ...Object.fromEntries(
    Object.keys(asks).map(name => [
      `the question ${name}`,
      {app: sample({run: run(asks[name as keyof typeof asks])}), ui: onRun},
    ]),
  ),
};

test.each(Object.entries(states))('%s: Ink adds nothing to what was sent ahead of it', async (_, options) => {
  const qd = steer({app: sample(), ...options, env: {NO_COLOR: '1', ...options.env}});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.settles();
  await qd.press('down');
  await qd.settles();
  const before = qd.screen();
  const mark = qd.bytes();
  // Longer than it takes until Ink draws.
  await qd.advance(1_000);
  await qd.settles();
  expect(qd.bytesSince(mark)).toBe(0);
  expect(qd.screen()).toEqual(before);
});
