// Facts that a line states as `name=value`, and counters that are told by such lines.

const pair = /(?:^|[\s,{])([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,"']*))/g;

/** The pairs of a line; the last of a name counts. */
export function factsIn(line: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const [, name, double, single, bare] of line.matchAll(pair)) {
    const value = double?.replaceAll(/\\(.)/g, '$1') ?? single ?? bare;
    if (name !== undefined && value !== undefined) facts.set(name, value);
  }
  return facts;
}

/** What a counter did over some lines. */
export interface Counted {
  /** How much it grew, over resets. */
  readonly growth: number;
  /** How often it fell: whoever counts was started again. */
  readonly resets: number;
}

/**
 * The growth of a counter that begins at 0 and tells its value each time that it grows. `before`: the value that it last
 * told before these; without it the first line counts as one step, since what came before it is not known.
 */
export function growthOf(values: readonly number[], before: number | undefined): Counted {
  let growth = 0;
  let resets = 0;
  let last = before;
  for (const value of values) {
    if (last === undefined) growth += Math.min(1, value);
    else if (value >= last) growth += value - last;
    else {
      growth += value;
      resets += 1;
    }
    last = value;
  }
  return {growth, resets};
}
