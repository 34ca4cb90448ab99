import {expect, test} from 'vitest';
import {footer} from '../../screens/parts/frame.ts';
import {lineWidth} from '../../screens/parts/line.ts';
import {say} from '../../src/domain/show.ts';
import type {LedgerView} from '../../src/state/model.ts';
import {noon, sample} from '../helpers/sample-state.ts';

const minutes = 60_000;
const of = (patch: Partial<LedgerView>) => {
  const app = sample();
  return footer({...app, ledger: {...app.ledger, ...patch}});
};
const text = (patch: Partial<LedgerView>): string =>
  of(patch)
    .map(span => span.text)
    .join('');
const far = {at: 'off-host', size: 4_100, atMs: noon - 12 * minutes, failing: 0} as const;

test.each<[LedgerView['carried'], string]>([
  [{at: 'unknown'}, 'ledger 4,196'],
  [{at: 'local'}, 'ledger 4,196 · local only'],
  [far, 'ledger 4,196 · off-host 4,100 10m ago'],
  [{...far, atMs: noon - 5_000}, 'ledger 4,196 · off-host 4,100 now'],
  [{...far, failing: 1}, 'ledger 4,196 · off-host 4,100 10m ago, 1 FAILED'],
  [{at: 'failed', last: undefined}, 'ledger 4,196 · off-host FAILED'],
  [{at: 'failed', last: far}, 'ledger 4,196 · off-host FAILED, 4,100 10m ago'],
])('%j', (carried, words) => {
  expect(text({carried})).toBe(words);
});

test('a failure is in a warning tone', () => {
  const tones = (carried: LedgerView['carried']) =>
    of({carried}).flatMap(span => (span.text.includes('FAILED') ? [span.tone] : []));
  expect(tones({at: 'failed', last: undefined})).toEqual(['warn']);
  expect(tones({...far, failing: 1})).toEqual(['warn']);
});

test('a tick stands only after a verification that held, with the size that it covers', () => {
  const done = (verified: boolean, size: number) =>
    ({at: 'done', verified, size, text: say`intact`}) as const;
  expect(text({verify: {at: 'never'}})).not.toContain('✔');
  expect(text({verify: {at: 'running', done: 9, total: 10}})).not.toContain('✔');
  expect(text({verify: done(false, 4_196)})).not.toContain('✔');
  expect(text({verify: done(true, 4_196)})).toBe('ledger 4,196 ✔ · local only');
  expect(text({verify: done(true, 4_190)})).toBe('ledger 4,196 ✔ 4,190 · local only');
});

test('the longest leaves room for help at 80 columns', () => {
  const widest = of({
    size: 123_456_789,
    verify: {at: 'done', verified: true, size: 123_456_780, text: say`intact`},
    carried: {at: 'failed', last: {size: 123_456_700, atMs: noon - 12 * minutes}},
  });
  expect(lineWidth(widest)).toBeLessThanOrEqual(72);
});
