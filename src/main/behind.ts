// What stands behind the screen: ledger, monitor, runs. Loaded after the first frame, which waits for none of it.
import type {Bell} from '../alert-ports.ts';
import {announced} from '../cli/announced.ts';
import {deskOf} from '../cli/alert-desk.ts';
import {alertsHere, promisesSource} from '../cli/alerting.ts';
import {scheduleHere} from '../cli/schedule-desk.ts';
import {sloJob, uptimeLog} from '../cli/slo-job.ts';
import {openDesk} from '../cli/run-desk.ts';
import {takenIn} from '../domain/alert.ts';
import {QdError} from '../domain/error.ts';
import {say, type Shown} from '../domain/show.ts';
import type {Window} from '../domain/maintenance.ts';
import type {Site} from '../domain/site.ts';
import {closeExpired} from '../engine/glasses.ts';
import {createStation} from '../engine/monitor/index.ts';
import {createSloWatch} from '../engine/slo/index.ts';
import {tellingFinish} from '../evidence/anchors/regularly.ts';
import type {Ledger} from '../ports.ts';
import {startOnTerminal} from '../adapters/runners.ts';
import type {Actions, RunView} from '../state/model.ts';
import {openRunOf} from '../state/select.ts';
import type {ConsoleStore} from '../state/store.ts';
import type {Lend} from '../terminal/lend.ts';
import {anchorHere} from './anchoring.ts';
import {absentLedger} from './absent-ledger.ts';
import type {Opened} from './context.ts';
import {feedAlerts} from './feed/feed-alerts.ts';
import {feedGlasses} from './feed/feed-glasses.ts';
import {feedLedger} from './feed/feed-ledger.ts';
import {feedHistory} from './feed/feed-history.ts';
import {feedRunbooks} from './feed/feed-runbooks.ts';
import {feedRuns} from './feed/feed-runs.ts';
import {feedSchedule} from './feed/feed-schedule.ts';
import {feedServices} from './feed/feed-services.ts';
import {feedSlos} from './feed/feed-slos.ts';
import {guardedLedger} from './guarded-ledger.ts';
import {paths} from './paths.ts';
import {verifyHere} from './verify.ts';

/** What the screen's actions do; each may fail, which the caller tells. */
export type Doings = {
  readonly [name in keyof Omit<Actions, 'dismissNotice' | 'fault' | 'copy'>]: (
    ...given: Parameters<Actions[name]>
  ) => Promise<void>;
};

export interface Behind {
  readonly doings: Doings;
}

export interface BehindRequest {
  readonly opened: Opened;
  readonly site: Site;
  readonly store: ConsoleStore;
  /** Filled with what is to be put away, in the order of opening. */
  readonly closing: (() => Promise<void> | void)[];
  readonly tell: (level: 'error' | 'info', text: string) => void;
  /** The terminal's bell. */
  readonly ring: () => void;
  /** Lends the terminal to a program of a step. */
  readonly lend: Lend;
  /** How long an answer of the terminal takes, for the grace of confirmations. */
  readonly roundTripMs: () => number;
}

