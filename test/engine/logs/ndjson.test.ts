import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import {createNdjsonLog, readNdjson} from '../../../src/engine/logs/index.ts';
import type {NdjsonLog} from '../../../src/engine/logs/index.ts';
import type {Files} from '../../../src/ports.ts';
import {tempDir} from '../../helpers/temp.ts';

const log = (
  dir: string,
  more: {readonly files?: Files; readonly rotateBytes?: number; readonly keep?: number} = {},
): NdjsonLog => createNdjsonLog({files: realFiles, dir, name: 'uptime', ...more});

const text = (dir: string): string => readFileSync(join(dir, 'uptime.ndjson'), 'utf8');

async function everything(dir: string): Promise<{records: unknown[]; torn: number}> {
  const {records, torn} = readNdjson(realFiles, dir, 'uptime');
  const found: unknown[] = [];
  for await (const record of records) found.push(record);
  return {records: found, torn: torn()};
}

describe('a file of one object a line', () => {
  test('is made with its folder, for this user alone, and grows line by line', async () => {
    const dir = join(tempDir(), 'logs');
    const one = log(dir);
    one.add({n: 1});
    one.add({n: 2});
    await one.flush();
    one.add({n: 3});
    await one.flush();
    expect(text(dir)).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'uptime.ndjson')).mode & 0o777).toBe(0o600);
    expect(one.problem).toBeUndefined();
  });

  test('lines that are added while others are written are written too', async () => {
    const dir = tempDir();
    const one = log(dir);
    one.add({n: 0});
    const first = one.flush();
    for (let n = 1; n < 50; n++) {
      one.add({n});
      await new Promise(resolve => setImmediate(resolve));
    }
    await first;
    await one.flush();
    expect((await everything(dir)).records).toEqual(Array.from({length: 50}, (_, n) => ({n})));
  });

  test('a line that a crash tore stands alone after the next write, and nothing that was there is touched', async () => {
    const whole = '{"n":1}\n{"n":22}\n';
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: whole.length}), async cut => {
        const dir = tempDir();
        writeFileSync(join(dir, 'uptime.ndjson'), whole.slice(0, cut));
        const one = log(dir);
        one.add({n: 3});
        await one.flush();
        expect(text(dir).startsWith(whole.slice(0, cut))).toBe(true);
        expect(text(dir).endsWith('\n{"n":3}\n') || cut === 0).toBe(true);
        const {records} = await everything(dir);
        const before = [7, 16].filter(end => cut >= end).map((_, i) => ({n: [1, 22][i]}));
        expect(records).toEqual([...before, {n: 3}]);
      }),
      {numRuns: 20},
    );
  });

  test('what another process tears meanwhile is mended too', async () => {
    const dir = tempDir();
    const one = log(dir);
    one.add({n: 1});
    await one.flush();
    appendFileSync(join(dir, 'uptime.ndjson'), '{"n":');
    one.add({n: 2});
    await one.flush();
    expect(await everything(dir)).toEqual({records: [{n: 1}, {n: 2}], torn: 1});
  });

  test('lines wait while it cannot be written, and none is written twice', async () => {
    const dir = tempDir();
    let room = 20;
    // A disk that fills up in the middle of a line, as an append that is cut short.
    const files: Files = {
      ...realFiles,
      append: async (path, bytes, options) => {
        if (bytes.length <= room) return realFiles.append(path, bytes, options);
        await realFiles.append(path, bytes.subarray(0, room), options);
        return {at: 'failed', why: 'other', message: 'no space is left on the device'};
      },
    };
    const one = log(dir, {files});
    for (const n of [1, 2, 3, 4]) one.add({n});
    await one.flush();
    expect(one.problem).toBe(`2 lines wait for ${dir}/uptime.ndjson: no space is left on the device`);
    room = 1_000;
    one.add({n: 5});
    await one.flush();
    expect(one.problem).toBeUndefined();
    expect(await everything(dir)).toEqual({records: [{n: 1}, {n: 2}, {n: 3}, {n: 4}, {n: 5}], torn: 1});
  });

  test('a link in its place is not written through', async () => {
    const dir = tempDir();
    const target = join(dir, 'elsewhere');
    writeFileSync(target, 'mine\n');
    symlinkSync(target, join(dir, 'uptime.ndjson'));
    const one = log(dir);
    one.add({n: 1});
    await one.flush();
    expect(one.problem).toContain('1 lines wait');
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
  });

  test('from a size on a new file is begun; the old ones stay readable, and the oldest go', async () => {
    const dir = tempDir();
    const one = log(dir, {rotateBytes: 24, keep: 2});
    for (let n = 1; n <= 13; n++) {
      one.add({n});
      await one.flush();
    }
    const names = readdirSync(dir);
    expect(names).toHaveLength(3);
    expect(names.filter(name => /^uptime\.\d{6}\.ndjson$/.test(name))).toHaveLength(2);
    const {records, torn} = await everything(dir);
    expect(torn).toBe(0);
    expect(records).toEqual(Array.from({length: records.length}, (_, i) => ({n: 14 - records.length + i})));
    expect(records.length).toBeGreaterThanOrEqual(7);
  });

  test('where there is no file there is nothing, and lines that are no objects are counted', async () => {
    const dir = tempDir();
    expect(await everything(dir)).toEqual({records: [], torn: 0});
    mkdirSync(join(dir, 'logs'));
    writeFileSync(join(dir, 'logs/uptime.ndjson'), '{"a":1}\n\n[1]\nnot json\n{"b":2}');
    expect(await everything(join(dir, 'logs'))).toEqual({records: [{a: 1}, {b: 2}], torn: 2});
  });
});
