import {expect, test} from 'vitest';
import {createTurns} from '../../../src/engine/run/turns.ts';

test('work is done one after the other, also after a failure; what waits already is not queued twice', async () => {
  const turns = createTurns();
  const done: string[] = [];
  const held = Promise.withResolvers<undefined>();
  const first = turns.next(async () => {
    await held.promise;
    done.push('first');
    throw new Error('it failed');
  });
  const look = async (): Promise<void> => {
    done.push('look');
    return Promise.resolve();
  };
  const looks = [turns.once(look), turns.once(look), turns.once(look)];
  const answer = turns.next(async () => Promise.resolve(done.push('answer')));
  held.resolve(undefined);
  await expect(first).rejects.toThrow('it failed');
  await Promise.all([...looks, answer]);
  expect(done).toEqual(['first', 'look', 'answer']);
  // One that has begun saw the world before this: it is looked again.
  await turns.once(look);
  expect(done).toEqual(['first', 'look', 'answer', 'look']);
});
