import {expect, test} from 'vitest';
import {bed, channelOf, findingOf} from './parts.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const bell = channelOf('here', {local: true});

test('a bell rings once for what begins and tells once that it is over; nothing of it is queued', async () => {
  const one = await bed({channels: [bell]});
  one.find(findingOf('live'));
  await one.clock.advance(5 * minuteMs);
  expect(one.words()).toEqual(['firing live']);
  one.find(findingOf('live', {at: 'clear'}));
  await one.clock.advance(5 * minuteMs);
  expect(one.words()).toEqual(['firing live', 'resolved live']);
  expect(one.outbox.items()).toEqual([]);
  expect(await one.ledger.read({kinds: ['alert.sent']})).toEqual([]);
});

test('what began before it was there is no news, and neither is its end', async () => {
  const first = await bed();
  first.find(findingOf('live'));
  await first.clock.advance(5 * minuteMs);
  const second = await bed({clock: first.clock, ledger: first.ledger, channels: [bell], pid: 200});
  second.find(findingOf('live'));
  await first.clock.advance(5 * minuteMs);
  second.find(findingOf('live', {at: 'clear'}));
  await first.clock.advance(5 * minuteMs);
  expect(second.words()).toEqual([]);
});

test('a process that only follows rings, too, and tells no other channel', async () => {
  const first = await bed();
  const follower = await bed({
    clock: first.clock,
    ledger: first.ledger,
    channels: [bell, channelOf('hook')],
    pid: 200,
  });
  follower.isMine = false;
  first.find(findingOf('live'));
  await first.clock.advance(5 * minuteMs);
  expect(follower.told.map(({channel, words}) => `${channel}: ${words}`)).toEqual(['here: firing live']);
});

test('a silence, a digest, and somebody who took it keep it from ringing', async () => {
  const one = await bed({channels: [bell]});
  await one.ledger.append({
    entries: [
      {
        kind: 'alert.silence',
        body: {
          silence: 's',
          how: 'set',
          on: ['api/live'],
          untilMs: one.clock.nowMs() + 10 * minuteMs,
          until: '',
        },
      },
    ],
  });
  one.find(findingOf('live'), findingOf('slow', {severity: 'sev3'}));
  await one.clock.advance(5 * minuteMs);
  expect(one.words()).toEqual([]);
  await one.clock.advance(6 * minuteMs);
  expect(one.words()).toEqual(['firing live']);
});
