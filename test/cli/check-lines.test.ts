import {describe, expect, test} from 'vitest';
import {ageOf, exitOf, linesOf, overall, resultJson} from '../../src/cli/check-lines.ts';
import type {Row} from '../../src/cli/check-lines.ts';
import {selectChecks} from '../../src/cli/check-select.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import {resultOf} from '../checks/looking.ts';
import {siteOf, spec} from '../engine/monitor/parts.ts';

const row = (id: string, verdict: Verdict, more: Partial<Row> = {}): Row => ({
  spec: spec(id),
  verdict,
  word: verdict,
  message: `says ${verdict}`,
  age: 'now',
  result: resultOf(id, verdict),
  ...more,
});

describe('lines of check and status', () => {
  test('the worst stands first, columns align, and escape sequences are marks', () => {
    const lines = linesOf([
      row('a', 'pass'),
      row('longer', 'fail', {message: '\u001b[2Jgone'}),
      row('b', 'unknown'),
    ]);
    expect(lines).toEqual([
      '✖ fail     api/longer  health  now  ␛[2Jgone',
      '? unknown  api/b       health  now  says unknown',
      '✔ pass     api/a       health  now  says pass',
    ]);
  });

  test('parts that are not well stand below their check', () => {
    const result = {
      ...resultOf('a', 'fail'),
      parts: [
        {name: 'db', verdict: 'fail' as const, message: 'expected ok, got failed'},
        {name: 'worker', verdict: 'skipped' as const, message: 'not configured'},
        {name: 'key', verdict: 'pass' as const, message: 'ok'},
      ],
    };
    expect(linesOf([row('a', 'fail', {result})]).slice(1)).toEqual([
      '    ✖ db      fail: expected ok, got failed',
      '    – worker  skipped: not configured',
    ]);
  });

  test('a check that does not roll up does not decide, unless it is alone', () => {
    const aside = row('aside', 'fail', {spec: spec('aside', {rollup: false})});
    expect(overall([row('a', 'pass'), aside])).toBe('pass');
    expect(overall([aside])).toBe('fail');
    expect(overall([])).toBe('unknown');
  });

  test('exit statuses: good, no, could not tell; a warning only when strict', () => {
    const exits = (['pass', 'skipped', 'warn', 'fail', 'unknown'] as const).map(verdict =>
      exitOf(verdict, false),
    );
    expect(exits).toEqual([0, 0, 0, 1, 2]);
    expect(exitOf('warn', true)).toBe(1);
  });

  test('the JSON of a result has exactly the promised fields', () => {
    const {service, check, type, panel, verdict, kind, checked, durationMs, at, message} = resultOf(
      'a',
      'pass',
    );
    const plain = {service, check, type, panel, verdict, kind, checked, durationMs, at, message};
    expect(resultJson({...resultOf('a', 'pass'), parts: []})).toEqual(plain);
    const more = {expected: '401', actual: '200'};
    expect(resultJson({...resultOf('a', 'pass'), ...more})).toEqual({...plain, ...more});
  });

  test('ages move in steps', () => {
    const minute = 60_000;
    expect(
      [0, 59_999, minute, 3 * minute, 9 * minute, 45 * minute, 120 * minute, 4_000 * minute].map(ageOf),
    ).toEqual(['now', 'now', '1m', '2m', '5m', '30m', '2h', '2d']);
  });
});

describe('choosing checks', () => {
  const site = siteOf([spec('live'), spec('ready')]);
  const names = (given: string[]) => selectChecks(site, given).map(({id}) => id);

  test('takes services and single checks, each once, in the order of the site', () => {
    expect(names([])).toEqual(['live', 'ready']);
    expect(names(['api/ready', 'api'])).toEqual(['live', 'ready']);
    expect(names(['api/ready'])).toEqual(['ready']);
  });

  test('a wrong name says the nearest one', () => {
    expect(() => names(['apo'])).toThrow('There is no service apo. Did you mean `api`?');
    expect(() => names(['api/redy'])).toThrow('Did you mean `ready`?');
  });
});
