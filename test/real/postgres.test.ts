// PostgreSQL as the reference service's database, instead of the embedded one.
import path from 'node:path';
import {expect, test} from 'vitest';
import {startReference} from '../../demo/start.ts';
import {ask, bundleDir, run} from '../demo/reference.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards} from './needs.ts';
import {postgres, query} from './servers.ts';

test('the reference service runs on PostgreSQL, notices when it is gone, and never stops it', async () => {
  const database = await postgres();
  process.env['QD_DEMO_DATABASE_URL'] = database.url;
  afterwards(() => {
    delete process.env['QD_DEMO_DATABASE_URL'];
  });
  const demo = await startReference({
    dir: path.join(tempDir(), 'demo'),
    parentPid: process.pid,
    entryDir: bundleDir,
  });
  afterwards(async () => demo.stop());
  const ready = await ask(`${demo.gatewayUrl}/ready`);
  expect(ready.status).toBe(200);
  expect(await query(database.url, "select version() like 'PostgreSQL %' as real")).toEqual([{real: true}]);
  const heads = await run(path.join(demo.binDir, 'ctl'), ['heads']);
  expect(heads.exit, heads.err).toBe(0);
  const stop = await run(path.join(demo.binDir, 'ctl'), ['stop', 'database']);
  expect(stop.exit).toBe(2);
  expect(stop.err).toContain('not run by the demo');
  expect(await query(database.url, 'select 1 as one')).toEqual([{one: 1}]);

  await database.stop();
  await waitFor(async () => (await ask(`${demo.gatewayUrl}/ready`)).status === 503, {
    what: 'readiness to be red',
    timeoutMs: 20_000,
  });
  expect((await ask(`${demo.gatewayUrl}/health`)).status).toBe(200);
});
