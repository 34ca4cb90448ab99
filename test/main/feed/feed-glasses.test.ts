import {expect, onTestFinished, test} from 'vitest';
import {closeExpired} from '../../../src/engine/glasses.ts';
import {firstState} from '../../../src/main/feed/first.ts';
import {feedGlasses} from '../../../src/main/feed/feed-glasses.ts';
import type {Ledger} from '../../../src/ports.ts';
import {createConsoleStore, type ConsoleStore} from '../../../src/state/store.ts';
import {fakeClock, type FakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {open, written} from '../../store/helpers.ts';

const minuteMs = 60_000;

async function openGlass(ledger: Ledger, glass: string, untilMs: number): Promise<void> {
  const body = {glass, guards: ['rule.auth'], untilMs, until: new Date(untilMs).toISOString()};
  const disclosed = [{ptr: '/body/reason', value: 'looking for a fault'}];
  written(await ledger.append({entries: [{kind: 'breakglass.open', body, disclosed}]}));
}

const closes = async (ledger: Ledger) =>
  (await ledger.read({kinds: ['breakglass.close']})).map(({entry}) => entry.body);

/** The feed of a console that starts now. */
function feed(ledger: Ledger, clock: FakeClock) {
  const actor = {operator: 'ada', uid: 0, user: 'root', via: 'local'} as const;
  const site = {name: 'acme', environment: 'staging', services: []} as const;
  const store: ConsoleStore = createConsoleStore(firstState(site, actor, clock.nowMs()));
  const told: string[] = [];
  const recorded: (readonly string[])[] = [];
  const glasses = feedGlasses({
    store,
    ledger,
    clock,
    onExpired: async () => {
      recorded.push(await closeExpired(ledger, clock));
    },
    tell: (_, text) => void told.push(text),
  });
  onTestFinished(() => glasses.close());
  return {glasses, recorded, told, shown: () => store.api.getState().app.glasses.map(({id}) => id)};
}

const once = {timeoutMs: 10_000};

test('a break-glass that ran out while no console was open is recorded when one starts, and never shown', async () => {
  const clock = fakeClock();
  // The ledger looks for entries of others now and then, by its own clock.
  const ledger = await open(tempDir(), {clock: {...fakeClock(), nowMs: () => clock.nowMs()}});
  await openGlass(ledger, 'gone', clock.nowMs() + minuteMs);
  await openGlass(ledger, 'open', clock.nowMs() + 120 * minuteMs);
  clock.jump(60 * minuteMs);
  const {glasses, recorded, shown, told} = feed(ledger, clock);
  await glasses.refresh();
  expect(shown()).toEqual(['open']);
  await waitFor(() => recorded[0], {what: 'the record of its end', ...once});
  await glasses.refresh();
  expect(recorded).toEqual([['gone']]);
  expect(await closes(ledger)).toEqual([{glass: 'gone', why: 'expired', used: 0}]);
  expect(told).toEqual([]);
});

test('one that runs out before the eyes of a console leaves the screen at its time and is recorded once', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock: {...fakeClock(), nowMs: () => clock.nowMs()}});
  await openGlass(ledger, 'g', clock.nowMs() + minuteMs);
  const {glasses, recorded, shown} = feed(ledger, clock);
  await glasses.refresh();
  await clock.advance(minuteMs - 1);
  expect([shown(), recorded]).toEqual([['g'], []]);
  await clock.advance(1);
  expect(shown()).toEqual([]);
  await waitFor(() => recorded[0], {what: 'the record of its end', ...once});
  await glasses.refresh();
  await clock.advance(minuteMs);
  expect(recorded).toEqual([['g']]);
  expect(await closes(ledger)).toHaveLength(1);
});
