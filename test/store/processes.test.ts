import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {expect, onTestFinished, test} from 'vitest';
import {verify} from '../../src/ledger/verify.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {options} from './helpers.ts';

const script = fileURLToPath(new URL('writer-process.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  /** Complete lines told so far. */
  readonly lines: () => string[];
}

function start(dir: string, name: string, count: number): Writer {
  const child = spawn(process.execPath, [script, dir, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const exited = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {child, exited, lines: () => output.split('\n').slice(0, -1)};
}

async function leavesOf(dir: string): Promise<Set<string>> {
  const ledger = await openLedger(options(dir));
  const rows = await ledger.read({});
  await ledger.close();
  return new Set(rows.map(({leaf}) => leaf));
}

async function verdictOf(dir: string): Promise<string> {
  const {evidence, close} = openEvidence(dir);
  const {report} = await verify(evidence);
  close();
  return report.verdict;
}

test('two processes that create and write one ledger at once lose nothing and break nothing', async () => {
  const dir = tempDir();
  const writers = [start(dir, 'ada', 150), start(dir, 'bob', 150)];
  await Promise.all(writers.map(async ({exited}) => exited));
  const told = writers.flatMap(({lines}) => lines());
  expect(told).toHaveLength(300);
  const leaves = await leavesOf(dir);
  expect(leaves.size).toBe(301);
  for (const leaf of told) expect(leaves).toContain(leaf);
  expect(await verdictOf(dir)).toBe('intact');
});

test('after kill -9 of a writer, at several moments, every acknowledged entry is there and the log verifies', async () => {
  const dir = tempDir();
  const told: string[] = [];
  for (const [round, many] of [3, 20, 47].entries()) {
    const writer = start(dir, `round-${round}`, 100_000);
    await waitFor(() => writer.lines().length >= many, {what: 'entries of the writer', timeoutMs: 30_000});
    writer.child.kill('SIGKILL');
    await writer.exited;
    told.push(...writer.lines());
  }
  const leaves = await leavesOf(dir);
  for (const leaf of told) expect(leaves).toContain(leaf);
  expect(await verdictOf(dir)).toBe('intact');
});
