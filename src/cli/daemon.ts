// `daemon`: the monitor without a screen, for a service manager; one JSON object per line on standard output.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit} from '../domain/error.ts';
import {timestamp} from '../domain/time.ts';
import type {Verdict} from '../domain/verdict.ts';
import type {Window} from '../domain/maintenance.ts';
import {createStation} from '../engine/monitor/index.ts';
import type {Station} from '../engine/monitor/index.ts';
import {createSloWatch} from '../engine/slo/index.ts';
import type {Cancel} from '../ports.ts';
import {anchorRegularly} from '../evidence/anchors/regularly.ts';
import {sealWhenIdle} from '../evidence/seal.ts';
import {alertsHere, promisesSource} from './alerting.ts';
import {sendOf} from './anchoring.ts';
import {keepHouse} from './housekeeping.ts';
import type {Scheduler} from '../engine/schedule/index.ts';
import {announced} from './announced.ts';
import {scheduleHere} from './schedule-desk.ts';
import {sloJob, uptimeLog} from './slo-job.ts';

const collectMs = 200;
const settledMs = 75_000;

type Say = (event: string, fields: Readonly<Record<string, unknown>>) => void;

interface Reported {
  readonly station: () => Station;
  /** What is wrong with the alerts; undefined when nothing is. */
  readonly alerts: () => string | undefined;
}

/** Says once what changed since it was called last: who runs the monitor, hard states, problems. */
function reporter({station, alerts}: Reported, say: Say): () => void {
  const hard = new Map<string, Verdict | undefined>();
  let mode = '';
  let problem: string | undefined;
  return () => {
    const now = station().mode();
    const name = now.at === 'elsewhere' ? `elsewhere ${now.holder.pid}` : now.at;
    if (name !== mode) {
      mode = name;
      const holder = now.at === 'elsewhere' ? {who: now.holder.who, pid: now.holder.pid} : {};
      say('monitor', {at: now.at, ...holder, ...(now.at === 'off' ? {why: now.why} : {})});
    }
    const wrong = station().problem ?? alerts();
    if (wrong !== problem) {
      problem = wrong;
      say('problem', {message: problem ?? 'solved'});
    }
    for (const {spec, last, hard: state} of station().snapshot()) {
      const check = `${spec.service}/${spec.id}`;
      if (state === undefined || hard.get(check) === state) continue;
      const was = hard.get(check);
      hard.set(check, state);
      // A restored state may be older than the look, which then says something else.
      const message = last?.verdict === state ? last.message : '';
      say('check', {check, state, ...(was === undefined ? {} : {was}), message});
    }
  };
}

/** Says how each job ended. */
function jobReporter(schedule: () => Scheduler, say: Say, sinceMs: number): () => void {
  const ended = new Map<string, number>();
  return () => {
    for (const {job, record} of schedule().states()) {
      if (record?.endedMs === undefined || record.endedMs === ended.get(job.id)) continue;
      // How jobs ended before this daemon is no news.
      if (record.endedMs < sinceMs) continue;
      ended.set(job.id, record.endedMs);
      // What belongs to the program itself is worth a line only when it went wrong.
      if (job.work.at === 'own' && record.outcome === 'passed') continue;
      say('job', {job: job.id, outcome: record.outcome, message: record.message});
    }
  };
}

const aborted = async ({signal}: CommandContext): Promise<void> => {
  if (signal.aborted) return;
  await new Promise<void>(resolve => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      {once: true},
    );
  });
};

export const daemon = defineCommand({
  name: 'daemon',
  summary: 'the monitor without a screen, until SIGTERM; waits while another process has it',
  examples: [{line: 'quarterdeck --site /etc/quarterdeck/acme daemon', does: 'for a systemd unit'}],
  input: z.strictObject({args: z.array(z.string()).max(0).default([])}),
  run: async (_input, context) => {
    const site = await context.site();
    const ledger = await context.ledger();
    const telemetry = await context.telemetry();
    const say: Say = (event, fields) => {
      context.talk.json({time: timestamp(context.clock.nowMs()), event, ...fields});
    };
    if (ledger.readOnly !== undefined)
      say('problem', {message: `the ledger cannot be written: ${ledger.readOnly}`});
    if (site.trust.at !== 'trusted') say('problem', {message: `the site is not trusted: ${site.trust.why}`});
    let report = (): void => undefined;
    let look = (): void => undefined;
    let told: Cancel | undefined;
    /** With many checks something changes all the time: what there is to say is gathered. */
    const changed = (): void => {
      told ??= context.clock.after(collectMs, () => {
        told = undefined;
        report();
        look();
      });
    };
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
      onChange: changed,
      who: `daemon (${context.actor.operator})`,
      onSample: uptime.sample,
      excluded,
    });
    const promises = createSloWatch({
      site,
      rollups: telemetry,
      clock: context.clock,
      excluded,
      isMine: () => station.mode().at === 'here',
      onChange: () => {
        look();
      },
    });
    const alerts = alertsHere(context, {
      site,
      ledger,
      outbox: await context.outbox(),
      station,
      sources: [promisesSource(promises)],
      onChange: ({opened, closed}) => {
        for (const {alert, key, severity, title} of opened)
          say('alert', {alert, at: 'open', key, severity, title});
        for (const {alert, key, closed: end} of closed)
          say('alert', {alert, at: 'closed', key, why: end?.why});
      },
      onSent: (channel, {at, message}, told) => {
        say('notice', {channel, ok: at === 'sent', message, alerts: told});
      },
    });
    windows = () => alerts.book().windows;
    report = reporter({station: () => station, alerts: () => alerts.problem ?? promises.problem}, say);
    look = () => {
      alerts.changed();
    };
    for (const message of site.alerts?.problems ?? []) say('problem', {message});
    await station.start();
    await alerts.start();
    promises.start();
    const schedule = scheduleHere({
      site,
      checks: context.checks,
      ports: context,
      ledger,
      secrets: context.secrets,
      slo: sloJob({site, ledger, telemetry, home, context, excluded, evaluate: promises.evaluate}),
      station,
      home,
      onChange: jobReporter(() => schedule, say, context.clock.nowMs()),
    });
    await schedule.start();
    say('start', {site: site.name, services: site.services.length, checks: station.snapshot().length});
    report();
    const endSeals = sealWhenIdle({
      ledger,
      clock: context.clock,
      onSeal: ({checkpointSize, checkpointRoot}) => {
        say('seal', {size: checkpointSize, root: checkpointRoot});
      },
      onProblem: message => {
        say('problem', {message});
      },
    });
    const endHousekeeping = keepHouse({context, site, ledger, say});
    const send = sendOf(site, ledger, context);
    const anchoring =
      send === undefined
        ? undefined
        : anchorRegularly({
            clock: context.clock,
            isMine: () => station.mode().at === 'here',
            send,
            onAnswers: answers => {
              for (const {anchor, at, size, message, isRecorded} of answers)
                if (isRecorded) say('anchor', {anchor: anchor.name, ok: at === 'sent', size, message});
            },
          });
    // Reading the site, and looking at everything at once in the first minute, took most of it.
    const cancelGiveBack = context.clock.after(settledMs, () => {
      context.giveBackMemory();
    });
    await aborted(context);
    cancelGiveBack();
    anchoring?.stop();
    endSeals();
    endHousekeeping();
    await promises.stop();
    await alerts.stop();
    await schedule.stop();
    await station.stop('told to stop');
    told?.();
    report();
    await uptime.close();
    say('stop', {});
    return exit.good;
  },
});
