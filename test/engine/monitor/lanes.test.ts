import {expect, test} from 'vitest';
import {createLanes, type Waiting} from '../../../src/engine/monitor/lanes.ts';

const quick: Waiting = {severity: 'sev3', isHeavy: false, lastMs: 5};
const hang = async (): Promise<void> => new Promise(() => undefined);

test('checks that hang do not take the places of those that answer', async () => {
  const lanes = createLanes();
  for (let i = 0; i < 100; i++) void lanes.add({...quick, lastMs: 10_000}, hang);
  expect(await lanes.add(quick, async () => Promise.resolve('looked'))).toBe('looked');
});

test('what is heavy runs one at a time, beside the others', async () => {
  const lanes = createLanes();
  let running = 0;
  let most = 0;
  const look = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  const heavy = Array.from({length: 5}, async () => lanes.add({...quick, isHeavy: true}, look));
  expect(await lanes.add(quick, async () => Promise.resolve('looked'))).toBe('looked');
  await Promise.all(heavy);
  expect(most).toBe(1);
});

test('a look that throws gives its place back, and thousands that wait come in their order', async () => {
  const lanes = createLanes();
  const order: number[] = [];
  const heavy = {...quick, isHeavy: true};
  const broken = lanes.add(heavy, async () => Promise.reject(new Error('broken')));
  const rest = Array.from({length: 3_000}, async (_, i) =>
    lanes.add(heavy, async () => {
      order.push(i);
      return Promise.resolve();
    }),
  );
  await expect(broken).rejects.toThrow('broken');
  await Promise.all(rest);
  expect(order).toEqual(Array.from({length: 3_000}, (_, i) => i));
});

test('among those that wait, the most severe comes first', async () => {
  const lanes = createLanes();
  const order: string[] = [];
  let open = (): void => undefined;
  const blocked = new Promise<void>(resolve => {
    open = resolve;
  });
  void lanes.add({...quick, isHeavy: true}, async () => blocked);
  const rest = (['sev4', 'sev2', 'sev1', 'sev3'] as const).map(async severity =>
    lanes.add({severity, isHeavy: true, lastMs: 0}, async () => {
      order.push(severity);
      return Promise.resolve();
    }),
  );
  open();
  await Promise.all(rest);
  expect(order).toEqual(['sev1', 'sev2', 'sev3', 'sev4']);
});
