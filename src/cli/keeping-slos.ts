// The logs and evaluations of uptime and promises, for whoever runs the monitor: the daemon and the console.
import type {CommandContext} from '../define.ts';
import type {Site} from '../domain/site.ts';
import {createNdjsonLog} from '../engine/logs/index.ts';
import type {Station} from '../engine/monitor/index.ts';
import {createSloJob, evaluateRegularly} from '../engine/slo/index.ts';
import type {SloJobOutcome} from '../engine/slo/index.ts';
import {createUptimeLog} from '../engine/uptime/index.ts';
import type {UptimeLog} from '../engine/uptime/index.ts';
import type {Cancel, Ledger} from '../ports.ts';
import {announced} from './announced.ts';

type Places = Pick<CommandContext, 'files' | 'homeDir'>;

const logIn = async ({files, homeDir}: Places, name: string) =>
  createNdjsonLog({files, dir: `${await homeDir()}/logs`, name});

/** logs/uptime.ndjson of the data directory; `sample` is for the monitor. */
export const uptimeLogIn = async (places: Places, site: Site): Promise<UptimeLog> =>
  createUptimeLog(site, await logIn(places, 'uptime'));

export interface KeepSlos {
  readonly context: CommandContext;
  readonly site: Site;
  readonly ledger: Ledger;
  readonly station: Pick<Station, 'mode'>;
  readonly onOutcome: (outcome: SloJobOutcome) => void;
}

/** Evaluates by the clock until it is ended. */
export async function keepSlos({context, site, ledger, station, onOutcome}: KeepSlos): Promise<Cancel> {
  const {clock} = context;
  const job = createSloJob({
    site,
    rollups: await context.telemetry(),
    ledger,
    clock,
    log: await logIn(context, 'slo_guard'),
    excluded: announced(),
  });
  return evaluateRegularly({clock, job, isMine: () => station.mode().at === 'here', onOutcome});
}
