import {spawn} from 'node:child_process';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {expect, test} from 'vitest';
import {rollUpAll} from '../../src/store/telemetry-rollup.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {tempDir} from '../helpers/temp.ts';
import {expectSums} from './rollup-reference.ts';
import {looksOf} from './sample-stream.ts';

const looks = 600;

/** Starts a writer and kills it after so many dots, wherever it is then; without a number it comes to its end. */
async function writer(file: string, killAfter: number | undefined): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'sample-writer.ts'), file, String(looks)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (killAfter !== undefined && said.length >= killAfter) child.kill('SIGKILL');
  });
  await new Promise(resolve => child.on('close', resolve));
  return said;
}

/** Every table of sums, as it is and as it would be made again from the samples. */
function sumsOf(file: string): {readonly found: unknown; readonly wanted: unknown} {
  const db = new Database(file);
  try {
    const all = () => ['minutes', 'hours', 'days'].map(table => db.prepare(`SELECT * FROM ${table}`).all());
    const found = all();
    db.exec('BEGIN');
    rollUpAll(db);
    const wanted = all();
    db.exec('ROLLBACK');
    return {found, wanted};
  } finally {
    db.close();
  }
}

test('killed at any point, the sums are those of the samples, and going on gives what was never interrupted', async () => {
  const file = join(tempDir(), 'telemetry.db');
  for (const killAfter of [1, 2, 5, 9, 14, 22, 31, 47, 60, 76]) {
    await writer(file, killAfter);
    const {found, wanted} = sumsOf(file);
    expect(found).toEqual(wanted);
  }
  expect(await writer(file, undefined)).toContain('done');
  const telemetry = openTelemetry(file, 0);
  await expectSums(telemetry, looksOf(looks), (found, wanted) => {
    expect(found).toEqual(wanted);
  });
  await telemetry.close();
});
