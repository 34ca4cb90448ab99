// The ledger in its caller's thread: the same answers as through a worker.
import {chmodSync} from 'node:fs';
import {expect, test} from 'vitest';
import {openLedgerHere} from '../../src/store/here-client.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {noted, open, options, written} from './helpers.ts';

const uid = process.getuid?.() ?? -1;

test('two writers, one through a worker and one in its own thread, make one chain; a close seals it', async () => {
  const dir = tempDir();
  const apart = await open(dir);
  const here = await openLedgerHere({...options(dir, {session: 'session-b'}), uid});
  const seqs = [];
  for (const ledger of [apart, here, apart, here])
    seqs.push(...written(await ledger.append(noted('from one of them'))));
  expect(seqs).toEqual([1, 2, 3, 4]);
  expect(await here.read({})).toEqual(await apart.read({}));
  expect(Buffer.from((await here.disclosure(3, '/body/text')) ?? []).toString()).toBe('from one of them');
  await here.close();
  expect(await apart.head()).toMatchObject({size: 5, checkpointSize: 5});
});

test('a process whose entries another one seals closes without a checkpoint, and that one makes it in time', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const console = await open(dir, {clock});
  await console.checkpoint();
  const cancel = console.watch(() => undefined);
  const here = await openLedgerHere({...options(dir), uid, isSealedElsewhere: () => true});
  written(await here.append(noted('by the runner')));
  await here.close();
  expect(await console.head()).toMatchObject({size: 2, checkpointSize: 1});
  await waitFor(
    async () => {
      await clock.advance(60_000);
      return (await console.head()).checkpointSize === 2;
    },
    {what: 'the checkpoint'},
  );
  // The look that found the entry, and five minutes.
  expect(clock.monoMs()).toBeLessThanOrEqual(6 * 60_000);
  cancel();
});

test('refusals are values, and errors of opening have their codes, as through a worker', async () => {
  const dir = tempDir();
  const here = await openLedgerHere({...options(dir), uid});
  const moved = {...noted('late'), ifRunHead: {run: 'nobody', seq: 7}};
  expect(await here.append(moved)).toMatchObject({ok: false, why: 'moved'});
  await here.close();
  await expect(here.head()).rejects.toMatchObject({code: 'LEDGER_WORKER'});
  expect(await here.append(noted('after'))).toMatchObject({ok: false, why: 'unknown'});
  await expect(openLedgerHere({...options(dir), uid: uid + 1})).rejects.toMatchObject({code: 'HOME_UNSAFE'});
  chmodSync(dir, 0o777);
  await expect(openLedgerHere({...options(dir), uid})).rejects.toMatchObject({code: 'HOME_UNSAFE'});
});
