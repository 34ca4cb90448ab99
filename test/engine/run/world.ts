// A run world for tests: real ledger, real files, real step runners; only looks are scripted.
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createHash} from 'node:crypto';
import {realClock} from '../../../src/adapters/clock.ts';
import {realEnv} from '../../../src/adapters/env.ts';
import {realFiles} from '../../../src/adapters/files.ts';
import {realProcesses} from '../../../src/adapters/processes.ts';
import {realRandom} from '../../../src/adapters/random.ts';
import {createRunners} from '../../../src/adapters/runners.ts';
import type {Site} from '../../../src/domain/site.ts';
import type {RunAnswer} from '../../../src/domain/run.ts';
import {
  createRunDesk,
  type LookNow,
  type OpenRun,
  type RunDesk,
  type RunWorld,
} from '../../../src/engine/run/index.ts';
import {openSecrets} from '../../../src/main/secrets.ts';
import {readRunbook} from '../../../src/runbook/load.ts';
import {parseRunbook} from '../../../src/runbook/index.ts';
import {openLedger, type OpenLedgerOptions} from '../../../src/store/ledger.ts';
import {steps} from '../../../src/steps/index.ts';
import type {Ledger} from '../../../src/ports.ts';
import {bundle} from '../../helpers/programs.ts';

export interface TestConsole {
  readonly desk: RunDesk;
  readonly ledger: Ledger;
  readonly world: RunWorld;
  readonly session: string;
  close(): Promise<void>;
}

export interface ConsoleOptions {
  /** Holds `home/` (data directory) and `site/`. */
  readonly dir: string;
  readonly runbooks?: Readonly<Record<string, string>>;
  readonly look?: LookNow;
  readonly operator?: string;
  readonly ledger?: Partial<OpenLedgerOptions>;
  readonly world?: Partial<RunWorld>;
}

let sessions = 0;

/** Another console of this process on `dir`: its own session, ledger handle and desk. */
export async function openConsole({
  dir,
  runbooks = {},
  look,
  operator = 'mara',
  ...more
}: ConsoleOptions): Promise<TestConsole> {
  const home = join(dir, 'home');
  const site = join(dir, 'site');
  mkdirSync(home, {recursive: true, mode: 0o700});
  mkdirSync(join(site, 'runbooks'), {recursive: true});
  const siteFile = join(site, 'quarterdeck.yaml');
  const text = 'site: test\nenvironment: staging\n';
  writeFileSync(siteFile, text);
  const files = Object.fromEntries(
    Object.entries(runbooks).map(([name, source]) => [`runbooks/${name}.md`, source]),
  );
  for (const [name, source] of Object.entries(files)) writeFileSync(join(site, name), source);
  const clock = realClock();
  const processes = realProcesses(clock.bootId);
  const session = `${operator}-${process.pid}-${(sessions += 1)}`;
  const actor = {operator, uid: process.getuid?.() ?? 0, user: 'test', via: 'local'} as const;
  const ledger = await openLedger({
    dir: home,
    site: 'test',
    host: 'test-host',
    actor,
    session,
    clock,
    random: realRandom,
    version: '0.0.0',
    worker: bundle('ledger-worker.cjs'),
    pollMs: 50,
    mode: 'write',
    reserveBytes: 4096,
    ...more.ledger,
  });
  if (ledger.readOnly === undefined) {
    await ledger.append({
      entries: [
        {
          kind: 'session.open',
          body: {
            program: 'test',
            version: '0.0.0',
            process: {...processes.self()},
            clock: {source: 'system'},
          },
        },
      ],
    });
  }
  const world: RunWorld = {
    ledger,
    site: siteModel(site, siteFile, {'quarterdeck.yaml': text, ...files}),
    steps,
    runbooks: async () =>
      Promise.all(
        Object.keys(runbooks).map(async name => readRunbook(realFiles, join(site, 'runbooks', `${name}.md`))),
      ),
    parse: parseRunbook,
    look: look ?? (async () => Promise.resolve([])),
    files: realFiles,
    processes,
    secrets: openSecrets({
      env: realEnv(process.env),
      variables: {},
      files: realFiles,
      uid: process.getuid?.() ?? 0,
    }),
    runners: createRunners({node: process.execPath, entry: bundle('runner.cjs'), dir: home}),
    clock,
    random: realRandom,
    actor,
    session,
    version: '0.0.0',
    source: 'answers',
    graceMs: () => 400,
    ...more.world,
  };
  return {desk: createRunDesk(world), ledger, world, session, close: async () => ledger.close()};
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function siteModel(dir: string, file: string, texts: Readonly<Record<string, string>>): Site {
  const service = (id: string) => ({id, title: id, labels: [], runbooks: [], checks: []});
  return {
    name: 'test',
    environment: 'staging',
    dir,
    file,
    escalation: [{who: 'Platform on call', phone: '+49 1'}],
    services: [service('api'), service('db')],
    hashes: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, sha256(text)])),
    trust: {at: 'trusted'},
  };
}

type Untimed<T = RunAnswer> = T extends RunAnswer ? Omit<T, 'id' | 'shownAtMs' | 'answeredAtMs'> : never;

/** Answers what is being asked right now. */
export async function say(run: OpenRun, answer: Untimed): ReturnType<OpenRun['answer']> {
  return run.answer({...answer, id: run.snapshot().ask.id, shownAtMs: 0, answeredAtMs: 10_000});
}
