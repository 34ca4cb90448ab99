import {rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Service} from '../../src/domain/site.ts';
import {spec} from '../engine/monitor/parts.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {withoutRights} from '../helpers/rights.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';
import {ownName, programs, systemctl, waiting} from './looking-programs.ts';

/** A file of assignments, looked at as the environment. */
const inFile = async (
  text: string,
  more: Record<string, unknown>,
  context: Parameters<typeof look>[2] = {},
) => {
  const file = join(tempDir(), 'app.env');
  writeFileSync(file, text);
  return look('env', {of: {file}, ...more}, context);
};

describe('whose environment it is', () => {
  test('the main process of a unit, a pid file, a command line: each the process that runs, not the console', async () => {
    const name = ownName('service');
    const pid = await waiting([name], {MODE: 'enforced'});
    const pidFile = join(tempDir(), 'pid');
    writeFileSync(pidFile, `${pid}\n`);
    const unit = systemctl(`LoadState=loaded\nActiveState=active\nMainPID=${pid}\n`);
    const env = fakeEnv({PATH: process.env['PATH'] ?? '', MODE: 'the console’s own'});
    for (const [of, more] of [
      [{unit: 'api'}, unit],
      [{pidFile}, {env}],
      [{process: {command: name}}, {env}],
      [{process: {name: 'sh', command: name}}, {env}],
    ] as const) {
      expect(await look('env', {of, expect: {MODE: 'enforced'}}, more)).toMatchObject({
        verdict: 'pass',
        checked: 1,
      });
      expect(await look('env', {of, expect: {MODE: 'shadow'}}, more)).toMatchObject({
        verdict: 'fail',
        expected: 'MODE "shadow"',
        actual: 'MODE "enforced"',
      });
    }
  });

  test('the console’s own only where it is said', async () => {
    const env = fakeEnv({MODE: 'enforced'});
    expect(await look('env', {of: 'self', expect: {MODE: 'enforced'}}, {env})).toMatchObject({
      verdict: 'pass',
    });
    expect(accepts('env', {expect: {MODE: 'enforced'}})).toBe(false);
  });

  test('every process that matches must have it', async () => {
    const name = ownName('worker');
    await waiting([name], {MODE: 'enforced'});
    const other = await waiting([name], {MODE: 'shadow'});
    const seen = await look('env', {of: {process: {command: name}}, expect: {MODE: 'enforced'}});
    expect(seen).toMatchObject({verdict: 'fail', checked: 2});
    expect(seen.message).toContain(`pid ${other}`);
  });

  test('what does not run has no environment: that is unknown', async () => {
    const expected = {expect: {MODE: 'enforced'}};
    const pidFile = join(tempDir(), 'pid');
    expect(await look('env', {of: {pidFile}, ...expected})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    writeFileSync(pidFile, '4194304999');
    expect(await look('env', {of: {pidFile}, ...expected})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    writeFileSync(pidFile, 'not a number');
    expect(await look('env', {of: {pidFile}, ...expected})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
    for (const [said, kind] of [
      ['LoadState=loaded\nActiveState=inactive\nMainPID=0\n', 'noData'],
      ['LoadState=not-found\nActiveState=inactive\nMainPID=0\n', 'notInstalled'],
    ] as const)
      expect(await look('env', {of: {unit: 'api'}, ...expected}, systemctl(said))).toMatchObject({
        verdict: 'unknown',
        kind,
      });
    const noBus = programs({systemctl: 'console.error("Failed to connect to bus"); process.exit(1)'});
    expect(await look('env', {of: {unit: 'api'}, ...expected}, noBus)).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    expect(await look('env', {of: {process: {command: ownName('nothing')}}, ...expected})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
  });

  test('an environment that this account may not read is no permission', async () => {
    const pidFile = join(tmpdir(), ownName('pid'));
    writeFileSync(pidFile, '1', {mode: 0o644});
    onTestFinished(() => {
      rmSync(pidFile);
    });
    const seen = await withoutRights(async () =>
      look('env', {of: {pidFile}, expect: {MODE: {exists: true}}}),
    );
    expect(seen).toMatchObject({verdict: 'unknown', kind: 'permission', checked: 0});
  });

  test('several files, of which the last counts; what is no assignment is named by its line', async () => {
    const dir = tempDir();
    const [a, b] = [join(dir, 'a'), join(dir, 'b')];
    writeFileSync(a, 'MODE=shadow\nKEPT=1\n');
    writeFileSync(b, '# later\nMODE=enforced\n');
    expect((await look('env', {of: {file: [a, b]}, expect: {MODE: 'enforced', KEPT: 1}})).verdict).toBe(
      'pass',
    );
    writeFileSync(b, 'MODE=enforced\nwhat is this\n');
    expect(await look('env', {of: {file: [a, b]}, expect: {MODE: 'enforced'}})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('line 2 of'),
    });
    expect(await look('env', {of: {file: join(dir, 'no')}, expect: {A: 'b'}})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    symlinkSync(dir, join(dir, 'link'));
    expect(await look('env', {of: {file: join(dir, 'link')}, expect: {A: 'b'}})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });

  test.each([
    ["A='it is  '", 'it is  '],
    ['A="two\nlines"', 'two\nlines'],
    ['export A=b', 'b'],
    ['  A=b c  ', 'b c'],
    ['A="a \\"b\\" \\$c \\d"', 'a "b" $c \\d'],
    ['A=\'a\'b"c"', 'abc'],
    ['A=a=b#c', 'a=b#c'],
  ])('a file of assignments is read as systemd reads it: %j', async (text, value) => {
    expect(await inFile(`; comment\n\n${text}\r\nB=1\n`, {expect: {A: {eq: value}, B: '1'}})).toMatchObject({
      verdict: 'pass',
    });
  });
});

describe('what is expected of it', () => {
  test('a variable of nothing but white space is not set', async () => {
    const blank = 'A=   \nB=""\n';
    expect((await inFile(blank, {expect: {A: {exists: true}}})).verdict).toBe('fail');
    expect(
      (await inFile(blank, {expect: {A: {absent: true}, B: {absent: true}, C: {absent: true}}})).verdict,
    ).toBe('pass');
  });

  test('numbers and truths of the site file mean the text that a variable holds; ranges count as numbers', async () => {
    const text = 'STRIKES=2\nON=true\nTARGET=0.995\n';
    const good = {STRIKES: 2, ON: true, TARGET: {gte: 0.99, lt: 1}};
    expect((await inFile(text, {expect: good})).verdict).toBe('pass');
    expect((await inFile(text, {expect: {STRIKES: {in: [1, 3]}}})).verdict).toBe('fail');
    expect((await inFile(text, {expect: {ON: false}})).verdict).toBe('fail');
  });

  test('JSON inside, placeholders, lengths', async () => {
    const roles = (json: string) => `ROLES_JSON='${json}'\nTOKEN=${'x'.repeat(50)}\n`;
    const given = {
      json: {
        ROLES_JSON: {
          $: {length: {gte: 2}},
          '$.*': {in: ['admin', 'analyst']},
          '$.YOUR_ADMIN_KEY': {absent: true},
        },
      },
      expect: {TOKEN: {length: {gte: 48, lte: 64}}},
    };
    expect((await inFile(roles('{"a":"admin","b":"analyst"}'), given)).verdict).toBe('pass');
    expect((await inFile(roles('{"a":"admin","a":"analyst"}'), given)).verdict).toBe('fail');
    expect((await inFile(roles('{"a":"admin","b":"root"}'), given)).verdict).toBe('fail');
    expect((await inFile(roles('{"YOUR_ADMIN_KEY":"admin","b":"analyst"}'), given)).verdict).toBe('fail');
    expect((await inFile(roles('not json'), given)).verdict).toBe('fail');
    expect((await inFile(roles('{}'), given)).verdict).not.toBe('pass');
    expect((await inFile('TOKEN=short\n', given)).verdict).toBe('fail');
  });

  test('both or neither', async () => {
    const given = {together: [['BOT_TOKEN', 'CHAT_ID']]};
    expect((await inFile('BOT_TOKEN=a\nCHAT_ID=b\n', given)).verdict).toBe('pass');
    expect((await inFile('OTHER=a\n', given)).verdict).toBe('pass');
    expect(await inFile('BOT_TOKEN=a\n', given)).toMatchObject({
      verdict: 'fail',
      actual: 'BOT_TOKEN, CHAT_ID only BOT_TOKEN',
    });
  });

  test('a check that does not apply is skipped, which is not green', async () => {
    const given = {when: {VAULT_MODE: 'enforced'}, expect: {VAULT_URL: {exists: true}}};
    expect(await inFile('VAULT_MODE=shadow\n', given)).toMatchObject({
      verdict: 'skipped',
      kind: 'notConfigured',
      checked: 0,
    });
    expect((await inFile('VAULT_MODE=enforced\n', given)).verdict).toBe('fail');
    expect((await inFile('VAULT_MODE=enforced\nVAULT_URL=https://v\n', given)).verdict).toBe('pass');
  });

  test('each variable is a row: set or not, and what was expected', async () => {
    const seen = await inFile('A=1\n', {expect: {A: 1, B: {exists: true}}});
    expect(seen.parts).toEqual([
      {name: 'A', verdict: 'pass', message: 'set'},
      {
        name: 'B',
        verdict: 'fail',
        message: 'not set, expected a value',
        expected: 'a value',
        actual: 'nothing',
      },
    ]);
  });

  test('expecting nothing, a pattern that could hang, and a mistyped operator are refused', () => {
    const of = {file: '/a'};
    expect(accepts('env', {of})).toBe(false);
    expect(accepts('env', {of, expect: {A: {matches: '(?=a)'}}})).toBe(false);
    expect(accepts('env', {of, expect: {A: {equals: 'a'}}})).toBe(false);
    expect(accepts('env', {of, expect: {'A B': 'a'}})).toBe(false);
    expect(accepts('env', {of: {file: 'relative'}, expect: {A: 'a'}})).toBe(false);
    expect(accepts('env', {of: {file: '/a/../b'}, expect: {A: 'a'}})).toBe(false);
    expect(accepts('env', {of: 'self', on: 'db1', expect: {A: 'a'}})).toBe(false);
    expect(accepts('env', {of: {}, expect: {A: 'a'}})).toBe(false);
  });
});

describe('settings that say what the site says', () => {
  const service: Service = {
    id: 'api',
    title: 'API',
    labels: [],
    runbooks: [],
    checks: [
      spec('live', {everyMs: 60_000, params: {url: 'http://127.0.0.1:5000/healthz'}}),
      spec('port', {type: 'tcp', params: {port: 1}}),
    ],
    slo: {
      budgetParts: 50_000,
      windowMs: 30 * 86_400_000,
      checks: ['live'],
      slotMs: 60_000,
      method: 'timeslices',
      missing: 'unknown',
      minBad: 3,
      minSamplesPercent: 80,
    },
  };
  const figures = {
    BASE_URL: 'live.url',
    UPTIME_STRIKES: 'live.strikes',
    UPTIME_INTERVAL_SEC: 'live.every',
    SLO_TARGET: 'slo.target',
    SLO_WINDOW_DAYS: 'slo.window',
  };
  const good = {
    BASE_URL: 'http://127.0.0.1:5000',
    UPTIME_STRIKES: '2',
    UPTIME_INTERVAL_SEC: '60',
    SLO_TARGET: '0.995',
    SLO_WINDOW_DAYS: '30',
  };
  const written = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');

  test('each is the same, or is named with both values', async () => {
    expect(await inFile(written(good), {figures}, {service})).toMatchObject({verdict: 'pass', checked: 5});
    for (const [name, value, expected] of [
      ['BASE_URL', 'http://127.0.0.1:5001', 'the beginning of http://127.0.0.1:5000/healthz, as live.url'],
      ['BASE_URL', 'http://127.0.0.1:500', 'the beginning of'],
      ['BASE_URL', 'nowhere', 'the beginning of'],
      ['UPTIME_STRIKES', '3', '2, as live.strikes'],
      ['UPTIME_INTERVAL_SEC', '61', '60, as live.every'],
      ['SLO_TARGET', '0.999', '0.995, as slo.target'],
      ['SLO_TARGET', 'high', '0.995, as slo.target'],
      ['SLO_WINDOW_DAYS', '28', '30, as slo.window'],
    ] as const) {
      const seen = await inFile(written({...good, [name]: value}), {figures}, {service});
      expect(seen).toMatchObject({
        verdict: 'fail',
        expected: containing(expected),
        actual: containing(JSON.stringify(value)),
      });
    }
    const {SLO_TARGET: _, ...without} = good;
    expect((await inFile(written(without), {figures}, {service})).actual).toContain('SLO_TARGET nothing');
  });

  test('what the site does not say is unknown, and other words are refused', async () => {
    const one = async (name: string, more: Partial<Service> = {}) =>
      (await inFile(written(good), {figures: {SLO_TARGET: name}}, {service: {...service, ...more}})).verdict;
    const {slo: _, ...noSlo} = service;
    expect((await inFile(written(good), {figures}, {service: noSlo})).verdict).toBe('unknown');
    expect(await one('gone.every')).toBe('unknown');
    expect(await one('port.url')).toBe('unknown');
    expect((await inFile(written(good), {figures})).verdict).toBe('unknown');
    for (const wrong of ['live', 'live.timeout', ''])
      expect(accepts('env', {of: {file: '/a'}, figures: {A: wrong}})).toBe(false);
  });
});

describe('what is shown', () => {
  const secret = 'correct-horse-battery';

  test.each([
    ['by its name', 'ADMIN_API_KEY', {}],
    ['because the site says so', 'PLAIN', {secret: ['PLAIN']}],
  ])('of a value that is secret %s only a hash', async (_, variable, more) => {
    for (const wanted of ['other', {matches: '^x'}, {in: ['a']}, {length: {gt: 99}}, {type: 'number'}]) {
      const seen = await inFile(`${variable}=${secret}\n`, {expect: {[variable]: wanted}, ...more});
      expect(seen.verdict).toBe('fail');
      expect(JSON.stringify(seen)).not.toContain(secret);
    }
    const seen = await inFile(`${variable}=${secret}\n`, {expect: {[variable]: 'other'}, ...more});
    expect(seen.actual).toMatch(/21 characters, sha256 [0-9a-f]{12}…$/);
  });

  test('a value that looks like a secret, and one that nothing asks about, are not shown either', async () => {
    for (const text of [
      `URL=postgres://user:${secret}@db/app`,
      `OPAQUE=${secret}`,
      `JSON={"${secret}":"admin"}`,
    ]) {
      const [name = ''] = text.split('=');
      const expected = name === 'URL' ? {URL: {startsWith: 'mysql:'}} : {[name]: {length: {lt: 3}}};
      const seen = await inFile(`${text}\n`, {expect: expected});
      expect(seen.verdict).toBe('fail');
      expect(JSON.stringify(seen)).not.toContain(secret);
    }
    const inside = await inFile(`ROLES='{"${secret}":"root"}'\n`, {
      json: {ROLES: {'$.*': 'admin', $: {length: 5}}},
      secret: ['ROLES'],
    });
    expect(inside.verdict).toBe('fail');
    expect(JSON.stringify(inside)).not.toContain(secret);
  });
});
