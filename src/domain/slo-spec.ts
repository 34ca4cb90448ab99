// What a service promises: how much of which window may go wrong, and what counts as wrong.

/** The budget is kept in parts of ten million, so that every comparison is one of whole numbers. */
export const wholeParts = 10_000_000;

export const missingPolicies = ['unknown', 'bad', 'exclude'] as const;
/** What a slot without a result counts as. */
export type MissingPolicy = (typeof missingPolicies)[number];

export const sloMethods = ['timeslices', 'occurrences'] as const;
/** `timeslices` counts slots; `occurrences` counts what happened in them (good of all). */
export type SloMethod = (typeof sloMethods)[number];

export interface Slo {
  /** What may go wrong, in parts of ten million: 50,000 for a target of 99.5 %. */
  readonly budgetParts: number;
  readonly windowMs: number;
  /** The checks that decide, by their names in the service. */
  readonly checks: readonly string[];
  /** Length of a slot: at least a minute, a whole part of an hour, and no shorter than the slowest check is apart. */
  readonly slotMs: number;
  readonly method: SloMethod;
  readonly missing: MissingPolicy;
  /** Fewer bad slots than this in the long window raise no burn alert. */
  readonly minBad: number;
  /** So much of the short window must have a result before a burn alert is raised; a percentage. */
  readonly minSamplesPercent: number;
}

export const sloDefaults = {
  budgetParts: 50_000,
  windowMs: 30 * 86_400_000,
  minBad: 3,
  minSamplesPercent: 80,
} as const;

const minuteMs = 60_000;
const slotMinutes = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60] as const;

/** The slot of checks that are so far apart, the slowest first; undefined when an hour cannot hold one. */
export function slotFor(slowestMs: number): number | undefined {
  const minutes = slotMinutes.find(count => count * minuteMs >= slowestMs);
  return minutes === undefined ? undefined : minutes * minuteMs;
}

/** `99.5%` or `0.995` → 50,000; undefined when it is no target, or finer than can be kept. */
export function budgetPartsOf(text: string): number | undefined {
  const [, whole = '', fraction = '', percent] = /^(\d{1,3})(?:\.(\d{1,7}))?\s?(%)?$/.exec(text.trim()) ?? [];
  if (whole === '') return undefined;
  const digits = percent === undefined ? 7 : 5;
  const rest = fraction.replace(/0+$/, '');
  if (rest.length > digits) return undefined;
  const target = Number(whole + rest.padEnd(digits, '0'));
  return target > 0 && target <= wholeParts ? wholeParts - target : undefined;
}

/** `99.5 %`. */
export const targetText = (budgetParts: number): string => {
  const digits = String(wholeParts - budgetParts).padStart(6, '0');
  const fraction = digits.slice(-5).replace(/0+$/, '');
  return `${digits.slice(0, -5)}${fraction === '' ? '' : `.${fraction}`} %`;
};

/** A share as a percentage, cut and never rounded up: 99.999 % is not 100.00 %. */
export function percent(share: number, digits = 2): string {
  const scale = 10 ** digits;
  // 0.996 * 100 is 99.6 only after the last bits of the product are given up.
  return `${(Math.floor(share * 100 * scale + 1e-7) / scale).toFixed(digits)} %`;
}
