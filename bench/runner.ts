// What a step costs beside its command: the bundled step runner with an empty command, against `node -e 0`.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {median, type Figure} from './figure.ts';
import {realClock} from '../src/adapters/clock.ts';
import {realProcesses} from '../src/adapters/processes.ts';
import {realRandom} from '../src/adapters/random.ts';
import type {Job} from '../src/engine/runner/job.ts';
import {openLedger} from '../src/store/ledger.ts';

const dist = path.resolve(import.meta.dirname, '../dist');
const rounds = 15;
const most = 3;
const actor = {operator: 'bench', uid: process.getuid?.() ?? 0, user: 'bench', via: 'local'} as const;
const sha = 'a'.repeat(64);

function timed(args: readonly string[], input: string): number {
  const started = performance.now();
  const {status, stdout} = spawnSync(process.execPath, [...args], {input, encoding: 'utf8'});
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stdout}`);
  return performance.now() - started;
}

export async function runnerBench(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-runner-'));
  const bare: number[] = [];
  const whole: number[] = [];
  const ledger = await openLedger({
    dir,
    site: 'bench',
    host: 'bench',
    actor,
    session: 'bench',
    clock: realClock(),
    random: realRandom,
    version: '0',
    worker: path.join(dist, 'ledger-worker.cjs'),
    pollMs: 60_000,
    mode: 'write',
  });
  try {
    const add = async (
      kind: string,
      body: Record<string, string | number | boolean | string[]>,
      run: string,
    ) => {
      const added = await ledger.append({
        entries: [{kind, run, ...(kind === 'run.start' ? {} : {step: 'act'}), body}],
        ...(kind === 'run.start' ? {lease: {service: run, how: 'take' as const}} : {}),
      });
      if (!added.ok) throw new Error(added.message);
      return added.entries[0]?.seq ?? -1;
    };
    for (let round = 0; round < rounds + 3; round += 1) {
      const run = `20260101T000000Z-${round.toString(16).padStart(8, '0')}`;
      const fence = await add('run.start', startBody(run), run);
      const confirm = await add('step.confirm', confirmBody, run);
      const job = JSON.stringify(jobOf({dir, run, fence, confirm}));
      const took = timed([path.join(dist, 'runner.cjs')], job);
      const empty = timed(['-e', '0'], '');
      // The first rounds fill the cache of compiled code.
      if (round < 3) continue;
      whole.push(took);
      bare.push(empty);
    }
  } finally {
    await ledger.close();
    rmSync(dir, {recursive: true, force: true});
  }
  const ratio = median(whole) / median(bare);
  return [
    {name: '`node -e 0`', value: median(bare), unit: 'ms', ok: true},
    {name: 'a step with an empty command', value: median(whole), unit: 'ms', ok: true},
    {name: 'runner over `node -e 0`', value: ratio, unit: '×', budget: `≤ ${most} ×`, ok: ratio <= most},
  ];
}

const startBody = (service: string) => ({
  runbook: 'bench',
  title: 'Bench',
  file: 'bench.md',
  sha256: sha,
  procedure: 'bench',
  procedureTitle: 'Bench',
  service,
  environment: 'development',
  site: 'bench',
  siteSha256: sha,
  writes: true,
});

const confirmBody = {
  attempt: 1,
  say: 'yes',
  shown: ['true'],
  environment: 'development',
  effect: 'read',
  level: 'enter',
  source: 'keys',
  delayMs: 0,
};

const jobOf = ({
  dir,
  run,
  fence,
  confirm,
}: {
  dir: string;
  run: string;
  fence: number;
  confirm: number;
}): Job => ({
  v: 1,
  ledger: {dir, site: 'bench', host: 'bench', version: '0'},
  actor,
  run,
  step: 'act',
  attempt: 1,
  confirm,
  fence,
  runbook: sha,
  effect: 'read',
  target: run,
  act: {at: 'command', argv: ['sh', '-c', ':']},
  timeoutMs: 30_000,
  graceMs: 1_000,
  atLimit: 'kill',
  console: realProcesses(realClock().bootId).self(),
  cwd: dir,
  vars: {},
});
