import {existsSync, readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {waitFor} from '../helpers/wait.ts';
import {ask, useReference} from './reference.ts';

const demo = useReference();
const url = (which: 0 | 1): string => demo.it().upstreamUrls[which];
/** The status of an answer; 0 when there is none. */
const statusOf = async (address: string): Promise<number> =>
  ask(address).then(
    ({status}) => status,
    () => 0,
  );
const allReady = async (): Promise<boolean> =>
  (await statusOf(`${url(0)}/ready`)) === 200 && (await statusOf(`${url(1)}/ready`)) === 200;

/** How a TCP connection attempt ends within the limit: connected, an error code, or no answer at all. */
async function tryTcp(port: number, limitMs: number): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      finish('no answer');
    }, limitMs);
    const finish = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    socket.once('connect', () => {
      finish('connected');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      finish(error.code ?? 'error');
    });
  });
}

describe('without a fault', () => {
  test('everything is green and wrapped in data', async () => {
    expect(await ask(`${url(0)}/health`)).toMatchObject({status: 200, body: {data: {status: 'ok'}}});
    expect(await ask(`${demo.it().gatewayUrl}/ready`)).toMatchObject({
      status: 200,
      body: {
        data: {
          status: 'ready',
          checks: {db: 'ok', migration_head: 'ok', signing_material: 'ok', webhook_worker: 'ok'},
        },
      },
    });
    expect((await demo.ctl('status')).exit).toBe(0);
  });

  test('the list names every fault with its state and meaning', async () => {
    const {out, exit} = await demo.fault('list');
    expect(exit).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(8);
    expect(out).toMatch(/^database-stopped +off +the database process is stopped/m);
  });

  test('an unknown fault is refused with the nearest name and exit 64', async () => {
    const {exit, err} = await demo.fault('on', 'database-stoped');
    expect(exit).toBe(64);
    expect(err).toContain('did you mean "database-stopped"?');
  });

  test('a fault that strikes one thing takes no target', async () => {
    const {exit, err} = await demo.fault('on', 'database-stopped', '--target', 'both');
    expect(exit).toBe(64);
    expect(err).toContain('takes no --target');
  });
});

describe('database-stopped', () => {
  test('connecting is refused, the service lives but is not ready, writes answer 503; ctl start brings it back', async () => {
    expect((await demo.fault('on', 'database-stopped')).exit).toBe(0);
    expect(await tryTcp(demo.it().databasePort, 2000)).toBe('ECONNREFUSED');
    expect(await statusOf(`${url(0)}/live`)).toBe(200);
    const ready = await ask(`${url(0)}/ready`);
    expect(ready).toMatchObject({status: 503, body: {status: 'not_ready', checks: {db: 'failed'}}});
    expect(ready.body).not.toHaveProperty('data');

    const write = await ask(`${demo.it().gatewayUrl}/api/events`, {
      method: 'POST',
      body: JSON.stringify({type: 'lost.never'}),
      headers: {'x-request-id': 'req-42'},
    });
    expect(write).toMatchObject({status: 503, body: {error: {code: 'DB_UNAVAILABLE', request_id: 'req-42'}}});
    expect(write.headers.get('x-request-id')).toBe('req-42');
    expect((await demo.ctl('heads')).exit).toBe(2);
    expect((await demo.ctl('status')).exit).toBe(1);

    const start = await demo.ctl('start', 'database');
    expect(start).toMatchObject({exit: 0});
    expect(start.out).toMatch(/^database: started \(pid \d+, port \d+\)/);
    await waitFor(allReady, {what: 'both upstreams to be ready again'});
    expect((await demo.fault('list')).out).toMatch(/^database-stopped +off/m);
  });

  test('switching the fault off starts the database', async () => {
    await demo.fault('on', 'database-stopped');
    expect((await demo.fault('list')).out).toMatch(/^database-stopped +on/m);
    expect((await demo.fault('off', 'database-stopped')).exit).toBe(0);
    await waitFor(allReady, {what: 'both upstreams to be ready again'});
  });
});

describe('database-filtered', () => {
  test('connecting hangs while the process runs; a restart does not help, lifting the filter does', async () => {
    expect((await demo.fault('on', 'database-filtered')).exit).toBe(0);
    expect(await tryTcp(demo.it().databasePort, 600)).toBe('no answer');
    expect(await ask(`${url(1)}/ready`)).toMatchObject({status: 503, body: {checks: {db: 'failed'}}});
    expect((await demo.ctl('status')).out).toMatch(/^database +running/m);

    expect((await demo.ctl('restart', 'database')).exit).toBe(0);
    expect(await tryTcp(demo.it().databasePort, 600)).toBe('no answer');

    expect((await demo.fault('off', 'database-filtered')).exit).toBe(0);
    expect(await tryTcp(demo.it().databasePort, 2000)).toBe('connected');
    await waitFor(allReady, {what: 'both upstreams to be ready again'});
  });
});

