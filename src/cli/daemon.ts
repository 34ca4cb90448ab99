// `daemon`: the monitor without a screen, for a service manager; one JSON object per line on standard output.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit} from '../domain/error.ts';
import {timestamp} from '../domain/time.ts';
import type {Verdict} from '../domain/verdict.ts';
import {createStation} from '../engine/monitor/index.ts';
import type {Station} from '../engine/monitor/index.ts';
import {anchorRegularly} from '../evidence/anchors/regularly.ts';
import {sealWhenIdle} from '../evidence/seal.ts';
import type {UptimeLog} from '../engine/uptime/index.ts';
import {announced} from './announced.ts';
import {sendOf} from './anchoring.ts';
import {keepHouse} from './housekeeping.ts';
import {keepSlos, uptimeLogIn} from './keeping-slos.ts';

type Say = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** Says once what changed since it was called last: who runs the monitor, hard states, problems. */
function reporter(station: () => Station, uptimeLog: UptimeLog, say: Say): () => void {
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
    const wrong = station().problem ?? uptimeLog.problem;
    if (wrong !== problem) {
      problem = wrong;
      say('problem', {message: problem ?? 'solved'});
    }
    for (const {spec, last, hard: state} of station().snapshot()) {
      const check = `${spec.service}/${spec.id}`;
      if (state === undefined || hard.get(check) === state) continue;
      const was = hard.get(check);
      hard.set(check, state);
      say('check', {check, state, ...(was === undefined ? {} : {was}), message: last?.message ?? ''});
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
    const uptimeLog = await uptimeLogIn(context, site);
    const station = createStation({
      site,
      checks: context.checks,
      ports: context,
      ledger,
      telemetry,
      onChange: () => {
        report();
      },
      onSample: uptimeLog.sample,
      excluded: announced(),
      who: `daemon (${context.actor.operator})`,
    });
    report = reporter(() => station, uptimeLog, say);
    await station.start();
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
    const endSlos = await keepSlos({
      context,
      site,
      ledger,
      station,
      onOutcome: ({conditions, problems}) => {
        for (const {service, name, window, tier, severity, at, isNew} of conditions)
          if (isNew)
            say('slo', {service, at, alert: name, ...(window === undefined ? {} : {window}), tier, severity});
        for (const message of problems) say('problem', {message});
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
    await aborted(context);
    anchoring?.stop();
    endSeals();
    endHousekeeping();
    endSlos();
    await station.stop('told to stop');
    await uptimeLog.close();
    say('stop', {});
    return exit.good;
  },
});
