// What commands and the console get: everything is opened when it is first asked for, and closed in reverse.
import {readdirSync} from 'node:fs';
import {availableParallelism, hostname} from 'node:os';
import path from 'node:path';
import {checks} from '../../checks/index.ts';
import {channels} from '../channels/index.ts';
import {giveBackMemory} from '../adapters/memory.ts';
import {terminalBell} from '../adapters/bell.ts';
import {createRunners} from '../adapters/runners.ts';
import type {Globals} from '../cli/frame.ts';
import type {Outbox} from '../alert-ports.ts';
import type {CommandContext, Talk} from '../define.ts';
import type {LedgerHead} from '../domain/entry.ts';
import type {Site} from '../domain/site.ts';
import {recordedHeal} from '../engine/monitor/heal.ts';
import type {Anchored} from '../evidence/anchors.ts';
import type {Ledger, Telemetry} from '../ports.ts';
import {timestamp} from '../domain/time.ts';
import {steps} from '../steps/index.ts';
import {openLedger} from '../store/ledger.ts';
import {ledgerFiles} from '../store/ledger-files.ts';
import type {ScanThreads} from '../store/scan-threads.ts';
import {ensureHome, homePath} from './home.ts';
import {declareLedgerKey} from './ledger-secret.ts';
import {lendTerminal} from './line-terminal.ts';
import {maskedChecks} from './masked.ts';
import {maskedLedger, maskedLedgerFiles} from './masked-ledger.ts';
import {paths, self} from './paths.ts';
import {realMail, realPorts} from './ports.ts';
import {declareSite, type OwnSecrets} from './secrets.ts';
import {withSession, type SessionLedger} from './session.ts';
import {readVerifiers} from './verifiers.ts';
import {operatorOf, uid} from './who.ts';

export interface Opened {
  readonly context: CommandContext;
  /** Puts everything away. */
  readonly close: () => Promise<Closed>;
}

export interface Closed {
  /** The checkpoint that covers the session, when there is a ledger to write. */
  readonly sealed: LedgerHead | undefined;
  /** Where the session's entries were carried to; empty when it wrote nothing, or there is no anchor. */
  readonly anchored: readonly Anchored[];
}

export interface OpenRequest {
  readonly globals: Globals;
  readonly talk: Talk;
  readonly secrets: OwnSecrets;
  readonly signal: AbortSignal;
  readonly version: string;
  /** `console`, or the name of the command. */
  readonly program: string;
}

/** More threads than this wait for the disk; below so many entries they start more slowly than one reads. */
const scanThreads = (): ScanThreads => ({
  worker: paths.scanWorker,
  count: Math.min(4, availableParallelism()),
  atLeast: 50_000,
});

/** How often entries of other processes are looked for. */
const ledgerPollMs = 500;

/** Host names as a ledger's origin takes them: lowercase letters, digits, dots and dashes. */
const originName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63) || 'host';