describe('readiness-lies', () => {
  test('the answer is 200 although a check in it failed', async () => {
    await demo.fault('on', 'readiness-lies', '--target', 'upstream-a');
    expect(await ask(`${url(0)}/ready`)).toMatchObject({
      status: 200,
      body: {data: {status: 'ready', checks: {db: 'ok', signing_material: 'failed'}}},
    });
    expect(await ask(`${url(1)}/ready`)).toMatchObject({body: {data: {checks: {signing_material: 'ok'}}}});
    await demo.fault('off', 'readiness-lies');
    expect(await ask(`${url(0)}/ready`)).toMatchObject({body: {data: {checks: {signing_material: 'ok'}}}});
  });
});

describe('worker-stuck', () => {
  test('the heartbeat stops and readiness shows it; it beats again afterwards', async () => {
    await demo.fault('on', 'worker-stuck');
    const stuck = await waitFor(
      async () => {
        const answer = await ask(`${url(0)}/ready`);
        return answer.status === 503 ? answer : undefined;
      },
      {what: 'a readiness that shows the stuck worker', timeoutMs: 8000},
    );
    expect(stuck.body).toMatchObject({status: 'not_ready', checks: {db: 'ok', webhook_worker: 'failed'}});
    await demo.fault('off', 'worker-stuck');
    await waitFor(allReady, {what: 'the workers to beat again'});
  });
});

describe('ignores-sigterm', () => {
  test('a stop without force says that it still runs; force ends it', async () => {
    await demo.fault('on', 'ignores-sigterm', '--target', 'upstream-a');
    const refused = await demo.ctl('stop', 'upstream-a', '--grace', '300ms');
    expect(refused.exit).toBe(1);
    expect(refused.err).toMatch(/upstream-a \(pid \d+\) still runs 300 ms after SIGTERM/);
    expect(refused.err).toContain('--force-after-grace');
    expect(await statusOf(`${url(0)}/live`)).toBe(200);

    const forced = await demo.ctl('stop', 'upstream-a', '--grace', '300ms', '--force-after-grace');
    expect(forced).toMatchObject({exit: 0});
    expect(forced.out).toContain('killed after the grace');
    expect(await statusOf(`${demo.it().gatewayUrl}/ready`)).toBe(200);

    await demo.fault('off', 'ignores-sigterm');
    await demo.ctl('start', 'upstream-a');
    expect((await demo.ctl('stop', 'upstream-a')).out).toMatch(/^upstream-a: stopped/);
    await demo.ctl('start', 'upstream-a');
  });
});

describe('process-down', () => {
  test('a killed upstream stays down and the gateway goes on with the other; off starts it', async () => {
    await demo.fault('on', 'process-down');
    expect(await tryTcp(Number(new URL(url(1)).port), 2000)).toBe('ECONNREFUSED');
    expect((await demo.ctl('status')).out).toMatch(/^upstream-b +crashed/m);
    for (let index = 0; index < 4; index += 1) {
      expect(await statusOf(`${demo.it().gatewayUrl}/version`)).toBe(200);
    }
    await demo.fault('off', 'process-down');
    await waitFor(allReady, {what: 'upstream-b to be ready again'});
  });

  test('with both down the gateway lives and answers 503 with the envelope', async () => {
    await demo.fault('on', 'process-down', '--target', 'both');
    const {gatewayUrl} = demo.it();
    const answer = await ask(`${gatewayUrl}/version`, {headers: {'x-request-id': 'req-7'}});
    expect(answer).toMatchObject({status: 503, body: {error: {code: 'NO_UPSTREAM', request_id: 'req-7'}}});
    expect(await statusOf(`${gatewayUrl}/health`)).toBe(200);
    await demo.ctl('start', 'upstream-a');
    expect((await demo.fault('list')).out).toMatch(/^process-down +on \(upstream-b\)/m);
    await demo.ctl('start', 'upstream-b');
    expect((await demo.fault('list')).out).toMatch(/^process-down +off/m);
    await waitFor(async () => (await statusOf(`${gatewayUrl}/ready`)) === 200, {
      what: 'the gateway to forward',
    });
  });
});

test('a crash without a fault is restarted by policy, the database is not', async () => {
  const {dir} = demo.it();
  const pidOf = (name: string): number | undefined => {
    const text = readFileSync(join(dir, 'state.json'), 'utf8');
    const match = new RegExp(`"name": "${name}",\\s+"state": "running",\\s+"pid": (\\d+)`).exec(text);
    return match?.[1] === undefined ? undefined : Number(match[1]);
  };
  const upstream = pidOf('upstream-a');
  const database = pidOf('database');
  if (upstream === undefined || database === undefined) throw new Error('not running');
  process.kill(upstream, 'SIGKILL');
  process.kill(database, 'SIGKILL');
  await waitFor(() => (pidOf('upstream-a') ?? upstream) !== upstream, {what: 'the restart of upstream-a'});
  expect((await demo.ctl('status')).out).toMatch(/^database +crashed/m);
  expect(await demo.ctl('start', 'database')).toMatchObject({exit: 0});
  await waitFor(allReady, {what: 'both upstreams to be ready again'});
  expect(existsSync(join(dir, 'faults', 'process-down'))).toBe(false);
});
