// Composition root of the step runner: one acting step in a process of its own that outlives the console.
import {appendFileSync, mkdirSync, rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {text as readText} from 'node:stream/consumers';
import {createChildren} from './adapters/step-child.ts';
import {realClock} from './adapters/clock.ts';
import {realProcesses} from './adapters/processes.ts';
import {realRandom} from './adapters/random.ts';
import {exit} from './domain/error.ts';
import {jobSchema, type Job} from './engine/runner/job.ts';
import {outputFile} from './engine/runner/output-file.ts';
import {perform} from './engine/runner/perform.ts';
import {maskedEntry, maskedLedger} from './main/masked-ledger.ts';
import {paths} from './main/paths.ts';
import {createMasker} from './secrets/index.ts';
import {openLedger} from './store/ledger.ts';
import {spoolOutcome} from './store/spool.ts';

// A hang-up, Ctrl-C or Ctrl-Z of somebody's terminal is not meant for a step that is running; TERM stops the step.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGPIPE'] as const)
  process.on(signal, () => undefined);
const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
});
process.umask(0o077);
// The console may be gone by the time it would be told anything.
process.stdout.on('error', () => undefined);

/** The job comes on standard input and is whole only when that ends: half a job starts nothing. */
async function readJob(): Promise<Job> {
  const text = await readText(process.stdin);
  try {
    const job: unknown = JSON.parse(text);
    return jobSchema.parse(job);
  } catch {
    // What is wrong with it is not said: it may hold secrets, and what is said goes to a file.
    throw new Error('the job cannot be read; nothing was started');
  }
}

/** Known once the job is; before that nothing is said that could hold a secret. */
let mask = (text: string): string => text;

async function main(): Promise<number> {
  const job = await readJob();
  const clock = realClock();
  const random = realRandom;
  const session = `runner-${Buffer.from(random.bytes(6)).toString('hex')}`;
  const {dir, site, host, version} = job.ledger;
  const {actor} = job;
  const masker = createMasker({
    values: [
      ...Object.entries(job.secrets ?? {}).map(([name, value]) => ({name, value})),
      ...(job.mask ?? []),
    ],
  });
  mask = text => masker.text(text);
  const opened = await openLedger({
    dir,
    site,
    host,
    actor,
    session,
    clock,
    random,
    version,
    worker: paths.ledgerWorker,
    pollMs: 60_000,
    mode: 'write',
  });
  const ledger = maskedLedger(opened, masker);
  const file = outputFile(dir, job);
  mkdirSync(dirname(file), {recursive: true, mode: 0o700});
  const inherited = Object.entries(process.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const done = await perform(job, {
    ledger,
    clock,
    random,
    self: realProcesses(clock.bootId).self(),
    children: createChildren(),
    http: async () => (await import('./adapters/http.ts')).createHttp(),
    env: Object.fromEntries(inherited),
    append: chunk => {
      try {
        appendFileSync(file, chunk, {mode: 0o600});
      } catch {
        // Watching is a convenience; what counts is kept in memory for the outcome.
      }
    },
    spool: entry => {
      spoolOutcome({dir, actor, session, clock, random}, maskedEntry(entry, masker));
      return Promise.resolve();
    },
    mask: masker,
    stop: stop.signal,
  });
  rmSync(file, {force: true});
  await ledger.close().catch(() => undefined);
  if (done.at === 'done') return exit.good;
  process.stdout.write(mask(`The step was not started: ${done.why}\n`));
  return exit.refused;
}

main()
  .catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(mask(`The step runner failed: ${message}\n`));
    process.stderr.write(mask(`${error instanceof Error ? (error.stack ?? message) : message}\n`));
    return exit.could_not;
  })
  .then(status => {
    process.exitCode = status;
  })
  .catch(() => undefined);
