// The last hour as a strip of bars or columns, the worst of each bucket; buckets lie on fixed minutes, so old ones do not
// change.
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

interface Fit {
  /** The minute of the newest value. */
  readonly nowMs: number;
  readonly cells: number;
}

/** What was seen, in at most so many buckets of the same length on fixed minutes, the newest last. */
function bucketsOf<T>(minutes: readonly (T | undefined)[], {nowMs, cells}: Fit): readonly (readonly T[])[] {
  const per = Math.max(1, Math.ceil(minutes.length / cells));
  const nowMinute = Math.floor(nowMs / 60_000);
  const lastBucket = Math.floor(nowMinute / per);
  const firstBucket = lastBucket - Math.min(cells, Math.ceil(minutes.length / per)) + 1;
  const buckets: T[][] = Array.from({length: lastBucket - firstBucket + 1}, () => []);
  minutes.forEach((value, i) => {
    const bucket = Math.floor((nowMinute - (minutes.length - 1 - i)) / per) - firstBucket;
    if (value !== undefined) buckets[bucket]?.push(value);
  });
  return buckets;
}

/** Spans of the same tone become one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  for (const {text, tone} of spans) {
    const last = out.at(-1);
    if (last?.tone === tone) out[out.length - 1] = span(say`${last.text}${text}`, tone);
    else out.push(span(text, tone));
  }
  return out;
}

/** At most `cells` bars, newest last; minutes without a sample are spaces. */
export const strip = (minutes: readonly (Verdict | undefined)[], opts: Fit): readonly Span[] =>
  joined(
    bucketsOf(minutes, opts).map(bucket => {
      if (bucket.length === 0) return span(say` `);
      const {bar, tone} = bars[rollUp(bucket)];
      return span(bar, tone);
    }),
  );

const heights = [say`▁`, say`▂`, say`▃`, say`▄`, say`▅`, say`▆`, say`▇`, say`█`];

/** A line of columns from 0 to `most`, the largest of each bucket; minutes without a value are dots, never a height. */
export const spark = (
  minutes: readonly (number | undefined)[],
  {most, ...opts}: Fit & {readonly most: number},
): readonly Span[] =>
  joined(
    bucketsOf(minutes, opts).map(bucket => {
      if (bucket.length === 0) return span(say`·`, 'dim');
      const share = most === 0 ? 0 : Math.max(...bucket) / most;
      const height = Math.min(heights.length - 1, Math.floor(share * heights.length));
      return span(heights[height] ?? say`█`);
    }),
  );
