// The schedule as an operator uses it: what runs when, why not, and one job by hand.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {place, siteText} from './place.ts';

test('jobs are listed, paused with a reason, resumed, and run by hand with a record', async () => {
  const script = 'require("fs").appendFileSync("ran", "once\\\\n")';
  const here = place({
    siteText: `${siteText}    slo: {target: 99.5%, checks: [port]}
schedule:
  rotation: {command: ["${process.execPath}", -e, "${script.replaceAll('"', '\\"')}"]}
`,
  });
  expect((await here.qd('site', 'trust', '--yes')).status).toBe(0);
  const list = await here.qd('schedule', 'list');
  expect(list.status).toBe(0);
  for (const job of ['uptime', 'slo', 'backup-verify', 'rotation', 'dr-drill'])
    expect(list.out).toContain(job);
  expect(list.out).toMatch(/dr-drill .*next \d{4}-\d\d-\d\d 01:00/);

  const silent = await here.qd('schedule', 'pause', 'rotation');
  expect(silent.status).toBe(64);
  expect(silent.err).toContain('--reason');
  expect((await here.qd('schedule', 'pause', 'rotation', '--reason', 'vault is moving')).status).toBe(0);
  expect((await here.qd('schedule', 'list')).out).toContain('paused: vault is moving');
  expect((await here.qd('schedule', 'resume', 'rotation')).status).toBe(0);
  expect((await here.qd('schedule', 'resume', 'rotation')).status).not.toBe(0);

  const ran = await here.qd('schedule', 'run', 'rotation');
  expect(ran).toMatchObject({status: 0, err: ''});
  expect(ran.out).toContain('rotation: passed: exit 0');
  expect(existsSync(path.join(here.site, 'ran'))).toBe(true);
  const slo = await here.qd('schedule', 'run', 'slo', '--json');
  expect(JSON.parse(slo.out)).toMatchObject({job: 'slo', outcome: 'passed'});
  expect(existsSync(path.join(here.home, 'logs', 'slo_guard.ndjson'))).toBe(true);
  const unknown = await here.qd('schedule', 'run', 'rotatoin');
  expect(unknown.err).toContain('Did you mean `rotation`?');
  const kinds = (await here.entries()).map(({kind}) => kind).filter(kind => kind.startsWith('job.'));
  expect(kinds).toEqual(['job.pause', 'job.resume', 'job.intent', 'job.outcome']);
});
