// One console session: paints the first frame, opens everything else behind it, and puts it all away.
import {consoleHost} from '../adapters/console-host.ts';
import type {Actor} from '../domain/entry.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Cancel, Clock, ConsoleHost, Talk} from '../ports.ts';
import {createConsoleStore, type ConsoleStore} from '../state/store.ts';
import {createArming} from '../terminal/arming.ts';
import {createLender} from '../terminal/lend.ts';
import {openConsole, type ConsoleExit} from '../terminal/open.ts';
import type {Behind} from './behind.ts';
import type {Closed, Opened} from './context.ts';
import {firstState} from './feed/first.ts';
import type {Glance} from './glance.ts';
import {maskedStore} from './masked.ts';

export interface ConsoleRequest {
  readonly clock: Clock;
  readonly talk: Talk;
  readonly actor: Actor;
  /** The names of the site, when they could be had at a glance. */
  readonly glance: Glance | undefined;
  /** Loads and opens everything that the first frame does without. */
  readonly open: () => Promise<Opened>;
  /** Words above the key bar for a newcomer, from what is on the screen. */
  readonly hint?: (store: ConsoleStore) => void;
  readonly fault?: (name: string) => void;
}

/** Runs the console until the operator leaves or the terminal goes away; returns the exit status. */
export async function runConsole(request: ConsoleRequest): Promise<number> {
  const {clock, talk, actor, open, hint, fault} = request;
  const early = request.glance === undefined ? await open() : undefined;
  const names = request.glance ?? (await early?.context.site());
  if (names === undefined) throw new QdError('INTERNAL', 'The console was opened without a site.');
  let mask = early?.context.secrets;
  const store = maskedStore(createConsoleStore(firstState(names, actor, clock.nowMs())), () => mask);
  const closing: (() => Promise<void> | void)[] = [];
  const tell = (level: 'error' | 'info', text: string): void =>
    store.feed({notice: {level, text: say`${text}`}});
  const ready = Promise.withResolvers<Behind>();
  const act = (work: (doings: Behind['doings']) => Promise<void>): void => {
    ready.promise.then(({doings}) => work(doings)).catch((error: unknown) => tell('error', wordsOf(error)));
  };
  const unusable = new AbortController();
  const lender = createLender();
  const arming = createArming();
  const host = consoleHost(clock);
  const shown = openConsole({
    store,
    host,
    failed: unusable.signal,
    lender,
    arming,
    actions: {
      checkNow: service => act(async ({checkNow}) => checkNow(service)),
      openRun: run => act(async ({openRun}) => openRun(run)),
      startRun: run => act(async ({startRun}) => startRun(run)),
      answer: given => act(async ({answer}) => answer(given)),
      showEntry: seq => act(async ({showEntry}) => showEntry(seq)),
      ledgerWindow: (...window) => act(async ({ledgerWindow}) => ledgerWindow(...window)),
      entriesOf: run => act(async ({entriesOf}) => entriesOf(run)),
      verify: () => act(async ({verify}) => verify()),
      exportEvidence: (...what) => act(async ({exportEvidence}) => exportEvidence(...what)),
      runJob: job => act(async ({runJob}) => runJob(job)),
      pauseJob: (...what) => act(async ({pauseJob}) => pauseJob(...what)),
      resumeJob: job => act(async ({resumeJob}) => resumeJob(job)),
      ackAlerts: (...what) => act(async ({ackAlerts}) => ackAlerts(...what)),
      silence: what => act(async ({silence}) => silence(what)),
      liftSilence: id => act(async ({liftSilence}) => liftSilence(id)),
      dismissNotice: () => store.feed({notice: undefined}),
      ...(fault === undefined ? {} : {fault}),
    },
  });
  let cancelTick: Cancel = () => undefined;
  const tick = (): void => {
    store.feed({nowMs: clock.nowMs()});
    cancelTick = clock.after(1000, tick);
  };
  tick();
  let opened = early;
  const behind = (async (): Promise<Behind> => {
    opened ??= await open();
    mask = opened.context.secrets;
    const {openBehind} = await import('./behind.ts');
    const site = await opened.context.site().catch((error: unknown) => {
      // Without a site there is nothing to show: the terminal is given back and says why.
      unusable.abort(error);
      throw error;
    });
    const {services, session} = firstState(site, actor, clock.nowMs());
    store.feed({services, session: {...session, hint: store.api.getState().app.session.hint}});
    return openBehind({
      opened,
      site,
      store,
      closing,
      tell,
      ring: () => ring(host),
      lend: lender.lend,
      roundTripMs: arming.roundTripMs,
    });
  })();
  behind.then(ready.resolve, ready.reject);
  // Told below, and to whoever asks for an action; without one it must not end the process.
  ready.promise.catch(() => undefined);
  behind.catch((error: unknown) => tell('error', wordsOf(error)));
  hint?.(store);

  // A line that drops raises SIGHUP more than once; the later ones must not cut the closing short.
  const held = (): void => undefined;
  process.on('SIGHUP', held);
  const how = await shown.catch((error: unknown): ConsoleExit => ({how: 'failed', error}));
  cancelTick();
  await within(clock, closeMs, behind);
  for (const close of closing.toReversed()) await within(clock, closeMs, close());
  const closed = opened === undefined ? undefined : await within(clock, closeMs, opened.close());
  process.off('SIGHUP', held);
  return ending(how, closed, talk);
}

/** A terminal that is gone is noticed by whoever paints on it. */
function ring({stdout}: ConsoleHost): void {
  try {
    stdout.write('\x07');
  } catch {
    return;
  }
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

const wordsOf = (error: unknown): string => {
  if (error instanceof QdError)
    return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
};

const noHead = {checkpointSize: 0, checkpointRoot: ''};

/** What is said on the terminal that was given back, and the exit status. */
async function ending(how: ConsoleExit, closed: Closed | undefined, talk: Talk): Promise<number> {
  switch (how.how) {
    case 'left': {
      const {checkpointSize: size, checkpointRoot: root} = closed?.sealed ?? noHead;
      if (size > 0)
        talk.out(say`ledger ${size} entries, root ${root.slice(0, 16)}: write it down, it fixes the past.`);
      if (closed !== undefined && closed.anchored.length > 0) {
        const {anchoredWords} = await import('../cli/anchoring.ts');
        for (const answer of closed.anchored) talk.out(say`${anchoredWords(answer)}`);
      }
      return exit.good;
    }
    case 'hangup':
      return 128 + 1;
    case 'signal':
      // Libraries that still listen (two copies of signal-exit wait for each other) would keep us from ending by it.
      process.removeAllListeners(how.signal);
      process.kill(process.pid, how.signal);
      return 128;
    case 'failed':
      throw how.error;
  }
}
