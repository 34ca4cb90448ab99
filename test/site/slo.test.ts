import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {QdError} from '../../src/domain/error.ts';
import type {Slo} from '../../src/domain/slo-spec.ts';
import {loadSite} from '../../src/site/load.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite, type Defaults, type Resolved} from '../../src/site/resolve.ts';
import {siteOnDisk, smallSite} from '../helpers/site.ts';

const dayMs = 86_400_000;
const port = (more = ''): string => `{type: tcp, host: h, port: 1${more}}`;

const siteWith = (slo: string, own = `live: ${port()}`): string =>
  `site: a\nenvironment: staging\nservices:\n  api:\n    slo:${slo === '' ? '' : ` ${slo}`}\n    checks: {${own}}\n`;

const resolved = (content: string, slo: Defaults['slo'] = {}): Resolved =>
  resolveSite(parseSite(new TextEncoder().encode(content)), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: 60_000, slo},
  });

function sloOf(content: string, defaults: Defaults['slo'] = {}): Slo | undefined {
  const answer = resolved(content, defaults);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.site.services[0]?.slo;
}

function problemsOf(content: string): string[] {
  const answer = resolved(content);
  return answer.ok
    ? []
    : inOrder(answer.problems).map(({line, column, message}) => `${line}:${column}: ${message}`);
}

describe('the promise of a service', () => {
  test('without fields it is 99.5 % in 30 days, decided by the health checks that roll up and look by themselves', () => {
    const own = [
      `live: ${port()}`,
      `other: ${port(', every: 90s')}`,
      `aside: ${port(', rollup: false')}`,
      `ready: ${port(', panel: readiness')}`,
      'both: {type: consistency, when: {live: pass}, require: {other: pass}, else: {verdict: warn, message: m}}',
    ];
    expect(sloOf(siteWith('{}', own.join(', ')))).toEqual({
      budgetParts: 50_000,
      windowMs: 30 * dayMs,
      checks: ['live', 'other'],
      slotMs: 120_000,
      method: 'timeslices',
      missing: 'unknown',
      minBad: 3,
      minSamplesPercent: 80,
    });
  });

  test('every field is taken as it is written', () => {
    const slo =
      '{target: 99.95%, window: 7d, checks: [live], missing: bad, minBad: 5, minSamples: 60%, method: occurrences}';
    expect(sloOf(siteWith(slo))).toEqual({
      budgetParts: 5_000,
      windowMs: 7 * dayMs,
      checks: ['live'],
      slotMs: 60_000,
      method: 'occurrences',
      missing: 'bad',
      minBad: 5,
      minSamplesPercent: 60,
    });
    expect(sloOf(siteWith('{target: 0.9995}'))?.budgetParts).toBe(5_000);
    expect(sloOf(siteWith('{target: 1}'))?.budgetParts).toBe(0);
  });

  test('a service without it promises nothing', () => {
    expect(sloOf(smallSite)).toBeUndefined();
  });

  test('SLO_TARGET and SLO_WINDOW_DAYS stand for what is not written', async () => {
    const site = siteOnDisk({'quarterdeck.yaml': siteWith('{}')});
    const load = async (vars: Readonly<Record<string, string>>) => loadSite(site.request({vars}));
    const {services} = await load({SLO_TARGET: '0.999', SLO_WINDOW_DAYS: '7'});
    expect(services[0]?.slo).toMatchObject({budgetParts: 10_000, windowMs: 7 * dayMs});
    const written = siteOnDisk({'quarterdeck.yaml': siteWith('{target: 99%, window: 2d}')});
    const own = await loadSite(written.request({vars: {SLO_TARGET: '0.999', SLO_WINDOW_DAYS: '7'}}));
    expect(own.services[0]?.slo).toMatchObject({budgetParts: 100_000, windowMs: 2 * dayMs});
    await expect(load({SLO_TARGET: '99.5'})).rejects.toThrow(
      'the environment variable SLO_TARGET: expected a target such as 0.995 or 99.5%, found `99.5`',
    );
    await expect(load({SLO_WINDOW_DAYS: '401'})).rejects.toThrow(QdError);
  });
});

describe('what is refused', () => {
  test.each([
    [
      'a target that is a bare percentage',
      siteWith('{target: 99.5}'),
      [
        '5:19: `services.api.slo.target`: expected a target such as 99.5%, or 0.995, with at most five decimals of a percent, found the number 99.5',
      ],
    ],
    [
      'a window that is too long, and one that is none',
      siteWith('{window: 500d}'),
      ['5:19: `services.api.slo.window`: expected between 1d and 400d, found `500d`'],
    ],
    [
      'a check that is not there',
      siteWith('{checks: [lvie]}'),
      ['5:20: `services.api.slo.checks`: this service has no check `lvie`. Did you mean `live`?'],
    ],
    [
      'a check that stands there twice',
      siteWith('{checks: [live, live]}'),
      ['5:26: `services.api.slo.checks`: `live` stands here twice'],
    ],
    [
      'a check that is looked at once a day',
      siteWith('{checks: [live]}', `live: ${port(', every: 1d')}`),
      [
        '5:20: `services.api.slo`: `live` is looked at less than once an hour, so that it says too little about it',
      ],
    ],
    [
      'such a check where none is named',
      siteWith('{}', `live: ${port(', every: 2h')}`),
      [
        '5:5: `services.api.slo`: `live` is looked at less than once an hour, so that it says too little about it',
      ],
    ],
    [
      'no check that could decide',
      siteWith('{}', `live: ${port(', panel: signals')}`),
      ['5:5: `services.api.slo`: no check of this service could decide about it'],
    ],
    [
      'a mistyped field',
      siteWith('{targt: 99%}'),
      ['5:11: `services.api.slo`: `targt` is not known here. Did you mean `target`?'],
    ],
    [
      'a policy that is none',
      siteWith('{missing: ignore}'),
      ['5:20: `services.api.slo.missing`: expected one of `unknown`, `bad`, `exclude`, found `ignore`'],
    ],
    [
      'samples that are no percentage',
      siteWith('{minSamples: 0.8}'),
      ['5:23: `services.api.slo.minSamples`: expected text, found the number 0.8'],
    ],
    ['nothing', siteWith(''), ['5:9: `services.api.slo`: expected a mapping, found nothing']],
  ])('%s', (_what, content, wanted) => {
    expect(problemsOf(content)).toEqual(wanted);
  });

  test('where a check is wrong itself, only that is said', () => {
    expect(problemsOf(siteWith('{}', 'live: {type: tcp, host: h, prot: 1}'))).toHaveLength(2);
  });
});
