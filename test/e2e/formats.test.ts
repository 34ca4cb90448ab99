// What the program prints for other tools, run as they run it.
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {place} from './place.ts';

test('other tools get their format, their exit status and a file that is whole', async () => {
  const here = place();
  const nagios = await here.qd('check', '--format', 'nagios');
  expect(nagios.status).toBe(2);
  expect(nagios.out).toMatch(
    /^CRITICAL - small: 1 of 1 checks are not well: api\/port fail: .* \| 'api\/port'=/,
  );
  const tap = await here.qd('check', '--format', 'tap');
  expect(tap.status).toBe(1);
  expect(tap.out).toContain('not ok 1 - api/port');
  const file = path.join(here.dir, 'quarterdeck.prom');
  const written = await here.qd('check', '--format', 'prometheus', '--output', file);
  expect(written).toMatchObject({status: 1, out: '', err: ''});
  expect(readFileSync(file, 'utf8')).toMatch(
    /quarterdeck_check_verdict\{site="small",.*verdict="fail"\} 1\n/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o644);
  const status = await here.qd('status', '--format', 'health+json');
  expect(JSON.parse(status.out)).toMatchObject({status: 'fail', serviceId: 'small'});
  const nowhere = await here.qd('check', '--format', 'junit', '--output', path.join(here.dir, 'no', 'x.xml'));
  expect(nowhere.status).toBe(2);
  expect(nowhere.err).toContain('could not be written');
});
