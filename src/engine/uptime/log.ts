// logs/uptime.ndjson: a line for each slot of each check that decides about a service, as R23 has it.
import type {Service, Site} from '../../domain/site.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {NdjsonLog} from '../logs/index.ts';

/** Exactly these fields, in this order. */
export interface UptimeLine {
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly ts: string;
  readonly latency_ms: number;
  readonly ok: boolean;
  /** The HTTP status that came back, whatever it was; null where there was none. */
  readonly code: number | null;
}

/** Undefined for a look that saw nothing: it says neither up nor down. */
export function uptimeLine({at, durationMs, verdict, code}: CheckResult): UptimeLine | undefined {
  if (verdict === 'unknown' || verdict === 'skipped') return undefined;
  return {
    ts: `${at.slice(0, 19)}Z`,
    latency_ms: Math.round(durationMs),
    ok: verdict !== 'fail',
    code: code ?? null,
  };
}

/** Checks whose looks are the uptime of a service: those of its promise. */
const uptimeChecks = ({slo}: Service): readonly string[] => slo?.checks ?? [];

export interface UptimeLog {
  /** Takes every sample of the monitor; most are of other checks. */
  readonly sample: (result: CheckResult) => void;
  close(): Promise<void>;
  readonly problem: string | undefined;
}

export function createUptimeLog({services}: Pick<Site, 'services'>, log: NdjsonLog): UptimeLog {
  const wanted = new Set(
    services.flatMap(service => uptimeChecks(service).map(check => `${service.id}/${check}`)),
  );
  return {
    sample(result) {
      if (!wanted.has(`${result.service}/${result.check}`)) return;
      const line = uptimeLine(result);
      if (line === undefined) return;
      log.add({...line});
      void log.flush();
    },
    close: async () => log.flush(),
    get problem() {
      return log.problem;
    },
  };
}
