import {expect, onTestFinished, test} from 'vitest';
import {closeExpired, closeGlasses} from '../../src/engine/glasses.ts';
import type {Clock, Ledger} from '../../src/ports.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {open, written} from '../store/helpers.ts';
import {openConsole, say} from './run/world.ts';

const hourMs = 3_600_000;

async function openGlass(
  ledger: Ledger,
  {glass, untilMs, guards = ['keep-orders']}: {glass: string; untilMs: number; guards?: string[]},
): Promise<void> {
  const until = new Date(untilMs).toISOString();
  written(
    await ledger.append({
      entries: [
        {
          kind: 'breakglass.open',
          body: {glass, guards, untilMs, until},
          disclosed: [{ptr: '/body/reason', value: 'the owner asked for it'}],
        },
      ],
    }),
  );
}

const closes = async (ledger: Ledger) =>
  (await ledger.read({kinds: ['breakglass.close']})).map(({entry}) => entry.body);

test('what ran out is closed once, with how often it was used; what is open or closed stays as it is', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  const nowMs = clock.nowMs();
  expect(await closeExpired(ledger, clock)).toEqual([]);
  await openGlass(ledger, {glass: 'short', untilMs: nowMs + 60_000});
  await openGlass(ledger, {glass: 'long', untilMs: nowMs + hourMs});
  await openGlass(ledger, {glass: 'closed', untilMs: nowMs + 60_000});
  const used = {glass: 'short', guard: 'keep-orders', pattern: 'argv: dropdb'};
  written(await ledger.append({entries: [{kind: 'breakglass.use', body: used}]}));
  const closed = {glass: 'closed', why: 'closed', used: 0};
  written(await ledger.append({entries: [{kind: 'breakglass.close', body: closed}]}));

  clock.jump(59_999);
  expect(await closeExpired(ledger, clock)).toEqual([]);
  clock.jump(1);
  expect(await closeExpired(ledger, clock)).toEqual(['short']);
  expect(await closeExpired(ledger, clock)).toEqual([]);
  expect(await closes(ledger)).toEqual([closed, {glass: 'short', why: 'expired', used: 1}]);
  clock.jump(hourMs);
  expect(await closeExpired(ledger, clock)).toEqual(['long']);
});

/** Ledgers whose first readers wait for each other: both have read before one of them appends. */
function meeting(clock: Pick<Clock, 'nowMs'>) {
  let waiting = 0;
  const met = Promise.withResolvers<undefined>();
  return (ledger: Ledger): Parameters<typeof closeExpired> => {
    let isFirst = true;
    const read: Ledger['read'] = async query => {
      const rows = await ledger.read(query);
      if (!isFirst) return rows;
      isFirst = false;
      waiting += 1;
      if (waiting === 2) met.resolve(undefined);
      await met.promise;
      return rows;
    };
    return [{readOnly: undefined, append: async request => ledger.append(request), read}, clock];
  };
}

test('a ledger that can only be read is left as it is', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  await openGlass(ledger, {glass: 'g', untilMs: clock.nowMs() + 60_000});
  clock.jump(hourMs);
  const readOnly = {
    readOnly: 'no room',
    read: ledger.read.bind(ledger),
    append: async () => Promise.reject(new Error('it was written to')),
  };
  expect(await closeExpired(readOnly, clock)).toEqual([]);
  expect(await closes(ledger)).toEqual([]);
});

test('of two sessions that see the same end at once, one records it; the other finds it recorded', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const [mara, noor] = [await open(dir, {clock, session: 'mara'}), await open(dir, {clock, session: 'noor'})];
  for (const glass of ['a', 'b']) await openGlass(mara, {glass, untilMs: clock.nowMs() + 60_000});
  clock.jump(60_000);
  const meet = meeting(clock);
  const closed = await Promise.all([closeExpired(...meet(mara)), closeExpired(...meet(noor))]);
  expect(closed.flat().sort()).toEqual(['a', 'b']);
  expect(closed).toContainEqual([]);
  const expired = (glass: string) => ({glass, why: 'expired', used: 0});
  expect(await closes(mara)).toEqual([expired('a'), expired('b')]);
});

test('a use that comes while a glass is being closed is counted in its end', async () => {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  await openGlass(ledger, {glass: 'g', untilMs: clock.nowMs() + hourMs});
  let isFirst = true;
  const used = {glass: 'g', guard: 'keep-orders', pattern: 'argv: dropdb'};
  const reading = {
    append: ledger.append.bind(ledger),
    read: async (query: Parameters<Ledger['read']>[0]) => {
      const rows = await ledger.read(query);
      if (isFirst) written(await ledger.append({entries: [{kind: 'breakglass.use', body: used}]}));
      isFirst = false;
      return rows;
    },
  };
  expect(await closeGlasses(reading, {why: 'closed', meant: () => true})).toMatchObject({
    ok: true,
    closed: [{glass: 'g', used: 1}],
  });
  expect(await closes(ledger)).toEqual([{glass: 'g', why: 'closed', used: 1}]);
});

