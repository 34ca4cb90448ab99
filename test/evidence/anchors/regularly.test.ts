import {expect, onTestFinished, test} from 'vitest';
import type {Anchored} from '../../../src/evidence/anchors.ts';
import {anchorEveryMs, anchorRegularly, tellingFinish} from '../../../src/evidence/anchors/regularly.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {noted, open, runStart, finish, written} from '../../store/helpers.ts';
import {sshAnchor} from './carrying.ts';

const answer: Anchored = {
  ...{anchor: sshAnchor, at: 'sent', size: 3, message: '', readBack: true, lost: undefined, isRecorded: true},
};

function regular({isMine = true} = {}) {
  const clock = fakeClock();
  const sending: PromiseWithResolvers<readonly Anchored[]>[] = [];
  const signals: AbortSignal[] = [];
  const told: (readonly Anchored[])[] = [];
  const mine = {is: isMine};
  const on = anchorRegularly({
    clock,
    isMine: () => mine.is,
    send: async ({signal}) => {
      signals.push(signal);
      const one = Promise.withResolvers<readonly Anchored[]>();
      sending.push(one);
      return one.promise;
    },
    onAnswers: answers => told.push(answers),
  });
  onTestFinished(() => on.stop());
  const answers = async (): Promise<void> => {
    sending.at(-1)?.resolve([answer]);
    await clock.advance(0);
  };
  return {clock, sending, signals, told, mine, on, answers};
}

test('every five minutes by whoever runs the monitor; the next comes after the answer', async () => {
  const {clock, sending, told, mine, answers} = regular({isMine: false});
  await clock.advance(anchorEveryMs);
  expect(sending).toHaveLength(0);
  mine.is = true;
  await clock.advance(anchorEveryMs);
  expect(sending).toHaveLength(1);
  await clock.advance(3 * anchorEveryMs);
  expect(sending).toHaveLength(1);
  await answers();
  expect(told).toEqual([[answer]]);
  await clock.advance(anchorEveryMs);
  expect(sending).toHaveLength(2);
});

test('when a run is over it is sent at once, whoever runs the monitor; during a sending, once more after it', async () => {
  const {sending, on, answers, clock} = regular({isMine: false});
  on.now();
  on.now();
  on.now();
  expect(sending).toHaveLength(1);
  await answers();
  expect(sending).toHaveLength(2);
  await answers();
  await clock.advance(0);
  expect(sending).toHaveLength(2);
});

test('stopped, it lets go of what is under way and says nothing more', async () => {
  const {clock, sending, signals, told, on, answers} = regular();
  on.now();
  on.now();
  on.stop();
  expect(signals[0]?.aborted).toBe(true);
  await answers();
  await clock.advance(2 * anchorEveryMs);
  expect(told).toEqual([]);
  expect(sending).toHaveLength(1);
  expect(clock.pending()).toBe(0);
});

test('the end of a run is told once it is recorded, and nothing else is', async () => {
  let told = 0;
  const ledger = tellingFinish(await open(tempDir()), () => (told += 1));
  written(await ledger.append(noted('something')));
  written(await ledger.append({entries: [runStart('r-1')], ifRunHead: {run: 'r-1', seq: -1}}));
  expect(told).toBe(0);
  expect((await ledger.append({entries: [finish('r-1')], ifRunHead: {run: 'r-1', seq: 0}})).ok).toBe(false);
  expect(told).toBe(0);
  written(await ledger.append({entries: [finish('r-1')]}));
  expect(told).toBe(1);
});
