import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {channels} from '../../src/channels/index.ts';
import {defaultPlan} from '../../src/domain/alert-plan.ts';
import {loadSite} from '../../src/site/load.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite} from '../../src/site/resolve.ts';
import {siteOnDisk, smallSite} from '../helpers/site.ts';

const resolved = (more: string) =>
  resolveSite(parseSite(new TextEncoder().encode(`${smallSite}${more}`)), {
    checks,
    channels,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });

const problemsOf = (more: string): string[] => {
  const answer = resolved(more);
  return answer.ok
    ? []
    : inOrder(answer.problems).map(({line, column, message}) => `${line}:${column}: ${message}`);
};

/** The sections begin on line 7, behind `smallSite`. */
const sections = (more: string) => {
  const answer = resolved(more);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.site;
};

describe('what is read', () => {
  test('a site that says nothing tells nobody; an empty section has the defaults', () => {
    expect(sections('').alerts).toBeUndefined();
    expect(sections('alerts: {}\n').alerts).toEqual(defaultPlan);
    expect(defaultPlan.group).toMatchObject({waitMs: 30_000, intervalMs: 300_000, repeatMs: 14_400_000});
  });

  test('channels, routes, groups, quiet hours, digest and windows arrive with their units', () => {
    const {alerts, maintenance} = sections(`alerts:
  channels:
    hook: {type: webhook, url: "https://hooks.example/in", secret: env:HOOK_SECRET}
    team: {type: command, argv: [/bin/tell, --now]}
  routes:
    - {severity: [sev1, sev2], to: [hook, team]}
    - {on: api/port, severity: sev3, to: team, digest: false}
  group: {by: site, wait: 1m, interval: 10m, repeat: 1h}
  quiet: {from: "22:00", to: "07:00", timezone: Europe/Berlin, days: [saturday, sunday]}
  digest: {at: "08:30", severity: sev4}
maintenance:
  patching: {on: [api], days: [sunday], at: "02:00", for: 2h, timezone: Europe/Berlin, reason: patches}
`);
    expect(alerts).toEqual({
      channels: [
        {
          name: 'hook',
          type: 'webhook',
          params: {url: 'https://hooks.example/in', secret: 'env:HOOK_SECRET'},
          secrets: ['env:HOOK_SECRET'],
          line: 9,
        },
        {name: 'team', type: 'command', params: {argv: ['/bin/tell', '--now']}, secrets: [], line: 10},
      ],
      routes: [
        {severities: ['sev1', 'sev2'], on: ['*'], to: ['hook', 'team'], digest: undefined},
        {severities: ['sev3'], on: ['api/port'], to: ['team'], digest: false},
      ],
      group: {by: 'site', waitMs: 60_000, intervalMs: 600_000, repeatMs: 3_600_000},
      quiet: {days: ['saturday', 'sunday'], at: '22:00', zone: 'Europe/Berlin', ends: {at: '07:00'}},
      // Nobody keeps two clocks.
      digest: {at: '08:30', zone: 'Europe/Berlin', days: [], severities: ['sev4']},
      problems: [],
    });
    expect(maintenance).toEqual([
      {
        name: 'patching',
        on: ['api'],
        reason: 'patches',
        when: {days: ['sunday'], at: '02:00', zone: 'Europe/Berlin', ends: {afterMs: 7_200_000}},
      },
    ]);
  });
});

