import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {type LedgerEvent, verifyChain} from '../../demo/service/events.ts';
import {waitFor} from '../helpers/wait.ts';
import {ask, run, useReference} from './reference.ts';

const demo = useReference();
const gateway = (): string => demo.it().gatewayUrl;
const [a, b] = [0, 1] as const;
const upstream = (which: 0 | 1): string => demo.it().upstreamUrls[which];

const listSchema = z.object({
  data: z.object({
    events: z.array(
      z.object({
        seq: z.number(),
        id: z.string(),
        type: z.string(),
        tenant: z.string(),
        payload: z.string(),
        payload_hash: z.string(),
        request_id: z.string(),
        created_at: z.string(),
        prev_hash: z.string().nullable(),
        hash: z.string(),
      }),
    ),
  }),
});

const rotationSchema = z.object({
  data: z.object({upstreams: z.array(z.object({name: z.string(), inFlight: z.number()}))}),
});

async function append(type: string, payload: unknown = {}): Promise<number> {
  return (await ask(`${gateway()}/api/events`, {method: 'POST', body: JSON.stringify({type, payload})}))
    .status;
}

async function events(): Promise<LedgerEvent[]> {
  return listSchema.parse((await ask(`${gateway()}/api/events?limit=1000`)).body).data.events;
}

describe('the event ledger', () => {
  test('events appended at once through both upstreams form one chain that verifies', async () => {
    const statuses = await Promise.all(
      Array.from({length: 10}, (_, n) => append('order.placed', {n, text: 'ü|"'})),
    );
    expect(statuses).toEqual(Array.from({length: 10}, () => 201));
    const stored = await events();
    expect(stored.map(event => event.seq)).toEqual(stored.map((_, index) => index));
    expect(verifyChain(stored)).toMatchObject({
      verified: true,
      event_count: stored.length,
      last_hash: stored.at(-1)?.hash,
    });
    expect(await ask(`${upstream(b)}/api/events/verify`)).toMatchObject({
      status: 200,
      body: {data: {verified: true, event_count: stored.length, failure_index: null}},
    });
  });

  test.each(['type', 'tenant', 'payload', 'payload_hash', 'request_id', 'created_at', 'id'] as const)(
    'a changed %s is found at its event',
    async field => {
      const stored = await events();
      const changed = stored.map(event =>
        event.seq === 3 ? {...event, [field]: `${event[field]}x`} : event,
      );
      expect(verifyChain(changed)).toMatchObject({verified: false, failure_index: 3});
    },
  );

  test('a removed event is found where the chain breaks', async () => {
    const stored = await events();
    expect(verifyChain(stored.filter(event => event.seq !== 4))).toMatchObject({
      verified: false,
      failure_index: 4,
    });
  });

  test('the database refuses to change or remove an event', async () => {
    const client = new Client({connectionString: demo.it().databaseUrl});
    await client.connect();
    try {
      await expect(client.query(`update events set type = 'forged' where seq = $1`, [0])).rejects.toThrow(
        'append-only',
      );
      await expect(client.query('delete from events')).rejects.toThrow('append-only');
      await expect(client.query('truncate events')).rejects.toThrow('append-only');
    } finally {
      await client.end();
    }
  });

  test('several PostgreSQL clients with parameters and transactions do not mix', async () => {
    const clients = Array.from({length: 3}, () => new Client({connectionString: demo.it().databaseUrl}));
    await Promise.all(clients.map(client => client.connect()));
    try {
      const sums = await Promise.all(
        clients.map(async (client, base) => {
          let sum = 0;
          for (let step = 0; step < 20; step += 1) {
            if (step % 10 === 0) await client.query('begin');
            const {rows} = await client.query<{n: number}>('select $1::int + $2::int as n', [
              base * 100,
              step,
            ]);
            sum += rows[0]?.n ?? NaN;
            if (step % 10 === 9) await client.query('commit');
          }
          return sum;
        }),
      );
      expect(sums).toEqual([190, 2190, 4190]);
    } finally {
      await Promise.all(clients.map(client => client.end()));
    }
  });
});

