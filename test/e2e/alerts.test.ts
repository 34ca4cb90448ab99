// Alerts by the real program: a service fails, a notice arrives, it recovers, and that arrives too; whatever ends between.
import {createHmac} from 'node:crypto';
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Verdict} from '../../src/domain/verdict.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {resultOf} from '../checks/looking.ts';
import {nextTurn, waitFor} from '../helpers/wait.ts';
import {receiver, stage, startDaemon, tellings, type Received} from './alerting.ts';
import type {Place} from './place.ts';

const until = async (condition: () => boolean, what: () => string): Promise<void> => {
  await waitFor(condition, {timeoutMs: 40_000, what});
};

const failing = Array.from({length: 5}, (): Verdict => 'fail');

/** Looks of the check that were kept before, one each minute up to the last whole one. */
async function written({home}: Place, verdicts: readonly Verdict[]): Promise<void> {
  const nowMs = Date.now();
  mkdirSync(home, {recursive: true, mode: 0o700});
  const telemetry = openTelemetry(join(home, 'telemetry.db'), nowMs);
  telemetry.register([
    {service: 'api', id: 'live', type: 'http', panel: 'health', everyMs: 60_000, rollup: true},
  ]);
  const beginMs = Math.floor(nowMs / 60_000 - verdicts.length) * 60_000;
  for (const [i, verdict] of verdicts.entries())
    telemetry.sample(
      {...resultOf('live', verdict), at: new Date(beginMs + i * 60_000).toISOString()},
      beginMs + i * 60_000,
    );
  await telemetry.flush();
  await telemetry.close();
}

const arrives = async (received: readonly Received[], count: number): Promise<void> =>
  until(
    () => received.length >= count,
    () => `${count} notices; there came ${JSON.stringify(tellings(received))}`,
  );

test('a check that fails is told to a webhook, signed, and so is its end; the ledger says to whom', async () => {
  const hook = await receiver();
  const on = await stage({
    channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/in", secret: "env:HOOK_SIGN"}}`,
    env: {HOOK_SIGN: 'a-shared-secret-of-the-test'},
  });
  const daemon = startDaemon(on.here);
  await daemon.says({event: 'check', check: 'api/live', state: 'pass'});
  on.well = false;
  await arrives(hook.received, 1);
  on.well = true;
  await arrives(hook.received, 2);
  await daemon.says({event: 'alert', at: 'closed', why: 'recovered'});
  await until(
    () => daemon.events().filter(({event}) => event === 'notice').length === 2,
    () => 'both notices in the daemon’s output',
  );
  expect(await daemon.stop()).toBe(0);
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live']);
  const [first] = hook.received;
  expect(first?.notice.text).toMatch(
    /^\[sev2\] FIRING api\/live UPTIME: \d+ consecutive failures @ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ – small \(staging\)\n {2}status: expected 2xx, got 503 \(X-Request-Id [0-9a-f-]{36}\)\n {2}runbooks: append$/,
  );
  expect(first?.notice.alerts[0]).toMatchObject({severity: 'sev2', labels: ['edge'], runbooks: ['append']});
  const at = String(first?.headers['x-quarterdeck-timestamp']);
  const signature = createHmac('sha256', 'a-shared-secret-of-the-test')
    .update(`${at}.${first?.body ?? ''}`)
    .digest('hex');
  expect(first?.headers['x-quarterdeck-signature']).toBe(`v1=${signature}`);
  const entries = (await on.here.entries()).filter(({kind}) => kind.startsWith('alert.'));
  expect(entries.map(({kind}) => kind)).toEqual(['alert.open', 'alert.sent', 'alert.close', 'alert.sent']);
  expect(daemon.events().filter(({event}) => event === 'problem')).toEqual([]);
});

test('a daemon that is killed after the notice tells the end when it is back, and nothing twice', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const first = startDaemon(on.here);
  await first.says({event: 'check', state: 'pass'});
  on.well = false;
  await first.says({event: 'notice', ok: true});
  await first.kill();
  // It recovers while nobody looks.
  on.well = true;
  const second = startDaemon(on.here);
  await arrives(hook.received, 2);
  await second.says({event: 'notice', ok: true});
  expect(await second.stop()).toBe(0);
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live']);
  expect(hook.received[0]?.notice.alerts[0]?.alert).toBe(hook.received[1]?.notice.alerts[0]?.alert);
});

