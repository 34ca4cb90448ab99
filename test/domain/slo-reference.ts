// The formulas of reference §4.3 written down slowly: one letter per slot, counted one by one, in exact fractions.

/** Good, bad, excluded, unknown; `.` is a slot before the record began. */
export type Letter = 'G' | 'B' | 'X' | 'U' | '.';

const count = (slots: readonly Letter[], ...letters: readonly Letter[]): number => {
  let found = 0;
  for (const slot of slots) if (letters.includes(slot)) found += 1;
  return found;
};

/** An exact share; undefined where nothing is divided. */
export type Fraction = {readonly num: bigint; readonly den: bigint} | undefined;

const fraction = (num: number | bigint, den: number | bigint): Fraction =>
  BigInt(den) === 0n ? undefined : {num: BigInt(num), den: BigInt(den)};

export const asNumber = (value: Fraction): number | null =>
  value === undefined ? null : Number((value.num * 10n ** 15n) / value.den) / 1e15;

export const isMore = (a: Fraction, num: number, den: number): boolean =>
  a !== undefined && a.num * BigInt(den) > BigInt(num) * a.den;

/** The share of ten million that may be bad. */
const whole = 10_000_000;

export interface Reference {
  readonly availability: Fraction;
  readonly strict: Fraction;
  readonly generous: Fraction;
  readonly coverage: Fraction;
  readonly consumed: Fraction;
}

/** `slots` is the whole window, N long. */
export function reference(slots: readonly Letter[], budgetParts: number): Reference {
  const [good, bad, excluded, unknown] = [
    count(slots, 'G'),
    count(slots, 'B'),
    count(slots, 'X'),
    count(slots, 'U'),
  ];
  const recorded = slots.length - count(slots, '.');
  const allowed = BigInt(budgetParts) * BigInt(slots.length - excluded);
  return {
    availability: fraction(good, good + bad),
    strict: fraction(good, recorded - excluded),
    generous: fraction(good + unknown, recorded - excluded),
    coverage: fraction(good + bad + excluded, recorded),
    consumed:
      good + bad === 0
        ? undefined
        : bad === 0
          ? fraction(0, 1)
          : allowed === 0n
            ? fraction(1, 1)
            : fraction(BigInt(bad) * BigInt(whole), allowed),
  };
}

/** bad / (good + bad) / budget of the newest slots. */
function burn(slots: readonly Letter[], newest: number, budgetParts: number): Fraction {
  const part = slots.slice(-newest);
  const bad = count(part, 'B');
  const seen = count(part, 'G', 'B');
  return fraction(BigInt(bad) * BigInt(whole), BigInt(seen) * BigInt(budgetParts));
}

/** Whether an alert over two windows fires now. */
export function fires(
  slots: readonly Letter[],
  {long, short, factorTenths}: {readonly long: number; readonly short: number; readonly factorTenths: number},
  {budgetParts, minBad}: {readonly budgetParts: number; readonly minBad: number},
): boolean {
  return (
    isMore(burn(slots, long, budgetParts), factorTenths, 10) &&
    isMore(burn(slots, short, budgetParts), factorTenths, 10) &&
    count(slots.slice(-long), 'B') >= minBad &&
    count(slots.slice(-short), 'G', 'B') * 10 >= short * 8
  );
}
