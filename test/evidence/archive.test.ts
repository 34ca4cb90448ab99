import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {archiveSegment, dueSegments, handedOver} from '../../src/evidence/archive.ts';
import {folderSource} from '../../src/evidence/folder-source.ts';
import {verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {Ledger} from '../../src/ports.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {openSnapshot} from '../../src/store/snapshot.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {note, open, options, written} from '../store/helpers.ts';
import {toolsFor} from './exporting.ts';

const day = 86_400_000;

async function dueIn(ledger: Ledger, nowMs: number) {
  const snapshot = openSnapshot(ledger.dir);
  try {
    return await dueSegments(ledger, snapshot, {afterMs: 30 * day, nowMs});
  } finally {
    snapshot.close();
  }
}

test('full tiles of old entries are copied as bundles that verify, each once, also across a change of the key', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock});
  const [first, ...others] = Array.from({length: 299}, (_, i) => note(`note ${i}`));
  if (first === undefined) throw new Error('no notes');
  written(await ledger.append({entries: [first, ...others]}));
  const keeper = await openKeeper(options(dir, {clock}));
  await keeper.rotateKey('yearly');
  await keeper.close();
  expect(await dueIn(ledger, clock.nowMs())).toEqual([]);
  clock.jump(40 * day);
  const due = await dueIn(ledger, clock.nowMs());
  expect(due).toEqual([{from: 0, to: 256}]);
  const archive = path.join(dir, 'archive');
  mkdirSync(archive, {mode: 0o700});
  for (const segment of due) await archiveSegment(segment, archive, toolsFor(ledger));
  const [name = '', ...more] = readdirSync(archive);
  expect(more).toEqual([]);
  expect(name).toMatch(/^[0-9a-f]{16}-0000000000-0000000255$/);
  const {report} = await verifyBundle(await folderSource(realFiles, path.join(archive, name)), {});
  expect(report).toMatchObject({verdict: 'intact', entries: 256});
  expect(await dueIn(ledger, clock.nowMs())).toEqual([]);
  expect(await handedOver(ledger)).toMatchObject([{form: 'archive', from: 0, to: 256}]);
  written(await ledger.append({entries: [first, ...others]}));
  clock.jump(40 * day);
  const [next] = await dueIn(ledger, clock.nowMs());
  expect(next).toEqual({from: 256, to: 512});
  // What lies there under that name already is left alone.
  mkdirSync(path.join(archive, name.replace('0000000000-0000000255', '0000000256-0000000511')));
  if (next !== undefined) await archiveSegment(next, archive, toolsFor(ledger));
  expect(readdirSync(archive).at(-1)).toMatch(/0000000511-2$/);
}, 30_000);
