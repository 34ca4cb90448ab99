// The strict rule of R25, for `status --strict` and /healthz/strict: unknown is never green.
import type {SloRecord} from './slo-record.ts';

/** How often promises are evaluated; a record older than two of these says nothing about now. */
export const evaluateEveryMs = 15 * 60_000;

export type StrictColour = 'green' | 'red' | 'grey';

export interface StrictService {
  readonly service: string;
  readonly colour: StrictColour;
  readonly consumed: number | null;
  /** Why it is not green. */
  readonly why?: 'budget' | 'noData' | 'old' | 'coverage';
}

export interface Strict {
  /** Red as soon as one is red, else grey as soon as one is grey; undefined where nothing is promised. */
  readonly colour: StrictColour | undefined;
  readonly services: readonly StrictService[];
}

function judge(service: string, record: SloRecord | undefined, nowMs: number): StrictService {
  if (record === undefined) return {service, colour: 'grey', consumed: null, why: 'noData'};
  const {atMs, consumed, isOver, state} = record;
  if (nowMs - atMs > 2 * evaluateEveryMs) return {service, colour: 'grey', consumed, why: 'old'};
  if (isOver) return {service, colour: 'red', consumed, why: 'budget'};
  if (consumed === null) return {service, colour: 'grey', consumed, why: 'noData'};
  return state === 'unknown'
    ? {service, colour: 'grey', consumed, why: 'coverage'}
    : {service, colour: 'green', consumed};
}

/** Over the services that promise something, from what was kept of their newest evaluations. */
export function strictOf(
  promised: readonly string[],
  records: ReadonlyMap<string, SloRecord>,
  nowMs: number,
): Strict {
  const services = promised.map(service => judge(service, records.get(service), nowMs));
  const has = (colour: StrictColour): boolean => services.some(one => one.colour === colour);
  const colour = has('red') ? 'red' : has('grey') ? 'grey' : has('green') ? 'green' : undefined;
  return {colour, services};
}

export const strictWords: Record<NonNullable<StrictService['why']>, string> = {
  budget: 'more than 80 % of the error budget is used',
  noData: 'no data',
  old: 'the newest evaluation is older than two of its turns',
  coverage: 'less than 90 % of the window was seen',
};

/** Body and status of /healthz/strict. Without data it fails closed: 500, or what the caller says. */
export function strictAnswer(
  {colour, services}: Strict,
  noDataStatus = 500,
): {readonly status: number; readonly body: Readonly<Record<string, unknown>>} {
  const [worst] = [...services].sort((a, b) => (b.consumed ?? -1) - (a.consumed ?? -1));
  const used = worst?.consumed ?? null;
  if (colour === 'green') return {status: 200, body: {ok: true, slo: 'green', error_budget_used: used}};
  const why = services.find(one => one.colour === colour)?.why ?? 'noData';
  const body = {
    ok: false,
    slo: colour ?? 'grey',
    error_budget_used: used,
    reason: why,
    msg: strictWords[why],
  };
  return {status: colour === 'red' ? 500 : noDataStatus, body};
}