describe('what is refused names its place and repeats no secret', () => {
  test.each([
    [
      'a channel type that is not there',
      'alerts: {channels: {a: {type: webhok, url: "https://h/"}}}\n',
      ['7:31: `alerts.channels.a`: there is no channel type `webhok`. Did you mean `webhook`?'],
    ],
    [
      'a secret in plain text',
      'alerts: {channels: {a: {type: webhook, url: "https://h/", secret: hunter2-hunter2}}}\n',
      [
        '7:67: `alerts.channels.a.secret`: expected env:NAME or file:/path, for a secret is never written down here',
      ],
    ],
    [
      'a secret that is no text',
      'alerts: {channels: {a: {type: webhook, url: "https://h/", secret: 12345678}}}\n',
      ['7:67: `alerts.channels.a.secret`: expected env:NAME or file:/path'],
    ],
    [
      'an address in the clear, or with a password',
      'alerts: {channels: {a: {type: webhook, url: "http://hooks.example/in"}, b: {type: webhook, url: "https://me:pw@h/"}}}\n',
      [
        '7:45: `alerts.channels.a.url`: expected https:, for what is sent in the clear can be read on its way',
        '7:97: `alerts.channels.b.url`: a password does not belong into the address',
      ],
    ],
    [
      'a missing and an unknown field',
      'alerts: {channels: {a: {type: webhook, ulr: "https://h/"}}}\n',
      [
        '7:24: `alerts.channels.a.url` is missing',
        '7:40: `alerts.channels.a`: `ulr` is not known here. Did you mean `url`?',
      ],
    ],
    [
      'routes that lead nowhere, and about nothing',
      'alerts:\n  channels: {hook: {type: webhook, url: "https://h/"}}\n  routes:\n    - {to: hok, on: [api/prt, "label:x"]}\n',
      [
        '10:12: `alerts.routes.0.to`: there is no channel `hok`. Did you mean `hook`?',
        '10:22: `alerts.routes.0.on`: there is no service, check or label `api/prt`. Did you mean `api/port`?',
        '10:31: `alerts.routes.0.on`: there is no service, check or label `label:x`.',
      ],
    ],
    [
      'times and zones that are none',
      'alerts:\n  quiet: {from: "22", to: "25:00", timezone: Berlin}\n  digest: {at: 9}\n  group: {repeat: 5s}\n',
      [
        '8:17: `alerts.quiet.from`: expected a time of day such as 09:00, in quotes, found `22`',
        '8:27: `alerts.quiet.to`: expected a time of day such as 09:00, in quotes, found `25:00`',
        '8:46: `alerts.quiet.timezone`: expected a time zone such as UTC or Europe/Berlin, found `Berlin`',
        '9:16: `alerts.digest.at`: expected text, found the number 9',
        '10:19: `alerts.group.repeat`: expected a duration between 1m and 30d, found `5s`',
      ],
    ],
    [
      'quiet hours that never are',
      'alerts: {quiet: {from: "22:00", to: "22:00"}}\n',
      ['7:37: `alerts.quiet.to`: expected another time than `from`, found `22:00`'],
    ],
    [
      'a window about nothing',
      'maintenance: {w: {on: [db], at: "02:00", for: 9d, reason: r}}\n',
      [
        '7:24: `maintenance.w.on`: there is no service, check or label `db`.',
        '7:47: `maintenance.w.for`: expected a duration between 1m and 7d, found `9d`',
      ],
    ],
  ])('%s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
    expect(problemsOf(text).join()).not.toContain('hunter2');
  });
});

describe('the names of the environment', () => {
  const site = siteOnDisk;
  const load = async (vars: Readonly<Record<string, string>>, more = '') =>
    (await loadSite(site({'quarterdeck.yaml': smallSite + more}).request({vars, channels}))).alerts;
  const both = {TELEGRAM_BOT_TOKEN: 'token-of-the-test', TELEGRAM_CHAT_ID: '-100'};

  test('with both set, Telegram is told everything, without a word in the site file', async () => {
    expect(await load(both)).toMatchObject({
      channels: [
        {
          name: 'telegram',
          type: 'telegram',
          params: {token: 'env:TELEGRAM_BOT_TOKEN', chat: 'env:TELEGRAM_CHAT_ID'},
          secrets: ['env:TELEGRAM_BOT_TOKEN'],
        },
      ],
      routes: [],
      problems: [],
    });
  });

  test('one alone is a problem that is told, and keeps nobody from working', async () => {
    const plan = await load({TELEGRAM_BOT_TOKEN: 'token-of-the-test'});
    expect(plan?.channels).toEqual([]);
    expect(plan?.problems).toEqual([
      'TELEGRAM_BOT_TOKEN is set, but TELEGRAM_CHAT_ID is not: nothing is sent to Telegram. Set both, or neither.',
    ]);
    expect((await load({TELEGRAM_CHAT_ID: '-100'}))?.problems[0]).toContain('TELEGRAM_BOT_TOKEN is not');
    expect(await load({})).toBeUndefined();
  });

  test('beside routes it gets one of its own, and a name of its own', async () => {
    const more = 'alerts:\n  channels: {telegram: {type: command, argv: [a]}}\n  routes: [{to: telegram}]\n';
    const plan = await load(both, more);
    expect(plan?.channels.map(({name}) => name)).toEqual(['telegram', 'telegram-of-environment']);
    expect(plan?.routes.at(-1)).toMatchObject({on: ['*'], to: ['telegram-of-environment']});
  });
});
