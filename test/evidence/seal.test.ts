import {expect, onTestFinished, test} from 'vitest';
import {sealAfterMs, sealWhenIdle} from '../../src/evidence/seal.ts';
import type {Ledger} from '../../src/ports.ts';
import {fakeClock, type FakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {noted, open, written} from '../store/helpers.ts';

const minuteMs = 60_000;

function daemonOf(ledger: Ledger, clock: FakeClock) {
  const said: string[] = [];
  const waits: number[] = [];
  const cancel = sealWhenIdle({
    ledger,
    clock: {
      ...clock,
      after: (delayMs, fn) => {
        waits.push(delayMs / minuteMs);
        return clock.after(delayMs, fn);
      },
    },
    onSeal: ({size, checkpointSize}) => said.push(`sealed ${size} ${checkpointSize}`),
    onProblem: message => said.push(message),
  });
  onTestFinished(cancel);
  return {said, waits, cancel};
}

test('an hour after the last entry of anybody a seal is appended and signed, and again an hour later', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock});
  const other = await open(dir, {clock, session: 'session-b'});
  const {said, waits, cancel} = daemonOf(ledger, clock);
  const seals = async (): Promise<number> => (await ledger.read({kinds: ['ledger.seal']})).length;
  await clock.advance(40 * minuteMs);
  written(await other.append(noted('somebody is here')));
  await clock.advance(20 * minuteMs);
  // The look at the full hour found the other's entry and waits for the rest of its hour.
  await waitFor(() => waits.length === 2, {what: 'the next look'});
  expect(waits).toEqual([60, 40]);
  expect(await seals()).toBe(0);
  await clock.advance(40 * minuteMs);
  await waitFor(() => said.length === 1, {what: 'a seal'});
  expect(said).toEqual(['sealed 3 3']);
  const [seal] = await ledger.read({kinds: ['ledger.seal']});
  expect(seal?.entry.body).toEqual({idleMs: sealAfterMs});
  await waitFor(() => waits.length === 3, {what: 'the next look'});
  await clock.advance(sealAfterMs);
  await waitFor(() => said.length === 2, {what: 'a seal'});
  expect(said[1]).toBe('sealed 4 4');
  cancel();
  await clock.advance(3 * sealAfterMs);
  expect(await seals()).toBe(2);
});

test('what keeps a seal from being made is told, and the next hour is tried again', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  let fails = true;
  const moody: Ledger = {
    ...ledger,
    origin: ledger.origin,
    dir: ledger.dir,
    readOnly: undefined,
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    append: async request =>
      fails ? {ok: false, why: 'full', message: 'The disk is full.', hint: ''} : ledger.append(request),
  };
  const {said, waits} = daemonOf(moody, clock);
  await clock.advance(sealAfterMs);
  await waitFor(() => said.length === 1, {what: 'a seal'});
  expect(said).toEqual(['no seal: The disk is full.']);
  fails = false;
  await waitFor(() => waits.length === 2, {what: 'the next look'});
  await clock.advance(sealAfterMs);
  await waitFor(() => said.length === 2, {what: 'a seal'});
  expect(said[1]).toBe('sealed 2 2');
});
