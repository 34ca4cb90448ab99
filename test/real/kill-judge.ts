// What must hold of a run's entries and of what its steps left outside, whatever was killed when.
import {expect} from 'vitest';
import type {Line} from '../e2e/ledger-lines.ts';
import {steps} from './kill-book.ts';

/** The step that the run stands at, by its entries alone; one more than there are when all are done. */
export function standsAt(entries: readonly Line[]): number {
  const isDone = (step: string): boolean => {
    const last = entries.findLast(
      entry =>
        entry.step === step &&
        ((entry.kind === 'step.outcome' && entry.body['verdict'] === 'pass') ||
          (entry.kind === 'step.decide' && entry.body['answer'] === 'happened')),
    );
    return last !== undefined;
  };
  return Array.from({length: steps}, (_, i) => i + 1).find(n => !isDone(`step-${n}`)) ?? steps + 1;
}

/** A decision that lets this step be tried once more. */
export const isAgain =
  (step: number) =>
  ({kind, step: name, body}: Line): boolean =>
    kind === 'step.decide' &&
    name === `step-${step}` &&
    (body['answer'] === 'retry' || body['answer'] === 'did-not-happen');

/** How attempts ended. */
export interface Ends {
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notStarted: number;
}

/** Each attempt of each step is proven done, proven not started, or was declared unknown and decided upon. */
export function judge(entries: readonly Line[], traces: readonly string[], run: string): Ends {
  const seen = {done: 0, failed: 0, unknown: 0, notStarted: 0};
  for (let step = 1; step <= steps; step += 1) {
    const name = `step-${step}`;
    const own = entries.filter(entry => entry.step === name);
    const again = own.filter(isAgain(step));
    for (let attempt = 1; attempt <= again.length + 1; attempt += 1) {
      const what = `${run}/${name}#${attempt}`;
      const done = traces.filter(trace => trace === what).length;
      const mine = own.filter(entry => entry.body['attempt'] === attempt);
      const intents = mine.filter(({kind}) => kind === 'step.intent');
      const ends = mine.filter(
        ({kind, of}) => (kind === 'step.outcome' || kind === 'step.unknown') && of === intents[0]?.seq,
      );
      expect(intents.length, `intents of ${what}`).toBeLessThanOrEqual(1);
      expect(done, `traces of ${what}`).toBeLessThanOrEqual(1);
      seen.notStarted += mine.filter(({kind}) => kind === 'step.confirm').length - intents.length;
      if (intents[0] === undefined) {
        expect(done, `${what} left a trace and has no intent`).toBe(0);
        continue;
      }
      expect(ends.length, `ends of ${what}`).toBeGreaterThanOrEqual(1);
      const outcome = ends.find(({kind}) => kind === 'step.outcome');
      if (outcome === undefined) {
        seen.unknown += 1;
        const decision = mine.find(({kind, seq}) => kind === 'step.decide' && seq > (ends[0]?.seq ?? 0));
        expect(decision?.body['answer'], what).toBe(done === 1 ? 'happened' : 'did-not-happen');
      } else if (outcome.body['verdict'] === 'pass') {
        seen.done += 1;
        expect(done, `${what} passed`).toBe(1);
      } else seen.failed += 1;
      // The confirmation that it rests on names this attempt, and comes before it.
      const confirm = own.find(({seq}) => seq === intents[0]?.body['confirm']);
      expect(confirm, `the confirmation of ${what}`).toMatchObject({kind: 'step.confirm', body: {attempt}});
    }
  }
  return seen;
}
