// Composition root of the step runner: one acting step in a process of its own that outlives the console.
import {createHash} from 'node:crypto';
import {readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {realClock} from './adapters/clock.ts';
import {createExec} from './adapters/exec.ts';
import {realFiles} from './adapters/files.ts';
import {startOnward} from './adapters/onward.ts';
import {realProcesses} from './adapters/processes.ts';
import {realRandom} from './adapters/random.ts';
import {findScopes} from './adapters/scopes.ts';
import {socketDir} from './adapters/socket-dir.ts';
import {createChildren} from './adapters/step-child.ts';
import {watchedFile} from './adapters/watched-file.ts';
import {exit} from './domain/error.ts';
import {stepOver} from './domain/step-act.ts';
import {isJob, type Job} from './engine/runner/job.ts';
import {isLeftAlone} from './engine/runner/left-alone.ts';
import {outputFile, watchedBytes} from './engine/runner/output-file.ts';
import {perform, type Performed, type Scene} from './engine/runner/perform.ts';
import {maskedEntry, maskedLedger} from './main/masked-ledger.ts';
import {paths} from './main/paths.ts';
import {createMasker} from './secrets/index.ts';
import {findSource} from './main/job-source.ts';
import {uid} from './main/who.ts';
import {openLedgerHere} from './store/here-client.ts';
import {spoolOutcome} from './store/spool.ts';

// A hang-up, Ctrl-C or Ctrl-Z of somebody's terminal is not meant for a step that is running; TERM stops the step.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGPIPE'] as const)
  process.on(signal, () => undefined);
const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
});
process.umask(0o077);

/** On a terminal the job comes, and what is said goes, beside standard input and output, which are the step's. */
const onTerminal = process.argv.includes('--terminal');
/** Descriptors instead of streams: making a stream of each costs more than reading and writing them. */
const pipes = onTerminal ? ({job: 3, said: 4} as const) : ({job: 0, said: 1} as const);
const say = (text: string): void => {
  try {
    writeSync(pipes.said, text);
  } catch {
    // The console may be gone by the time it would be told anything.
  }
};

/** The job is whole only when its input ends: half a job starts nothing. */
function readJob(): Job {
  try {
    const given: unknown = JSON.parse(readFileSync(pipes.job, 'utf8'));
    if (isJob(given) && (given.act.at === 'terminal') === onTerminal) return given;
  } catch {
    // What is wrong with it is not said: it may hold secrets, and what is said goes to a file.
  }
  throw new Error('the job cannot be read; nothing was started');
}

/** Known once the job is; before that nothing is said that could hold a secret. */
let mask = (text: string): string => text;

async function main(): Promise<number> {
  const job = readJob();
  const clock = realClock();
  const random = realRandom;
  const session = `runner-${Buffer.from(random.bytes(6)).toString('hex')}`;
  const {dir, site, host, version} = job.ledger;
  const {actor} = job;
  const source = await findSource(job, {files: realFiles, uid: uid(), variables: process.env});
  if ('problem' in source) {
    say(`The step was not started: ${source.problem}\n`);
    return exit.refused;
  }
  const masker = createMasker({
    values: [
      ...source.secrets,
      ...Object.entries(job.secrets ?? {}).map(([name, value]) => ({name, value})),
      ...(job.mask ?? []),
    ],
  });
  mask = text => masker.text(text);
  const processes = realProcesses(clock.bootId);
  const {console: owner} = job;
  const opened = await openLedgerHere({
    dir,
    site,
    host,
    actor,
    session,
    clock,
    random,
    version,
    pollMs: 60_000,
    mode: 'write',
    uid: uid(),
    // A console that lives makes checkpoints of its own; one that is gone leaves that to this process.
    isSealedElsewhere: () => owner !== undefined && processes.alive(owner),
  });
  const ledger = maskedLedger(opened, masker);
  const watched = watchedFile(outputFile(dir, job), watchedBytes);
  const inherited = Object.entries(process.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const done = await perform(job, {
    ledger,
    clock,
    random,
    self: processes.self(),
    processes,
    children: createChildren(),
    exec: createExec(),
    files: realFiles,
    http: async () => (await import('./adapters/http.ts')).createHttp(),
    firstMatch: async (source, text) => {
      const pattern = (await import('./pattern.ts')).readPattern(source);
      return 'problem' in pattern ? pattern : {found: pattern.first(text)};
    },
    patternProblem: async (value, source) => (await import('./pattern.ts')).patternProblem(value, source),
    sqlProgram: [process.execPath, '--disable-warning=ExperimentalWarning', paths.sql],
    sourceUrl: source.url,
    hash: () => {
      const hash = createHash('sha256');
      return {update: chunk => void hash.update(chunk), digest: () => hash.digest('hex')};
    },
    env: Object.fromEntries(inherited),
    sockets: job.on === undefined ? undefined : socketDir(process.env, uid()),
    scopes: job.runAs === undefined ? undefined : findScopes(process.env, {uid: uid()}),
    uid: uid(),
    append: chunk => {
      watched.add(chunk);
    },
    spool: (outcome, value) => {
      spoolOutcome(
        {dir, actor, session, clock, random},
        {
          outcome: maskedEntry(outcome, masker),
          value: value === undefined ? undefined : maskedEntry(value, masker),
        },
      );
      return Promise.resolve();
    },
    mask: masker,
    stop: stop.signal,
  });
  watched.remove();
  const onward = await onwardAfter(job, done, {ledger, clock, processes}).finally(async () =>
    ledger.close().catch(() => undefined),
  );
  if (onward !== undefined) await startOnward({argv: onward, cwd: dir, log: join(dir, 'runner.log')});
  if (done.at === 'done') return exit.good;
  say(mask(`The step was not started: ${done.why}\n`));
  return exit.refused;
}

/** What goes on with the run, when the runbook says so and nobody is there any more to answer what comes next. */
async function onwardAfter(
  job: Job,
  done: Performed,
  scene: Pick<Scene, 'ledger' | 'clock' | 'processes'>,
): Promise<Job['onward']> {
  const {onward} = job;
  if (done.at !== 'done' || done.last === undefined || onward === undefined) return undefined;
  say(stepOver);
  await scene.ledger.checkpoint();
  const isLeft = await isLeftAlone(job, done.last, {...scene, stop: stop.signal});
  return isLeft ? [...onward, String(done.last)] : undefined;
}

main()
  .catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    say(mask(`The step runner failed: ${message}\n`));
    if (!onTerminal)
      process.stderr.write(mask(`${error instanceof Error ? (error.stack ?? message) : message}\n`));
    return exit.could_not;
  })
  .then(status => {
    // Everything is written; taking the engine down in order would take longer than the operating system does.
    process.exit(status);
  })
  .catch(() => undefined);