const book = `# Guarded

Procedure:

1. Remove the database

   \`\`\`sh {"name":"drop","effect":"write"}
   true dropdb orders
   \`\`\`

2. Remove it again

   \`\`\`sh {"name":"again","effect":"write"}
   true dropdb orders
   \`\`\`

3. Tell the others
`;

/** A console whose site keeps the orders; `ahead.ms` moves the clock by which break-glasses end. */
async function guardedConsole(dir: string, ahead: {ms: number}) {
  const first = await openConsole({dir, runbooks: {guarded: book}});
  const {clock, site} = first.world;
  await first.close();
  const guard = {
    id: 'keep-orders',
    line: 4,
    title: 'The orders are never dropped',
    argv: ['true dropdb'],
    sql: [],
    path: [],
    env: [],
    absolute: false,
  };
  const here = await openConsole({
    dir,
    runbooks: {guarded: book},
    world: {site: {...site, guards: [guard]}, clock: {...clock, nowMs: () => clock.nowMs() + ahead.ms}},
  });
  onTestFinished(async () => here.close());
  return here;
}

test('while a break-glass is open a guarded step is typed and its use recorded; once it is over, it is refused again', async () => {
  const ahead = {ms: 0};
  const here = await guardedConsole(tempDir(), ahead);
  const {ledger, world} = here;
  await openGlass(ledger, {glass: 'g-1', untilMs: world.clock.nowMs() + 30 * 60_000});
  const run = await here.desk.start({runbook: 'guarded', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot()).toMatchObject({
    ask: {at: 'typed', expected: 'api', question: containing('break-glass')},
    guards: [{guard: 'keep-orders', glass: 'g-1'}],
  });
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  expect(await say(run, {say: 'yes', typed: 'api'})).toEqual({ok: true});
  await waitFor(() => run.snapshot().state.walk[0]?.state.at === 'done' || undefined, {
    what: 'the end of the step',
    timeoutMs: 20_000,
  });
  const uses = await ledger.read({kinds: ['breakglass.use']});
  expect(uses.map(({entry}) => [entry.run, entry.body])).toMatchObject([
    [run.run, {glass: 'g-1', guard: 'keep-orders', pattern: containing('dropdb')}],
  ]);

  await run.refresh();
  expect(run.snapshot().ask).toMatchObject({at: 'typed'});
  // It runs out while the question is on the screen.
  ahead.ms = 30 * 60_000;
  expect(await say(run, {say: 'yes', typed: 'api'})).toMatchObject({
    ok: false,
    why: containing('never dropped'),
  });
  expect(run.snapshot()).toMatchObject({ask: {at: 'guarded'}, guards: [{guard: 'keep-orders'}]});
  expect(run.snapshot().guards[0]).not.toHaveProperty('glass');
  const kinds = (await ledger.read({run: run.run, from: uses[0]?.seq ?? 0})).map(({entry}) => entry.kind);
  expect(kinds).toEqual(['breakglass.use', 'step.confirm', 'step.intent', 'step.outcome', 'guard.refused']);
});

test('the end of a break-glass that nobody saw is recorded when a run starts, and when one is gone on with', async () => {
  const ahead = {ms: 0};
  const here = await guardedConsole(tempDir(), ahead);
  const {ledger, world, desk} = here;
  await openGlass(ledger, {glass: 'first', untilMs: world.clock.nowMs() + 60_000});
  ahead.ms = hourMs;
  const run = await desk.start({runbook: 'guarded', service: 'api'});
  expect(run.snapshot().ask).toMatchObject({at: 'guarded'});
  run.close();
  const expired = (glass: string) => ({glass, why: 'expired', used: 0});
  expect(await closes(ledger)).toEqual([expired('first')]);
  const [end] = await ledger.read({kinds: ['breakglass.close']});
  const [start] = await ledger.read({run: run.run, limit: 1});
  expect(end?.seq).toBeLessThan(start?.seq ?? 0);

  ahead.ms = 0;
  await openGlass(ledger, {glass: 'second', untilMs: world.clock.nowMs() + 60_000});
  ahead.ms = hourMs;
  // Whoever only looks records nothing.
  (await desk.open(run.run, {walk: false})).close();
  expect(await closes(ledger)).toHaveLength(1);
  (await desk.open(run.run, {walk: true})).close();
  expect(await closes(ledger)).toEqual([expired('first'), expired('second')]);
});
