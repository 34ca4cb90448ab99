import {describe, expect, test} from 'vitest';
import {formats, nagiosStatus, type Report, type ReportRow} from '../../src/formats/index.ts';
import {verdicts, type Verdict} from '../../src/domain/verdict.ts';

const atMs = Date.parse('2026-01-02T03:04:05Z');
const row = (check: string, verdict: Verdict, more: Partial<ReportRow> = {}): ReportRow => ({
  service: 'api',
  check,
  type: 'http',
  panel: 'health',
  verdict,
  kind: 'assertion',
  severity: 'sev2',
  checked: 1,
  message: `says ${verdict}`,
  rollup: true,
  durationMs: 12,
  atMs,
  ...more,
});
/** One that was never looked at. */
function neverLooked(check: string, verdict: Verdict): ReportRow {
  const {durationMs: _duration, atMs: _at, ...rest} = row(check, verdict);
  return rest;
}
const hostile = `a|b "c" <d> & 'e' #f \\ \u001b[31m\u0000\n]]> {g="h"}`;
const report = (rows: readonly ReportRow[], verdict: Verdict = 'fail'): Report => ({
  site: 'acme',
  atMs,
  verdict,
  rows,
});
const all = report(verdicts.map(verdict => row(verdict, verdict)));
const evil = report([row('x', 'fail', {message: hostile}), row('y', 'skipped', {message: hostile})]);

function linesOf(name: string, of: Report): readonly string[] {
  const rendered = formats[name]?.(of);
  if (rendered === undefined || !('lines' in rendered)) throw new Error(`${name} gives no lines`);
  return rendered.lines;
}

describe('junit', () => {
  test('failures, errors and skips are counted apart, a warning is none of them', () => {
    const text = linesOf('junit', all).join('\n');
    expect(text).toContain(
      '<testsuites name="acme" tests="5" failures="1" errors="1" skipped="1" time="0.060">',
    );
    expect(text).toContain('<failure message="says fail" type="assertion"/>');
    expect(text).toContain('<error message="says unknown" type="assertion"/>');
    expect(text).toContain('<system-out>warning: says warn</system-out>');
  });

  test('whatever a service says, the XML stays the same tree', () => {
    const text = linesOf('junit', evil).join('\n');
    const tags = [...text.matchAll(/<\/?([a-z-]+)/g)].map(([tag]) => tag);
    const plain = linesOf('junit', report([row('x', 'fail'), row('y', 'skipped')])).join('\n');
    expect(tags).toEqual([...plain.matchAll(/<\/?([a-z-]+)/g)].map(([tag]) => tag));
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });
});

describe('tap', () => {
  test('the plan counts, unknown is not ok, and a skip says why', () => {
    const lines = linesOf('tap', all);
    expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..5']);
    expect(lines.filter(line => /^(?:not )?ok /.test(line))).toEqual([
      'ok 1 - api/pass',
      'ok 2 - api/warn',
      'not ok 3 - api/fail',
      'not ok 4 - api/unknown',
      'ok 5 - api/skipped # SKIP says skipped',
    ]);
  });

  test('a hash in a message opens no directive, and the message is one JSON string', () => {
    const lines = linesOf('tap', evil);
    expect(lines.find(line => line.startsWith('ok 2'))?.split(/(?<!\\)#/)).toHaveLength(2);
    const message = lines.find(line => line.startsWith('  message: '))?.slice('  message: '.length) ?? '';
    expect(JSON.parse(message)).toContain('a|b "c" <d>');
  });
});

describe('nagios', () => {
  test('the first line has the state, what is wrong first, and performance data', () => {
    const [first] = linesOf('nagios', all);
    expect(first).toMatch(
      /^CRITICAL - acme: 3 of 5 checks are not well: api\/fail fail: says fail \| 'api\/fail'=0\.012s;;;0 .* fail=1;;;0;5 unknown=1;;;0;5 warn=1;;;0;5$/,
    );
  });

  test('its status is that of its world', () => {
    expect(verdicts.map(nagiosStatus)).toEqual([0, 1, 2, 3, 0]);
  });

  test('a bar in a message begins no performance data', () => {
    const lines = linesOf('nagios', evil);
    expect(lines[0]?.split('|')).toHaveLength(2);
    for (const line of lines.slice(1)) expect(line).not.toContain('|');
  });
});

describe('prometheus', () => {
  test('one verdict is 1 and the others are 0; what was never looked at has no figures', () => {
    const lines = linesOf('prometheus', report([neverLooked('a', 'fail')]));
    const values = lines.filter(line => line.startsWith('quarterdeck_check_verdict{'));
    expect(values).toHaveLength(5);
    expect(values.filter(line => line.endsWith(' 1'))).toEqual([
      'quarterdeck_check_verdict{site="acme",service="api",check="a",type="http",panel="health",severity="sev2",verdict="fail"} 1',
    ]);
    expect(lines.join('\n')).not.toContain('duration_seconds');
  });

  test('every metric has its help and type once, and every other line is a sample', () => {
    const lines = linesOf('prometheus', report([row('a"b\\c', 'pass'), row('d', 'warn')]));
    const sample = /^[a-z_]+\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\} -?[0-9.]+$/;
    for (const line of lines.filter(each => !each.startsWith('#'))) expect(line).toMatch(sample);
    const named = lines.filter(line => line.startsWith('# TYPE ')).map(line => line.split(' ')[2]);
    expect(new Set(named).size).toBe(named.length);
    expect(lines.filter(line => line.startsWith('# HELP '))).toHaveLength(named.length);
  });
});

describe('health+json', () => {
  test('unknown is no pass, and says that it is unknown', () => {
    const rendered = formats['health+json']?.(report([row('a', 'unknown'), row('b', 'pass')], 'unknown'));
    expect(rendered).toEqual({
      json: {
        status: 'fail',
        serviceId: 'acme',
        output: 'unknown: something could not be looked at',
        checks: {
          'api:a': [
            {
              componentId: 'a',
              componentType: 'http',
              status: 'fail',
              observedValue: 12,
              observedUnit: 'ms',
              time: '2026-01-02T03:04:05.000Z',
              output: 'unknown: says unknown',
            },
          ],
          'api:b': [
            {
              componentId: 'b',
              componentType: 'http',
              status: 'pass',
              observedValue: 12,
              observedUnit: 'ms',
              time: '2026-01-02T03:04:05.000Z',
            },
          ],
        },
      },
    });
  });
});
