import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite} from '../../src/site/resolve.ts';

const head = `site: a
environment: staging
services:
  api:
    checks:
      port: {type: tcp, host: 127.0.0.1, port: 9}
schedule:
`;
const read = (section: string) =>
  resolveSite(parseSite(new TextEncoder().encode(head + section)), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });

describe('the section schedule', () => {
  test('changes shipped jobs and adds its own', () => {
    const answer = read(`  rotation: {command: [/srv/rotate, --due]}
  backup-verify: {cron: "0 4 * * *", timezone: Europe/Berlin}
  nightly: {cron: "5 0 * * *", checks: [api/port], catchUp: once, limit: 10m}
`);
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    const jobs = answer.site.jobs ?? [];
    expect(jobs.map(({id}) => id)).toEqual([
      'uptime',
      'slo',
      'backup-verify',
      'rotation',
      'dr-drill',
      'nightly',
    ]);
    expect(jobs.find(({id}) => id === 'rotation')).toMatchObject({
      cron: '10 0 * * *',
      catchUp: 'once',
      work: {at: 'command', argv: ['/srv/rotate', '--due']},
    });
    expect(jobs.find(({id}) => id === 'backup-verify')).toMatchObject({
      cron: '0 4 * * *',
      timezone: 'Europe/Berlin',
      work: {at: 'checks', types: ['backupFresh', 'backupRestore', 'backupRepo']},
    });
    expect(jobs.at(-1)).toMatchObject({
      limitMs: 600_000,
      work: {at: 'checks', checks: ['api/port']},
      line: 10,
    });
  });

  test.each([
    ['  n: {checks: [api/port]}', '8:3: `schedule.n`: when it runs is missing'],
    ['  n: {cron: "61 * * * *", checks: [api/port]}', 'no time such as'],
    ['  n: {cron: "* * * * *", timezone: Mars/X, checks: [api/port]}', 'is no time zone'],
    ['  n: {cron: "* * * * *"}', 'it does nothing'],
    [
      '  n: {cron: "* * * * *", checks: [api/prot]}',
      'there is no check `api/prot`. Did you mean `api/port`?',
    ],
    ['  n: {cron: "* * * * *", checks: [api/port], command: [x]}', 'both checks and a command'],
    ['  slo: {command: [x]}', 'only its time can be changed'],
    ['  n: {crno: "* * * * *", checks: [api/port]}', 'crno'],
    ['  n: {cron: "* * * * *", command: [x], limit: 0s}', 'between 1s and 7d'],
  ])('%s is refused', (section, why) => {
    const answer = read(`${section}\n`);
    if (answer.ok) throw new Error('it was taken');
    const said = inOrder(answer.problems).map(({line, column, message}) => `${line}:${column}: ${message}`);
    expect(said.join('\n')).toContain(why);
  });
});
