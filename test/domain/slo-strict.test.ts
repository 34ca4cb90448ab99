import {describe, expect, test} from 'vitest';
import {noMemory} from '../../src/domain/slo-alerts.ts';
import {parseSloRecord} from '../../src/domain/slo-record.ts';
import type {SloRecord} from '../../src/domain/slo-record.ts';
import {evaluateEveryMs, strictAnswer, strictOf} from '../../src/domain/slo-strict.ts';

const nowMs = 1_800_000_000_000;

const record = (more: Partial<SloRecord> = {}): SloRecord => ({
  v: 1,
  atMs: nowMs,
  state: 'ok',
  availability: 0.999,
  coverage: 1,
  consumed: 0.2,
  isOver: false,
  memory: noMemory,
  ...more,
});

const of = (records: Readonly<Record<string, SloRecord>>, promised = Object.keys(records)) =>
  strictOf(promised, new Map(Object.entries(records)), nowMs);

const over = record({state: 'atRisk', consumed: 0.81, isOver: true});

describe('the strict rule', () => {
  test('green is only what was evaluated lately, seen enough of, and has budget left', () => {
    expect(of({a: record()}).colour).toBe('green');
    expect(of({a: over}).colour).toBe('red');
    expect(of({a: record({consumed: null, availability: null, state: 'unknown'})}).colour).toBe('grey');
    expect(of({a: record({state: 'unknown', coverage: 0.5})}).colour).toBe('grey');
    expect(of({}, ['a']).colour).toBe('grey');
    expect(of({a: record({atMs: nowMs - 2 * evaluateEveryMs})}).colour).toBe('green');
    expect(of({a: record({atMs: nowMs - 2 * evaluateEveryMs - 1})}).colour).toBe('grey');
  });

  test('an old record that was over is not known to be over now', () => {
    expect(of({a: {...over, atMs: nowMs - 3 * evaluateEveryMs}}).colour).toBe('grey');
  });

  test('one red service makes the site red, one grey one keeps it from being green', () => {
    expect(of({a: record(), b: over}, ['a', 'b', 'c']).colour).toBe('red');
    expect(of({a: record()}, ['a', 'b']).colour).toBe('grey');
    expect(of({}).colour).toBeUndefined();
  });

  test('over HTTP it answers 200, or fails with the reason, closed where nothing is known', () => {
    expect(strictAnswer(of({a: record(), b: record({consumed: 0.5})}))).toEqual({
      status: 200,
      body: {ok: true, slo: 'green', error_budget_used: 0.5},
    });
    expect(strictAnswer(of({a: record(), b: over}))).toEqual({
      status: 500,
      body: {
        ok: false,
        slo: 'red',
        error_budget_used: 0.81,
        reason: 'budget',
        msg: 'more than 80 % of the error budget is used',
      },
    });
    const silent = of({}, ['a']);
    expect(strictAnswer(silent)).toMatchObject({
      status: 500,
      body: {ok: false, slo: 'grey', reason: 'noData'},
    });
    expect(strictAnswer(silent, 503).status).toBe(503);
    expect(strictAnswer(of({}))).toMatchObject({status: 500, body: {slo: 'grey', error_budget_used: null}});
  });

  test('what was kept and cannot be read is as if there were nothing', () => {
    expect(parseSloRecord(JSON.stringify(record()))).toEqual(record());
    expect(parseSloRecord('{"v":2}')).toBeUndefined();
    expect(parseSloRecord('not json')).toBeUndefined();
    expect(parseSloRecord(undefined)).toBeUndefined();
  });
});