test('a daemon that is killed while it sends leaves a notice that the next one sends, with the same names', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  hook.answer = 'hang';
  const first = startDaemon(on.here);
  await first.says({event: 'check', state: 'pass'});
  on.well = false;
  await arrives(hook.received, 1);
  await first.kill();
  hook.answer = 200;
  const second = startDaemon(on.here);
  await second.says({event: 'notice', ok: true});
  const [one, two] = hook.received;
  expect(tellings(hook.received)).toEqual(['firing api/live', 'firing api/live']);
  // The receiver can tell that it is the same.
  expect(two?.headers['idempotency-key']).toBe(one?.headers['idempotency-key']);
  expect([one?.notice.repeated, two?.notice.repeated]).toEqual([false, true]);
  expect(await second.stop()).toBe(0);
});

test('two daemons tell nothing twice, and when the one that told is killed the other goes on', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const first = startDaemon(on.here);
  await first.says({event: 'monitor', at: 'here'});
  const second = startDaemon(on.here);
  await second.says({event: 'monitor', at: 'elsewhere'});
  on.well = false;
  await first.says({event: 'notice', ok: true});
  await first.kill();
  await second.says({event: 'monitor', at: 'here'});
  on.well = true;
  await arrives(hook.received, 2);
  await second.says({event: 'notice', ok: true});
  for (let i = 0; i < 100; i++) await nextTurn();
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live']);
  expect(await second.stop()).toBe(0);
});

test('a local command gets the notice on its standard input', async () => {
  const script = 'process.stdin.pipe(require("fs").createWriteStream(process.argv[1], {flags: "a"}))';
  const on = await stage({
    channels: `  channels: {tell: {type: command, argv: ["${process.execPath}", -e, '${script}', told.json]}}`,
  });
  const daemon = startDaemon(on.here);
  on.well = false;
  await daemon.says({event: 'notice', ok: true, message: 'exit 0'});
  const told = JSON.parse(readFileSync(`${on.here.site}/told.json`, 'utf8')) as object;
  expect(told).toMatchObject({v: 1, site: 'small', alerts: [{as: 'firing', check: 'live'}]});
  expect(await daemon.stop()).toBe(0);
});

test('a console that looks by itself tells, too', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const console = on.here.console();
  await console.sees('The service');
  on.well = false;
  await arrives(hook.received, 1);
  on.well = true;
  await arrives(hook.received, 2);
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live']);
});

const rings = (written: string): number => written.split('\x07').length - 1;

test('the bell rings in a console, also in one that follows a daemon, once for what begins and not for its end', async () => {
  const on = await stage({channels: '  channels: {here: {type: bell}}'});
  const daemon = startDaemon(on.here);
  await daemon.says({event: 'check', state: 'pass'});
  const console = on.here.console();
  await console.sees('The service');
  on.well = false;
  await console.sees(/FIRING api\/live UPTIME/, 40_000);
  await until(
    () => rings(console.written()) === 1,
    () => `one ring; it rang ${rings(console.written())} times`,
  );
  on.well = true;
  await console.sees(/RESOLVED api\/live after/, 40_000);
  expect(rings(console.written())).toBe(1);
  // Nobody can say afterwards who heard it: nothing is recorded as told.
  expect((await on.here.entries()).filter(({kind}) => kind === 'alert.sent')).toEqual([]);
  expect(daemon.events().filter(({event}) => event === 'notice' || event === 'problem')).toEqual([]);
  expect(await daemon.stop()).toBe(0);
});

test('a scheduler that looks once a minute, and no monitor: an outage is told once, and so is its end', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const look = async (): Promise<number | null> => (await on.here.qd('uptime', 'api', '--once')).status;
  expect(await look()).toBe(0);
  on.well = false;
  expect(await look()).toBe(1);
  expect(hook.received).toEqual([]);
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
  expect(tellings(hook.received)).toEqual(['firing api/live']);
  on.well = true;
  expect(await look()).toBe(0);
  expect(await look()).toBe(0);
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live']);
  hook.answer = 500;
  on.well = false;
  await look();
  const {err} = await on.here.qd('uptime', 'api', '--once');
  expect(err).toContain('hook did not take the notice: HTTP 500');
});

test('a promise that burns too fast is told by a daemon as soon as it looks, once, and by nobody as a check', async () => {
  const hook = await receiver();
  const on = await stage({
    channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`,
    promise: '    slo: {target: 99.5%, window: 30d}\n',
  });
  await written(on.here, [...Array.from({length: 55}, () => 'pass' as const), ...failing]);
  const daemon = startDaemon(on.here);
  await arrives(hook.received, 1);
  expect(hook.received[0]?.notice.alerts).toMatchObject([
    {as: 'firing', key: 'slo api page', slo: 'burn', severity: 'sev2'},
  ]);
  expect(hook.received[0]?.notice.text).toContain('api BURN: the error budget goes too fast');
  expect((await on.here.qd('alerts')).out).toContain('api BURN');
  expect(await daemon.stop()).toBe(0);
  expect(hook.received).toHaveLength(1);
});