describe('the HTTP manners', () => {
  test('a request id is echoed or made, the version header is there', async () => {
    const sent = await ask(`${gateway()}/version`, {headers: {'x-request-id': 'abc-1'}});
    expect(sent.headers.get('x-request-id')).toBe('abc-1');
    expect(sent.headers.get('x-api-version')).toBe('v1');
    expect((await ask(`${gateway()}/health`)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['GET', '/nowhere', undefined, 404, 'NOT_FOUND'],
    ['POST', '/api/events', '{"type": ', 400, 'VALIDATION_ERROR'],
    ['POST', '/api/events', '{"kind":"x"}', 400, 'VALIDATION_ERROR'],
    ['POST', '/api/events', `{"type":"${'x'.repeat(70_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
    ['GET', '/api/events?limit=0', undefined, 400, 'VALIDATION_ERROR'],
  ])('%s %s with a bad request answers the error envelope', async (method, path, body, status, code) => {
    const answer = await ask(`${gateway()}${path}`, {method, ...(body === undefined ? {} : {body})});
    expect(answer).toMatchObject({
      status,
      body: {error: {code, request_id: answer.headers.get('x-request-id')}},
    });
  });

  test('who am I: 401 without a cookie and with a forged one, the user with a real one', async () => {
    const me = `${upstream(a)}/api/auth/me`;
    const stranger = {status: 401, body: {success: false, message: 'Not authenticated'}};
    expect(await ask(me)).toMatchObject(stranger);
    expect(await ask(me, {headers: {cookie: 'session=e30.AAAA'}})).toMatchObject(stranger);
    const {out} = await demo.ctl('session', 'alice');
    expect(await ask(me, {headers: {cookie: out.trim()}})).toMatchObject({
      status: 200,
      body: {data: {user: 'alice'}},
    });
  });

  test('metrics are in the Prometheus format and count requests', async () => {
    const {body} = await ask(`${upstream(a)}/metrics`);
    expect(body).toMatch(/^http_requests_total\{status="200"\} \d+$/m);
    expect(body).toMatch(/^process_cpu_seconds_total/m);
  });

  test('the start is logged with environment, version and migration head', () => {
    const lines = readFileSync(join(demo.it().dir, 'logs', 'upstream-a.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const startup = lines.find(line => line.includes('"startup"')) ?? '';
    expect(JSON.parse(startup)).toMatchObject({env: 'staging', migration_head: '0004_evidence'});
    expect(startup).toMatch(/"version_hash":"[0-9a-f]{12}"/);
  });
});

describe('draining and stopping', () => {
  test('a drain waits for what is in flight and sends nothing new', async () => {
    const slow = ask(`${gateway()}/api/report?ms=1500`);
    const busy = await waitFor(
      async () => {
        const {body} = await ask(`${gateway()}/gateway/status`);
        return rotationSchema.parse(body).data.upstreams.find(({inFlight}) => inFlight === 1)?.name;
      },
      {what: 'the request to be in flight'},
    );
    const early = await demo.ctl('drain', busy, '--wait', '0s');
    expect(early).toMatchObject({exit: 1, out: `${busy}: drained, in flight 1\n`});
    const late = await demo.ctl('drain', busy, '--wait', '10s');
    expect(late).toMatchObject({exit: 0, out: `${busy}: drained, in flight 0\n`});
    expect(await slow).toMatchObject({status: 200, body: {data: {instance: busy}}});
    for (let index = 0; index < 4; index += 1) {
      expect((await ask(`${gateway()}/version`)).headers.get('x-upstream')).not.toBe(busy);
    }
    expect(await demo.ctl('undrain', busy)).toMatchObject({exit: 0});
    const served = new Set<string | null>();
    for (let index = 0; index < 4; index += 1)
      served.add((await ask(`${gateway()}/version`)).headers.get('x-upstream'));
    expect(served).toContain(busy);
  });

  test('draining without the control token is refused', async () => {
    expect(await ask(`${gateway()}/gateway/drain/upstream-a`, {method: 'POST'})).toMatchObject({status: 403});
  });

  test('a drained upstream stays drained when the gateway restarts', async () => {
    await demo.ctl('drain', 'upstream-b');
    expect((await demo.ctl('restart', 'gateway')).exit).toBe(0);
    expect((await demo.ctl('status')).out).toMatch(/^upstream-b .*drained, in flight 0/m);
    await demo.ctl('undrain', 'upstream-b');
  });

  test('a graceful stop finishes the request in flight, then exits 0', async () => {
    const slow = ask(`${upstream(b)}/api/report?ms=700`);
    await waitFor(async () => (await ask(`${upstream(b)}/live`)).status === 200, {what: 'upstream-b'});
    const stop = await demo.ctl('stop', 'upstream-b', '--grace', '5s');
    expect(stop.out).toMatch(/^upstream-b: stopped \(\d+ ms\)/);
    expect((await slow).status).toBe(200);
    const log = readFileSync(join(demo.it().dir, 'logs', 'supervisor.ndjson'), 'utf8');
    expect(log).toMatch(/"unit.stopped","unit":"upstream-b","exit":"status 0"/);
    expect((await demo.ctl('stop', 'upstream-b')).out).toBe('upstream-b: already stopped\n');
    expect((await demo.ctl('start', 'upstream-b')).exit).toBe(0);
    expect((await demo.ctl('start', 'upstream-b')).out).toMatch(/already running/);
  });
});

describe('ctl', () => {
  test('heads shows expected, code and database', async () => {
    const {exit, out} = await demo.ctl('heads');
    expect(exit).toBe(0);
    expect(out).toBe(
      'expected  0004_evidence\ncode      0004_evidence\ndatabase  0004_evidence\nall agree\n',
    );
  });

  test('migrate has nothing to apply and never goes back', async () => {
    expect(await demo.ctl('migrate')).toMatchObject({exit: 0, out: 'nothing to apply\n'});
    const back = await demo.ctl('migrate', '0001_events');
    expect(back.exit).toBe(1);
    expect(back.err).toContain('Migrations only go forward');
  });

  test.each([
    [['strat', 'database'], 'did you mean "start"?'],
    [['start', 'databse'], 'did you mean "database"?'],
    [['start'], 'A NAME is needed'],
    [['stop', 'gateway', '--grace', 'soon'], 'is not a duration'],
    [['status', 'extra'], 'takes no "extra"'],
    [['drain', 'gateway'], 'Unknown upstream'],
    [['status', '--colour'], "'--colour'"],
  ])('%j is refused with the way out and exit 64', async (args, words) => {
    const {exit, err} = await demo.ctl(...args);
    expect(exit).toBe(64);
    expect(err).toContain(words);
  });

  test('without a demo the answer is exit 2 and says how to start one', async () => {
    const env = {...process.env, QD_DEMO_DIR: '/nowhere/at/all'};
    const {exit, err} = await run(join(demo.it().binDir, 'ctl'), ['status'], env);
    expect(exit).toBe(2);
    expect(err).toContain('No demo runs in /nowhere/at/all');
  });

  test('only the owner can reach the keys and the control socket', () => {
    const {dir} = demo.it();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of ['control.sock', 'state.json', 'keys/signing.pem', 'keys/control.token']) {
      const path = join(dir, name);
      if (name === 'control.sock' && !existsSync(path)) continue; // a long path puts the socket in a private folder of its own
      expect(statSync(path).mode & 0o077).toBe(0);
    }
  });
});
