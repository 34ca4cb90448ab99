// The last hour as a strip of bars, the worst of each bucket; buckets lie on fixed minutes, so old ones do not change.
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {rollUp} from '../../src/domain/verdict.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import type {Span, Tone} from '../../src/define-screen.ts';
import {span} from './line.ts';

const bars: Record<Verdict, {readonly bar: Shown; readonly tone: Tone}> = {
  pass: {bar: say`▇`, tone: 'good'},
  warn: {bar: say`▅`, tone: 'warn'},
  fail: {bar: say`▁`, tone: 'bad'},
  unknown: {bar: say`·`, tone: 'unknown'},
  skipped: {bar: say`·`, tone: 'dim'},
};

/** At most `cells` bars, newest last; minutes without a sample are spaces. */
export function strip(
  minutes: readonly (Verdict | undefined)[],
  opts: {nowMs: number; cells: number},
): readonly Span[] {
  const {nowMs, cells} = opts;
  const per = Math.max(1, Math.ceil(minutes.length / cells));
  const nowMinute = Math.floor(nowMs / 60_000);
  const lastBucket = Math.floor(nowMinute / per);
  const firstBucket = lastBucket - Math.min(cells, Math.ceil(minutes.length / per)) + 1;
  const buckets: Verdict[][] = Array.from({length: lastBucket - firstBucket + 1}, () => []);
  minutes.forEach((verdict, i) => {
    const bucket = Math.floor((nowMinute - (minutes.length - 1 - i)) / per) - firstBucket;
    if (verdict !== undefined) buckets[bucket]?.push(verdict);
  });
  const out: Span[] = [];
  for (const bucket of buckets) {
    const look = bucket.length === 0 ? {bar: say` `, tone: 'plain' as const} : bars[rollUp(bucket)];
    const last = out.at(-1);
    if (last?.tone === look.tone) out[out.length - 1] = span(say`${last.text}${look.bar}`, last.tone);
    else out.push(span(look.bar, look.tone));
  }
  return out;
}
