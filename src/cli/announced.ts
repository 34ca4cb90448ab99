// Maintenance as uptime and promises count it: what repeats in the site file, and what was set before it began.
import type {CommandContext} from '../define.ts';
import {maintenanceKinds, spansOn, toldBy, windowsAfter, type Window} from '../domain/maintenance.ts';
import type {Site} from '../domain/site.ts';
import {excludedBy} from '../domain/slo-maintenance.ts';
import type {Span} from '../domain/local-time.ts';
import {covers, type Target} from '../domain/scope.ts';
import type {Excluded} from '../rollup-ports.ts';

const dayMs = 86_400_000;
/** Days of checks whose repeating windows are remembered: working them out in another time zone takes a while. */
const mostDays = 20_000;

type Planned = Pick<Site, 'services' | 'maintenance'>;

/** Asks for the windows each time, so that one that is set while this runs counts from its beginning. */
export function announced(
  {services, maintenance: recurring = []}: Planned,
  windows: () => readonly Window[],
): Excluded {
  const labels = new Map(services.map(({id, labels: own}) => [id, own]));
  const days = new Map<string, readonly Span[]>();
  const repeating = (target: Target, atMs: number): readonly Span[] => {
    const fromMs = Math.floor(atMs / dayMs) * dayMs;
    const key = `${target.service}/${target.check ?? ''}@${fromMs}`;
    const known = days.get(key);
    if (known !== undefined) return known;
    if (days.size >= mostDays) days.clear();
    const spans = spansOn({set: [], recurring}, target, {fromMs, untilMs: fromMs + dayMs});
    days.set(key, spans);
    return spans;
  };
  return (check, atMs) => {
    const target = {...check, labels: labels.get(check.service) ?? []};
    const set = windows().map(({fromMs, untilMs, endedMs, recordedMs, on}) => ({
      fromMs,
      untilMs: Math.min(untilMs, endedMs ?? untilMs),
      recordedMs,
      covers: () => covers(on, target),
    }));
    if (set.length > 0 && excludedBy(set)(check, atMs)) return true;
    if (recurring.length === 0) return false;
    return repeating(target, atMs).some(({fromMs, untilMs}) => atMs >= fromMs && atMs < untilMs);
  };
}

/** For a command that only reads: the windows of the ledger as it is now; none where there is no ledger yet. */
export async function announcedNow(context: CommandContext): Promise<Excluded> {
  const site = await context.site();
  const entries = await context.ledgerFiles
    .openToRead(await context.homeDir())
    .then(async ledger => ledger.read({kinds: [...maintenanceKinds]}).finally(async () => ledger.close()))
    .catch(() => []);
  const windows = windowsAfter(entries.flatMap(entry => toldBy(entry) ?? []));
  return announced(site, () => windows);
}
