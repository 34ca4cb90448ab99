// What a full verification costs beside reading the same entries from SQLite and `sha256sum` over their bytes.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {closeSync, openSync, readFileSync, rmSync, statSync, writeSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import Database from 'better-sqlite3';
import {z} from 'zod';
import type {Figure} from '../figure.ts';

const rounds = 3;
const sampleSchema = z.object({ms: z.number(), verdict: z.string(), entries: z.number(), peakMb: z.number()});

const timed = (act: () => void): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

/** Every line, as this program's driver hands them out. */
const readMs = (dir: string, take: (line: Buffer) => void): number => {
  const db = new Database(path.join(dir, 'ledger.db'), {readonly: true});
  const lines = db.prepare<[], Buffer>('SELECT line FROM entry ORDER BY seq').pluck();
  const ms = timed(() => {
    for (const line of lines.iterate()) take(line);
  });
  db.close();
  return ms;
};

/** In a process of its own, so that its memory can be told. */
function verified(dir: string, threads: number): z.infer<typeof sampleSchema> {
  const sample = fileURLToPath(new URL('../verify-sample.ts', import.meta.url));
  const {stdout, stderr} = spawnSync(process.execPath, [sample, dir, String(threads)], {encoding: 'utf8'});
  if (stdout === '') throw new Error(stderr);
  return sampleSchema.parse(JSON.parse(stdout));
}

/** The program of that name, or where there is none, Node's own SHA-256 (which may use the CPU's instructions). */
function shaMs(file: string): {readonly ms: number; readonly by: string} {
  const start = performance.now();
  const {error, status} = spawnSync('sha256sum', [file], {stdio: 'ignore'});
  if (error === undefined && status === 0) return {ms: performance.now() - start, by: 'sha256sum'};
  return {ms: nodeShaMs(file), by: 'SHA-256 in Node (sha256sum is not installed)'};
}

const nodeShaMs = (file: string): number =>
  timed(() => createHash('sha256').update(readFileSync(file)).digest());

export function verifyFigures(dir: string, bytes: number): readonly Figure[] {
  const file = path.join(dir, '..', 'lines.txt');
  const out = openSync(file, 'w');
  let held: Buffer[] = [];
  readMs(dir, line => {
    held.push(line);
    if (held.length < 2000) return;
    writeSync(out, Buffer.concat(held));
    held = [];
  });
  writeSync(out, Buffer.concat(held));
  closeSync(out);
  const best = {read: Infinity, sha: Infinity, nodeSha: Infinity, one: Infinity, two: Infinity};
  let by = '';
  let entries = 0;
  let peakMb = 0;
  let good = true;
  for (let round = 0; round < rounds; round++) {
    best.read = Math.min(
      best.read,
      readMs(dir, () => undefined),
    );
    const sha = shaMs(file);
    by = sha.by;
    best.sha = Math.min(best.sha, sha.ms);
    best.nodeSha = Math.min(best.nodeSha, nodeShaMs(file));
    const two = verified(dir, 2);
    const one = verified(dir, 1);
    best.two = Math.min(best.two, two.ms);
    best.one = Math.min(best.one, one.ms);
    peakMb = Math.max(peakMb, two.peakMb, one.peakMb);
    entries = two.entries;
    good &&= two.verdict === 'intact' && one.verdict === 'intact';
  }
  rmSync(file);
  const growth = statSync(path.join(dir, 'ledger.db')).size / bytes;
  const base = best.read + best.sha;
  const [two, one] = [best.two / base, best.one / base];
  const ms = (name: string, value: number): Figure => ({name, value, unit: 'ms', ok: good});
  return [
    ms(`reading ${entries} lines from SQLite`, best.read),
    ms(`${by} over them`, best.sha),
    ms('SHA-256 in Node over them', best.nodeSha),
    ms('verify on two cores', best.two),
    ms('verify on one core', best.one),
    {
      name: 'verify on two cores against reading + sha256sum',
      value: two,
      unit: 'x',
      budget: '<= 2.5',
      ok: good && two <= 2.5,
    },
    {
      name: 'verify on one core against the same',
      value: one,
      unit: 'x',
      budget: '<= 4',
      ok: good && one <= 4,
    },
    {
      name: 'highest memory of a verification',
      value: peakMb,
      unit: 'MiB',
      budget: '<= 300',
      ok: peakMb <= 300,
    },
    {
      name: 'file size against bytes of entries',
      value: growth,
      unit: 'x',
      budget: '<= 1.6',
      ok: growth <= 1.6,
    },
  ];
}
