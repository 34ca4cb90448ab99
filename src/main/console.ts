// One console session: opens what it needs behind the first frame, feeds the screens, and puts everything away.
import {consoleHost} from '../adapters/console-host.ts';
import {openDesk} from '../cli/run-desk.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {createStation, type Station} from '../engine/monitor/index.ts';
import type {Cancel, Clock, Ledger} from '../ports.ts';
import {createConsoleStore, type ConsoleStore} from '../state/store.ts';
import {openConsole, type ConsoleExit} from '../terminal/open.ts';
import {absentLedger} from './absent-ledger.ts';
import type {Opened} from './context.ts';
import {firstState} from './feed/first.ts';
import {feedLedger} from './feed/feed-ledger.ts';
import {feedRunbooks} from './feed/feed-runbooks.ts';
import {feedRuns} from './feed/feed-runs.ts';
import {feedServices} from './feed/feed-services.ts';
import {guardedLedger} from './guarded-ledger.ts';
import {verifyHere} from './verify.ts';

export interface ConsoleExtras {
  /** Words above the key bar for a newcomer, from what is on the screen. */
  readonly hint?: (store: ConsoleStore) => void;
  readonly fault?: (name: string) => void;
}

/** Runs the console until the operator leaves or the terminal goes away; returns the exit status. */
export async function runConsole(opened: Opened, extras: ConsoleExtras = {}): Promise<number> {
  const {context} = opened;
  const {clock} = context;
  const site = await context.site();
  const store = createConsoleStore(firstState(site, context.actor, clock.nowMs()));
  const closing: (() => Promise<void> | void)[] = [];
  const tell = (level: 'error' | 'info', text: string): void =>
    store.feed({notice: {level, text: say`${text}`}});
  const ready = Promise.withResolvers<Behind>();
  const act = (work: (behind: Behind) => Promise<void> | void): void => {
    ready.promise.then(work).catch((error: unknown) => tell('error', wordsOf(error)));
  };

  const shown = openConsole({
    store,
    host: consoleHost(clock),
    actions: {
      checkNow: service => act(({station}) => station.checkNow(service)),
      openRun: run => act(({runs}) => runs.open(run)),
      startRun: (runbook, procedure, service) => act(({runs}) => runs.start(runbook, procedure, service)),
      answer: answer => act(({runs}) => runs.answer(answer)),
      showEntry: seq => act(({log}) => log.show(seq)),
      ledgerWindow: (_from, count) => act(({log}) => log.window(count)),
      verify: () => act(({ledger}) => verifyHere(context, ledger, store)),
      dismissNotice: () => store.feed({notice: undefined}),
      ...(extras.fault === undefined ? {} : {fault: extras.fault}),
    },
  });
  let cancelTick: Cancel = () => undefined;
  const tick = (): void => {
    store.feed({nowMs: clock.nowMs()});
    cancelTick = clock.after(1000, tick);
  };
  tick();
  const behind = openBehind({opened, site, store, closing, tell});
  behind.then(ready.resolve, ready.reject);
  behind.catch((error: unknown) => tell('error', wordsOf(error)));
  extras.hint?.(store);

  // A line that drops raises SIGHUP more than once; the later ones must not end the closing.
  const held = (): void => undefined;
  process.on('SIGHUP', held);
  const how = await shown.catch((error: unknown): ConsoleExit => ({how: 'failed', error}));
  cancelTick();
  const opening = await within(clock, closeMs, behind);
  for (const close of closing.toReversed()) await within(clock, closeMs, close());
  await within(clock, closeMs, opened.close());
  process.off('SIGHUP', held);
  return ending(how, opening, opened);
}

/** Whoever leaves waits no longer than this for each thing that is put away; what is recorded is on disk already. */
const closeMs = 5_000;

/** The value, or undefined when it failed or took too long. */
async function within<T>(clock: Clock, ms: number, work: Promise<T> | T): Promise<T | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const cancel = clock.after(ms, () => limit.resolve(undefined));
  try {
    return await Promise.race([work, limit.promise]);
  } catch {
    // It was told on the screen while that was there; leaving goes on.
    return undefined;
  } finally {
    cancel();
  }
}

interface Behind {
  readonly ledger: Ledger;
  readonly station: Station;
  readonly runs: ReturnType<typeof feedRuns>;
  readonly log: ReturnType<typeof feedLedger>;
}

interface BehindRequest {
  readonly opened: Opened;
  readonly site: Site;
  readonly store: ConsoleStore;
  readonly closing: (() => Promise<void> | void)[];
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

/** Everything that the first frame did not wait for. */
async function openBehind({opened, site, store, closing, tell}: BehindRequest): Promise<Behind> {
  const {context} = opened;
  const trustWords = site.trust.at === 'trusted' ? undefined : `site not trusted: ${site.trust.why}`;
  const readOnly = (why: string | undefined): void => {
    const {session} = store.api.getState().app;
    const words = why ?? trustWords;
    store.feed({session: {...session, readOnly: words === undefined ? undefined : say`${words}`}});
  };
  const dir = await context.homeDir();
  const ledger = guardedLedger(await context.ledger().catch(orAbsent(dir)), readOnly);
  readOnly(ledger.readOnly);
  if (ledger.readOnly !== undefined) tell('error', ledger.readOnly);

  const telemetry = await context.telemetry();
  const runbooks = await context.runbooks();
  feedRunbooks(store, runbooks);
  let changed = (): void => undefined;
  const station = createStation({
    site,
    checks: context.checks,
    ports: context,
    ledger,
    telemetry,
    onChange: () => changed(),
    who: `console (${context.actor.operator})`,
  });
  const services = feedServices({store, site, station, telemetry, runbooks, clock: context.clock});
  changed = services.changed;
  closing.push(async () => {
    services.close();
    await station.stop('console closed');
  });
  await station.start();
  services.changed();

  const desk = await openDesk({...context, ledger: () => Promise.resolve(ledger)}, {source: 'keys'});
  const log = feedLedger({store, ledger});
  const runs = feedRuns({store, desk, site, ledger, onAttended: services.attended, tell});
  closing.push(() => {
    runs.close();
    log.close();
  });
  await Promise.all([log.refresh(), runs.refresh()]);
  return {ledger, station, runs, log};
}

const orAbsent =
  (dir: string) =>
  (error: unknown): Ledger => {
    if (error instanceof QdError) return absentLedger(dir, error);
    throw error;
  };

const wordsOf = (error: unknown): string => {
  if (error instanceof QdError)
    return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
};

/** What is said on the terminal that was given back, and the exit status. */
function ending(how: ConsoleExit, behind: Behind | undefined, {context}: Opened): number {
  const {talk} = context;
  switch (how.how) {
    case 'left': {
      if (behind !== undefined && behind.ledger.readOnly === undefined) {
        const {size, root} = behind.log.sealed();
        if (size > 0)
          talk.out(say`ledger ${size} entries, root ${root.slice(0, 16)}: write it down, it fixes the past.`);
      }
      return exit.good;
    }
    case 'hangup':
      return 128 + 1;
    case 'signal':
      process.kill(process.pid, how.signal);
      return 128;
    case 'failed':
      throw how.error;
  }
}
