// What a person says about alerts on a command line, while a daemon watches: it is heard there at once.
import {expect, test} from 'vitest';
import {z} from 'zod';
import {waitFor} from '../helpers/wait.ts';
import {receiver, stage, startDaemon, tellings, type Received} from './alerting.ts';
import type {Place} from './place.ts';

const listing = z.object({
  alerts: z.array(
    z.object({
      alert: z.string(),
      key: z.string(),
      flags: z.array(z.string()),
      told: z.array(z.object({at: z.string()})),
    }),
  ),
  held: z.array(z.object({key: z.string(), why: z.string()})),
  silences: z.array(z.object({silence: z.string()})),
});
const chain = z.object({
  ok: z.boolean(),
  links: z.array(z.object({at: z.string(), about: z.string(), message: z.string()})),
});

const listed = async ({qd}: Place) => listing.parse(JSON.parse((await qd('alerts', '--json')).out));
const why = async ({qd}: Place, ...names: readonly string[]) =>
  chain.parse(JSON.parse((await qd('alerts', 'why', ...names, '--json')).out));

const arrives = async (received: readonly Received[], count: number): Promise<void> => {
  await waitFor(() => tellings(received).length >= count, {
    timeoutMs: 40_000,
    what: () => `${count} tellings; there came ${JSON.stringify(tellings(received))}`,
  });
};

test('a silence holds back until it is lifted; who takes an alert is asked again the next time', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const {here} = on;
  const daemon = startDaemon(here);
  await daemon.says({event: 'check', state: 'pass'});
  expect((await here.qd('alerts')).out).toBe('No alert is open.\n');
  expect(await why(here)).toMatchObject({ok: true});
  expect((await here.qd('ack', 'api')).status).toBe(1);

  const set = await here.qd('silence', 'api/live', '--for', '1h', '--reason', 'deploy 4711');
  expect(set.status).toBe(0);
  on.well = false;
  await daemon.says({event: 'alert', at: 'open'});
  const silenced = await listed(here);
  expect(silenced.alerts).toMatchObject([{key: 'check api/live', told: []}]);
  expect(silenced.alerts[0]?.flags.join()).toMatch(/^silenced until /);
  const held = await why(here);
  expect(held.ok).toBe(true);
  expect(held.links.find(({at}) => at === 'waits')?.message).toMatch(
    /^silenced by .+ \(silence-[0-9a-f]{8}\) until /,
  );

  expect(await here.qd('alerts', 'test', 'hook')).toMatchObject({status: 0, out: 'hook took it: HTTP 200\n'});
  expect(hook.received.map(({notice}) => notice.about)).toEqual(['test']);

  expect((await here.qd('silence', 'lift')).status).toBe(0);
  await arrives(hook.received, 1);
  const taken = await here.qd('ack', 'api', '--note', 'looking at it');
  expect(taken.out).toContain('taken: api/live UPTIME');
  expect((await listed(here)).alerts[0]?.flags).toEqual([expect.stringMatching(/^acked by /)]);

  on.well = true;
  await arrives(hook.received, 2);
  on.well = false;
  await arrives(hook.received, 3);
  expect((await listed(here)).alerts).toMatchObject([{flags: []}]);
  expect(tellings(hook.received)).toEqual(['firing api/live', 'resolved api/live', 'firing api/live']);
  expect(await daemon.stop()).toBe(0);
  const kinds = (await here.entries()).map(({kind}) => kind).filter(kind => kind.startsWith('alert.'));
  expect(kinds.filter(kind => kind !== 'alert.sent')).toEqual([
    'alert.silence',
    'alert.open',
    'alert.silence',
    'alert.ack',
    'alert.close',
    'alert.open',
  ]);
});

test('what fails during maintenance opens no alert, is shown with the reason, and is told when that ends early', async () => {
  const hook = await receiver();
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const {here} = on;
  const daemon = startDaemon(here);
  await daemon.says({event: 'check', state: 'pass'});
  const set = z
    .object({window: z.string()})
    .parse(
      JSON.parse(
        (await here.qd('maintenance', 'set', 'api', '--for', '1h', '--reason', 'new disk', '--json')).out,
      ),
    );
  on.well = false;
  await daemon.says({event: 'check', state: 'fail'});
  // A daemon writes down what it saw a moment after it saw it.
  const now = await waitFor(
    async () => {
      const seen = await listed(here);
      return seen.held.length > 0 && seen;
    },
    {timeoutMs: 20_000, what: 'what fires to be listed as held back'},
  );
  expect(now.alerts).toEqual([]);
  expect(now.held).toMatchObject([{key: 'check api/live'}]);
  expect(now.held[0]?.why).toContain(`maintenance ${set.window} until `);
  const links = (await why(here, 'api/live')).links.map(({message}) => message).join('\n');
  expect(links).toContain(`no alert is opened: maintenance ${set.window}`);
  expect((await here.qd('maintenance', 'list')).out).toContain(`${set.window}  now  api`);
  expect(hook.received).toEqual([]);

  expect((await here.qd('maintenance', 'end', set.window)).out).toBe(`${set.window}: ended\n`);
  await arrives(hook.received, 1);
  expect(tellings(hook.received)).toEqual(['firing api/live']);
  expect(await daemon.stop()).toBe(0);
});

test('without anybody who looks, and with a receiver that refuses, the chain says where it is broken', async () => {
  const hook = await receiver();
  hook.answer = 500;
  const on = await stage({channels: `  channels: {hook: {type: webhook, url: "${hook.origin}/"}}`});
  const {here} = on;
  const daemon = startDaemon(here);
  await daemon.says({event: 'check', state: 'pass'});
  on.well = false;
  await daemon.says({event: 'notice', ok: false});
  expect(await daemon.stop()).toBe(0);
  const broken = (await why(here)).links.filter(({at}) => at === 'no');
  expect(broken.map(({about}) => about)).toEqual([
    'monitor',
    'channel hook',
    expect.stringMatching(/^alert-\w+ to hook$/),
  ]);
  expect(broken[0]?.message).toContain('start `quarterdeck daemon`');
  expect(broken[1]?.message).toContain('HTTP 500');
  const said = await here.qd('alerts', 'why');
  expect([said.status, said.out]).toEqual([1, expect.stringContaining('NO     channel hook: webhook')]);
  expect((await here.qd('alerts')).out).toMatch(
    /queued at .+: firing of alert-\w+ to hook, failed once: HTTP 500/,
  );
});
