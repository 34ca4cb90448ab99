// Five gigabytes of output through the bundled step runner: the whole stream counted and committed to, memory small.
import {spawn} from 'node:child_process';
import {createReadStream, readFileSync, statSync} from 'node:fs';
import {expect, test} from 'vitest';
import {bundle} from '../helpers/programs.ts';
import {outputFile, watchedBytes} from '../../src/engine/runner/output-file.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import {stage} from '../runner/stage.ts';

const size = Number(process.env['QD_OUTPUT_BYTES'] ?? 5_000_000_000);
const memoryMb = 300;

/** Runs the job in the real runner; the most memory it ever had, in MiB. */
async function runnerOf(job: Job, look: () => void): Promise<number> {
  const child = spawn(process.execPath, [bundle('runner.cjs')], {stdio: ['pipe', 'ignore', 'inherit']});
  child.stdin.end(JSON.stringify(job));
  let most = 0;
  const timer = setInterval(() => {
    look();
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      most = Math.max(most, Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 200);
  const status = await new Promise<number | null>(resolve => void child.once('exit', resolve));
  clearInterval(timer);
  expect(status).toBe(0);
  return most;
}

test('`yes` for 5 GB: bounded memory, a bounded file to watch, size and commitment of the whole', async () => {
  const {shell, outcome, home, disclosed} = await stage();
  const job = shell(`yes | head -c ${size}`, {timeoutMs: 1_200_000, maxOutputBytes: 2 * size});
  const file = outputFile(home, job);
  let largest = 0;
  let newest = '';
  const began = performance.now();
  const most = await runnerOf(job, () => {
    try {
      largest = Math.max(largest, statSync(file).size);
      newest = readFileSync(file)
        .subarray(0, 64 * 1024 * 1024)
        .subarray(-20)
        .toString();
    } catch {
      // Not there yet, or not any more.
    }
  });
  const seconds = (performance.now() - began) / 1000;
  process.stderr.write(`${size} bytes in ${seconds.toFixed(1)} s, ${most.toFixed(0)} MiB at most\n`);
  const {entry} = await outcome();
  expect(entry.body).toMatchObject({verdict: 'pass', output: {size}});
  expect(most).toBeLessThan(memoryMb);
  expect(largest).toBeLessThan(watchedBytes.head + watchedBytes.tail + 4096);
  expect(newest).toMatch(/y\ny\n/);
  const kept = await disclosed('step.outcome', '/body/output');
  expect(kept?.length).toBeLessThan(600_000);
  expect(kept?.subarray(-4).toString()).toBe('y\ny\n');
}, 1_200_000);

test('/dev/urandom is kept as the bytes it was', async () => {
  const {shell, outcome, disclosed, dir} = await stage();
  const text = `head -c 100000 /dev/urandom | tee ${dir}/copy`;
  await runnerOf(shell(text, {timeoutMs: 60_000}), () => undefined);
  expect((await outcome()).entry.body).toMatchObject({verdict: 'pass'});
  const kept = await disclosed('step.outcome', '/body/output');
  const copy: Buffer[] = [];
  for await (const chunk of createReadStream(`${dir}/copy`)) if (chunk instanceof Buffer) copy.push(chunk);
  expect(Buffer.compare(Buffer.concat(copy), kept ?? Buffer.alloc(0))).toBe(0);
});