export function openContext({globals, talk, secrets, signal, version, program}: OpenRequest): Opened {
  const ports = realPorts();
  const {clock, random, env, files} = ports;
  const session = `${program.split(' ')[0] ?? program}-${Buffer.from(random.bytes(6)).toString('hex')}`;
  const host = originName(hostname());
  const actor = operatorOf(globals.operator, env);
  const claim = globals.operator === undefined ? [] : ['--operator', globals.operator];
  const closing: (() => Promise<void>)[] = [];
  const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
    let opening: Promise<T> | undefined;
    return () => (opening ??= open());
  };
  let known: Site | undefined;
  let sealed: LedgerHead | undefined;
  const onSealed = (head: LedgerHead): void => {
    sealed = head;
  };
  let anchored: readonly Anchored[] = [];
  const beforeClose = async (written: Ledger): Promise<void> => {
    if (known?.anchors === undefined || written.readOnly !== undefined) return;
    // It has just tried, and said what came of it.
    if (program === 'ledger anchor') return;
    const {sendOf, sendWithin} = await import('../cli/anchoring.ts');
    const send = sendOf(known, written, ports);
    if (send !== undefined) anchored = await sendWithin(send, clock);
  };
  const shipped = shippedIds();

  const site = once(async () => {
    const {loadSite} = await import('../site/load.ts');
    known = await loadSite({
      siteDir: globals.siteDir,
      cwd: process.cwd(),
      env,
      files,
      checks,
      channels,
      runbookIds: shipped,
      uid: uid(),
    });
    await declareSite(secrets, known, env);
    return known;
  });
  const homeDir = once(async () => {
    const named = globals.home ?? env.get('QUARTERDECK_HOME');
    const name = named === undefined || named === '' ? originName((await site()).name) : '';
    return ensureHome(
      homePath(globals.home, env, () => name),
      uid(),
    );
  });
  const ledgerOptions = async (dir: string) => {
    const name = await site().then(
      ({name: siteName}) => originName(siteName),
      () => originName(path.basename(dir)),
    );
    return {
      dir,
      site: name,
      host,
      actor,
      session,
      clock,
      random,
      version,
      worker: paths.ledgerWorker,
      pollMs: ledgerPollMs,
    };
  };
  const ledger = once(async (): Promise<SessionLedger> => {
    const opened = await openLedger({...(await ledgerOptions(await homeDir())), mode: 'write'});
    await declareLedgerKey(secrets, opened.dir, files);
    const facts = {
      program,
      version,
      processes: ports.processes,
      programFile: self,
      site: () => known,
      onSealed,
      beforeClose,
    };
    const recorded = withSession(maskedLedger(opened, secrets), facts);
    closing.push(async () => recorded.close());
    return recorded;
  });
  const filesOfLedgers = maskedLedgerFiles(ledgerFiles(ledgerOptions, uid(), scanThreads()), secrets);
  const telemetry = once(async (): Promise<Telemetry> => {
    const dir = await homeDir();
    const {openTelemetry} = await import('../store/telemetry.ts');
    const opened = openTelemetry(path.join(dir, 'telemetry.db'), clock.nowMs());
    closing.push(async () => opened.close());
    return opened;
  });
  const outbox = once(async (): Promise<Outbox> => {
    const dir = await homeDir();
    const {openOutbox} = await import('../store/outbox.ts');
    const opened = openOutbox(path.join(dir, 'alerts.db'), clock.nowMs());
    closing.push(async () => {
      opened.close();
      return Promise.resolve();
    });
    return opened;
  });
  const runbooks = async () => {
    const {loadRunbooks} = await import('../runbook/index.ts');
    const here = await site().catch(() => undefined);
    const names = here?.services.flatMap(one => one.checks.map(({service, id}) => `${service}/${id}`));
    const known = {today: timestamp(clock.nowMs()), types: steps.map(({type}) => type)};
    return loadRunbooks({
      files,
      siteDir: here?.dir,
      shippedDir: paths.shippedRunbooks,
      context: names === undefined ? known : {...known, checks: names},
      ...(here?.phases === undefined ? {} : {phases: here.phases}),
    });
  };
  return {
    close: once(async () => {
      for (const close of closing.reverse()) await close();
      return {sealed, anchored};
    }),
    context: {
      ...ports,
      heal: recordedHeal({
        narrowing: {
          open: async wanted => (await import('../adapters/narrow.ts')).createNarrowing(uid()).open(wanted),
        },
        ledger,
      }),
      records: {open: ledger},
      talk,
      cwd: process.cwd(),
      version,
      actor,
      checks: maskedChecks(checks, secrets),
      steps,
      signal,
      home: globals.home,
      siteDir: globals.siteDir,
      session,
      host,
      runners: dir => createRunners({node: process.execPath, entry: paths.runner, dir}),
      again: (dir, words) => [
        process.execPath,
        paths.program,
        '--home',
        dir,
        ...sameSite(known),
        ...claim,
        ...words,
      ],
      terminal: talk.interactive ? lendTerminal : undefined,
      giveBackMemory,
      shippedRunbooks: shipped,
      site,
      homeDir,
      ledger,
      ledgerFiles: {
        ...filesOfLedgers,
        // What a keeper writes belongs to a session, as everything does.
        keeper: async dir => {
          await (await ledger()).begin();
          return filesOfLedgers.keeper(dir);
        },
        snapshot: async dir => {
          await declareLedgerKey(secrets, dir, files);
          return filesOfLedgers.snapshot(dir);
        },
      },
      telemetry,
      channels,
      mail: realMail(),
      bell: terminalBell(process.stderr),
      outbox,
      secrets,
      verifiers: async () => readVerifiers(files),
      runbooks,
    },
  };
}

const sameSite = (site: Site | undefined): readonly string[] =>
  site === undefined ? [] : ['--site', site.dir];

const shippedIds = (): readonly string[] =>
  readdirSync(paths.shippedRunbooks)
    .filter(name => name.endsWith('.md'))
    .map(name => name.slice(0, -3));