/** Everything that the first frame did not wait for. */
export async function openBehind(request: BehindRequest): Promise<Behind> {
  const {opened, site, store, closing, tell, ring, lend, roundTripMs} = request;
  const {context} = opened;
  const trustWords = site.trust.at === 'trusted' ? undefined : `site not trusted: ${site.trust.why}`;
  let repaint = (): void => undefined;
  const readOnly = (why: string | undefined): void => {
    const {session} = store.api.getState().app;
    const words = why ?? trustWords;
    store.feed({session: {...session, readOnly: words === undefined ? undefined : say`${words}`}});
    repaint();
  };
  const dir = await context.homeDir();
  const inner = await context.ledger().catch(orAbsent(dir));
  let finished = (): void => undefined;
  const guarded = guardedLedger({ledger: inner, onTrouble: readOnly, clock: context.clock});
  const ledger = tellingFinish(guarded, () => finished());
  readOnly(ledger.readOnly);
  if (ledger.readOnly !== undefined) tell('error', ledger.readOnly);

  const telemetry = await context.telemetry();
  const runbooks = await context.runbooks();
  feedRunbooks(store, runbooks);
  let changed = (): void => undefined;
  let look = (): void => undefined;
  const home = await context.homeDir();
  const uptime = uptimeLog(site, home, context);
  let windows: () => readonly Window[] = () => [];
  const excluded = announced(site, () => windows());
  const station = createStation({
    site,
    checks: context.checks,
    ports: context,
    ledger,
    telemetry,
    onChange: () => {
      changed();
      look();
    },
    who: `console (${context.actor.operator})`,
    onSample: uptime.sample,
    excluded,
  });
  let taken: () => ReadonlyMap<string, string> = () => new Map();
  const services = feedServices({
    store,
    site,
    station,
    telemetry,
    runbooks,
    clock: context.clock,
    taken: () => taken(),
  });
  changed = services.changed;
  closing.push(async () => {
    services.close();
    await station.stop('console closed');
    await uptime.close();
  });
  await station.start();
  services.changed();

  const promises = createSloWatch({
    site,
    rollups: telemetry,
    clock: context.clock,
    excluded,
    isMine: () => station.mode().at === 'here',
    onChange: () => look(),
  });
  const bell: Bell = {
    ring({text, isLoud}) {
      tell(isLoud ? 'error' : 'info', text);
      if (isLoud) ring();
      return true;
    },
  };
  const outbox = await context.outbox();
  const alerts = alertsHere(
    {...context, bell},
    {site, ledger, outbox, station, sources: [promisesSource(promises)]},
  );
  windows = () => alerts.book().windows;
  taken = () => takenIn(alerts.book());
  look = () => alerts.changed();
  closing.push(async () => {
    await promises.stop();
    await alerts.stop();
  });
  await alerts.start();
  promises.start();
  const alertFeed = feedAlerts({
    store,
    site,
    ledger,
    clock: context.clock,
    outbox,
    station,
    alerts,
    desk: await deskOf(context, ledger, () => alerts.book()),
    tell,
  });

  let jobsChanged = (): void => undefined;
  const jobDesk = {
    site,
    checks: context.checks,
    ports: context,
    ledger,
    secrets: context.secrets,
    slo: sloJob({site, ledger, telemetry, home, context, excluded, evaluate: promises.evaluate}),
  };
  const scheduler = scheduleHere({...jobDesk, station, home, onChange: () => jobsChanged()});
  closing.push(async () => scheduler.stop());
  await scheduler.start();
  const jobs = feedSchedule({...jobDesk, store, home, station, scheduler, tell});
  jobsChanged = () => jobs.changed();
  closing.push(async () => jobs.close());

  const anchoring = anchorHere({site, ledger, context, station, tell});
  finished = () => anchoring?.now();
  closing.push(() => anchoring?.stop());

  const terminal = async (job: string): Promise<{readonly said: string}> => {
    const program = {node: process.execPath, entry: paths.runner, dir: ledger.dir};
    return lend(async () => startOnTerminal(job, program), lendingWords(store.api.getState().app.run));
  };
  const desk = await openDesk(
    {...context, ledger: () => Promise.resolve(ledger)},
    {source: 'keys', terminal, roundTripMs},
  );
  const glasses = feedGlasses({
    store,
    ledger,
    clock: context.clock,
    onExpired: async () => {
      await closeExpired(ledger, context.clock);
    },
    tell,
  });
  const slos = feedSlos({store, site, rollups: telemetry, clock: context.clock, excluded});
  const history = feedHistory({store, site, rollups: telemetry, ledger, clock: context.clock});
  const log = feedLedger({store, ledger, anchors: site.anchors ?? []});
  const runs = feedRuns({store, desk, ledger, onAttended: services.attended, tell});
  repaint = () => void runs.repaint();
  closing.push(() => {
    repaint = () => undefined;
    runs.close();
    glasses.close();
    alertFeed.close();
    slos.close();
    history.close();
    log.close();
    guarded.rest();
  });
  await Promise.all([log.refresh(), runs.refresh(), glasses.refresh(), jobs.refresh()]);
  const left = openRunOf(store.api.getState().app);
  if (left !== undefined)
    tell('info', `Run ${left.short} is open: ${left.title}. O goes to the step where it stands.`);
  return {
    doings: {
      checkNow: async service => station.checkNow(service),
      openRun: async run => runs.open(run),
      startRun: async run => runs.start(run),
      answer: async answer => runs.answer(answer),
      showEntry: async seq => log.show(seq),
      ledgerWindow: async (_from, count) => log.window(count),
      entriesOf: async run => log.entriesOf(run),
      ackAlerts: async (...what) => alertFeed.ack(...what),
      silence: async what => alertFeed.silence(what),
      liftSilence: async id => alertFeed.lift(id),
      runJob: async job => jobs.run(job),
      pauseJob: async (...what) => jobs.pause(...what),
      resumeJob: async job => jobs.resume(job),
      verify: async () => verifyHere(context, ledger, store),
      exportEvidence: async (scope, named) => {
        const {exportHere} = await import('./export.ts');
        await exportHere(context, {ledger, store}, {scope, named});
      },
    },
  };
}

/** What stands above a program that takes the terminal: the step, what runs, and where. */
function lendingWords(run: RunView | undefined): readonly Shown[] {
  const {detail} = run ?? {};
  if (detail === undefined) return [];
  return [say`── ${detail.title}`, ...detail.command.map(line => say`   $ ${line}`), say`   on ${detail.on}`];
}

const orAbsent =
  (dir: string) =>
  (error: unknown): Ledger => {
    if (error instanceof QdError) return absentLedger(dir, error);
    throw error;
  };
