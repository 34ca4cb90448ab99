// How long looks took, as a small histogram: buckets 19 % wide, so that p50 and p95 of any period come from sums.

/** Pairs of bucket number (a byte) and count (LEB128), in ascending order of buckets. */
export type Spread = Uint8Array;

export const emptySpread: Spread = new Uint8Array(0);

const perDoubling = 4;
const lastBucket = 95;

/** 0 for less than a millisecond; bucket b holds 2^((b-1)/4) up to 2^(b/4) milliseconds, the last one all the rest. */
export const bucketOf = (ms: number): number =>
  ms < 1 ? 0 : Math.min(lastBucket, 1 + Math.floor(Math.log2(ms) * perDoubling));

const lowerEdge = (bucket: number): number => (bucket === 0 ? 0 : 2 ** ((bucket - 1) / perDoubling));
const upperEdge = (bucket: number): number => (bucket === 0 ? 1 : 2 ** (bucket / perDoubling));

/** Counts by bucket; what is cut short is read as far as it goes. */
export function readSpread(spread: Spread): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < spread.length;) {
    const bucket = spread[at++] ?? 0;
    let [count, scale] = [0, 1];
    for (let isMore = true; isMore && at < spread.length; scale *= 128) {
      const byte = spread[at++] ?? 0;
      count += (byte & 127) * scale;
      isMore = byte >= 128;
    }
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return counts;
}

export function writeSpread(counts: ReadonlyMap<number, number>): Spread {
  const bytes: number[] = [];
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (count === 0) continue;
    bytes.push(bucket);
    let rest = count;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** The time that this share of the looks took at most, in milliseconds; undefined without any. */
export function quantile(
  spread: Spread,
  share: number,
  {leastMs, mostMs}: {readonly leastMs: number; readonly mostMs: number},
): number | undefined {
  const counts = [...readSpread(spread)].sort(([a], [b]) => a - b);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  let before = 0;
  for (const [bucket, count] of counts) {
    if (before + count >= share * total) {
      const inside = count === 0 ? 0 : (share * total - before) / count;
      const ms = lowerEdge(bucket) + inside * (upperEdge(bucket) - lowerEdge(bucket));
      return Math.round(Math.min(mostMs, Math.max(leastMs, ms)));
    }
    before += count;
  }
  return mostMs;
}
