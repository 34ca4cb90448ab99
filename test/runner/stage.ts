// A run whose only step was confirmed, with everything real around the runner: the job is performed in this process.
import {createHash, randomBytes} from 'node:crypto';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {bundle} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {createExec} from '../../src/adapters/exec.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {realProcesses} from '../../src/adapters/processes.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {createChildren} from '../../src/adapters/step-child.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import type {Scene} from '../../src/engine/runner/perform.ts';
import {patternProblem, readPattern} from '../../src/pattern.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {spoolOutcome} from '../../src/store/spool.ts';
import {openLedger} from '../../src/store/ledger.ts';
import type {Ledger} from '../../src/ports.ts';

/** Opens the data directory as a console would. */
export async function openHome(dir: string, session: string): Promise<Ledger> {
  mkdirSync(dir, {recursive: true, mode: 0o700});
  return openLedger({
    dir,
    site: 'test',
    host: 'test-host',
    actor,
    session,
    clock: realClock(),
    random: realRandom,
    version: '0.0.0',
    worker: bundle('ledger-worker.cjs'),
    pollMs: 50,
    mode: 'write',
    reserveBytes: 4096,
  });
}

const actor = {operator: 'mara', uid: process.getuid?.() ?? 0, user: 'test', via: 'local'} as const;
const sha = 'a'.repeat(64);

/** Starts a run and confirms its step; the confirm's `seq`, and the fence. */
async function confirmStep(ledger: Ledger, run: string): Promise<{head: number; fence: number}> {
  const started = await ledger.append({
    entries: [
      {
        kind: 'run.start',
        run,
        body: {
          runbook: 'act',
          title: 'Act',
          file: 'runbooks/act.md',
          sha256: sha,
          procedure: 'act',
          procedureTitle: 'Act',
          service: 'api',
          environment: 'staging',
          site: 'test',
          siteSha256: sha,
          writes: true,
        },
      },
    ],
    ifRunHead: {run, seq: -1},
    lease: {service: 'api', how: 'take'},
  });
  const confirmed = await ledger.append({
    entries: [
      {
        kind: 'step.confirm',
        run,
        step: 'act',
        body: {
          attempt: 1,
          say: 'yes',
          shown: ['act'],
          environment: 'staging',
          effect: 'write',
          level: 'yes',
          source: 'keys',
          delayMs: 1000,
        },
      },
    ],
  });
  if (!started.ok || !confirmed.ok) throw new Error('the run could not be started');
  return {head: confirmed.entries[0]?.seq ?? -1, fence: started.entries[0]?.seq ?? -1};
}

/** A run whose first step was confirmed, a job for it, and a scene with everything real. */
export async function stage(dir = tempDir()) {
  const home = join(dir, 'home');
  const ledger = await openHome(home, 'console');
  onTestFinished(async () => ledger.close());
  // Unlike any other on this machine: what a step left behind is recognised by it.
  const run = `20260101T000000Z-${randomBytes(4).toString('hex')}`;
  const {head, fence} = await confirmStep(ledger, run);
  const stop = new AbortController();
  const clock = realClock();
  const watched: string[] = [];
  const scene: Scene = {
    ledger,
    clock,
    random: realRandom,
    self: realProcesses(clock.bootId).self(),
    processes: realProcesses(clock.bootId),
    children: createChildren(),
    exec: createExec(),
    files: realFiles,
    firstMatch: async (source, text) => {
      const pattern = readPattern(source);
      return Promise.resolve('problem' in pattern ? pattern : {found: pattern.first(text)});
    },
    patternProblem: async (value, pattern) => Promise.resolve(patternProblem(value, pattern)),
    sqlProgram: [process.execPath, '--disable-warning=ExperimentalWarning', bundle('sql.cjs')],
    sourceUrl: undefined,
    hash: () => {
      const hash = createHash('sha256');
      return {update: chunk => void hash.update(chunk), digest: () => hash.digest('hex')};
    },
    sockets: undefined,
    scopes: undefined,
    uid: process.getuid?.() ?? 0,
    http: async () => Promise.resolve(createHttp()),
    env: {PATH: process.env['PATH'] ?? ''},
    append: chunk => void watched.push(Buffer.from(chunk).toString()),
    spool: async (outcome, value) => {
      spoolOutcome({dir: ledger.dir, actor, session: 'runner', clock, random: realRandom}, {outcome, value});
      return Promise.resolve();
    },
    mask: createMasker({values: []}),
    stop: stop.signal,
  };
  const job = (act: Job['act'], more: Partial<Job> = {}): Job => ({
    v: 1,
    ledger: {dir: ledger.dir, site: 'test', host: 'test-host', version: '0'},
    actor,
    run,
    step: 'act',
    attempt: 1,
    confirm: head,
    fence,
    runbook: sha,
    effect: 'read',
    target: 'api',
    act,
    timeoutMs: 5000,
    graceMs: 100,
    atLimit: 'kill',
    cwd: dir,
    vars: {},
    ...more,
  });
  const shell = (text: string, more: Partial<Job> = {}): Job =>
    job({at: 'command', argv: ['sh', '-eu', '-c', text]}, more);
  const outcome = async () => {
    const [last] = await ledger.read({run, kinds: ['step.outcome'], reverse: true, limit: 1});
    if (last === undefined) throw new Error('there is no outcome');
    return last;
  };
  /** The output as it was kept, and the value of the variable that took it. */
  const disclosed = async (kind: string, ptr: string) => {
    const [last] = await ledger.read({run, kinds: [kind], reverse: true, limit: 1});
    const bytes = await ledger.disclosure(last?.seq ?? -1, ptr);
    return bytes === undefined ? undefined : Buffer.from(bytes);
  };
  const output = async () => (await disclosed('step.outcome', '/body/output'))?.toString();
  const value = async () => (await disclosed('step.value', '/body/value'))?.toString();
  return {disclosed, output, value, dir, home, ledger, run, scene, job, shell, outcome, stop, watched};
}
