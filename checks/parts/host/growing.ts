// Conditions on a number that was counted in a part of what there is: it can only be larger.
import type {Assertion} from '../expect.ts';
import type {Given} from '../condition.ts';
import {isObject} from '../json.ts';
import {meets} from '../operators.ts';

/** Which answer of an operator a larger number would not take back. */
const final: Readonly<Record<string, boolean>> = {gt: true, gte: true, lt: false, lte: false};

export interface Counted {
  readonly given: Given;
  /** Everything was counted. */
  readonly whole: boolean;
  /** Why not everything could be, for a message. */
  readonly why: string;
}

export const undecided = (one: Assertion, why: string): Assertion => ({
  ...one,
  ok: undefined,
  actual: `${one.actual}, ${why}`,
});

/** The assertions; those that what was not counted could change are undecided. */
export function meetsGrowing(what: string, value: number, {given, whole, why}: Counted): Assertion[] {
  if (whole) return meets(what, value, given, 0);
  const conditions: Readonly<Record<string, unknown>> = isObject(given) ? given : {eq: given};
  return Object.entries(conditions).flatMap(([operator, want]) =>
    meets(what, value, {[operator]: want}, 0).map(one =>
      one.ok === final[operator] ? one : undecided(one, why),
    ),
  );
}
