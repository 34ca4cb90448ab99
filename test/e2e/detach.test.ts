// A step that goes on unattended: the console is gone while it runs, and what needs nobody is done up to the next question.
import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {tcpServer} from '../helpers/http-server.ts';
import {withEnvironment} from '../helpers/processes.ts';
import type {PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';
import type {Line} from './ledger-lines.ts';
import {nodeLine, openRunOf, place, pressUntil, startRun, textOf, type Place} from './place.ts';

const site = (port: number): string => `site: small
environment: staging
services:
  api:
    title: The service
    checks:
      port: {type: tcp, host: 127.0.0.1, port: ${port}, every: 1h, timeout: 5s}
`;

/** Step 1 takes as long as the test wants and is then looked at; step 2 waits; step 3 only runs when told to; step 4 reads. */
const book = ({waits = '100ms', onDisconnect = 'detach'} = {}): string => {
  const held = `console.log("begun"); const fs = require("fs"); const {HOME} = process.env; const timer = setInterval(() => { if (fs.existsSync(HOME + "/go")) { clearInterval(timer); fs.appendFileSync(HOME + "/appended", "once\\n") } }, 20)`;
  return `# Append a line

Procedure:

1. Append

   \`\`\`sh {"name":"append","effect":"write","on-disconnect":"${onDisconnect}","verify":"api/port"}
   ${nodeLine(held)}
   \`\`\`

2. Let it settle

   <!-- qd: {"type":"wait","name":"settle","for":"${waits}"} -->

3. Only on a Sunday

   \`\`\`sh {"name":"sunday","effect":"write","when":"DAY=sunday"}
   exit 1
   \`\`\`

4. Look at the result

   \`\`\`sh {"name":"result","effect":"read"}
   echo looked
   \`\`\`
`;
};

/** A console whose run waits in step 1 until \`go\`. */
async function running(options: Parameters<typeof book>[0] = {}) {
  const port = await tcpServer(socket => socket.end());
  const here = place({siteText: site(port), runbooks: {append: book(options)}});
  const first = here.console();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(first, 'y', '│ begun');
  return {here, first, go: () => writeFileSync(path.join(here.dir, 'go'), '')};
}

const byKind = (entries: readonly Line[], kind: string): readonly Line[] =>
  entries.filter(entry => entry.kind === kind);

/** Entries once one of this kind is there, and the process that wrote it has closed its session. */
async function entriesWith(here: Place, kind: string): Promise<readonly Line[]> {
  return waitFor(
    async () => {
      const entries = await here.entries();
      const [first] = byKind(entries, kind);
      const isClosed = byKind(entries, 'session.close').some(({session}) => session === first?.session);
      return first !== undefined && isClosed ? entries : undefined;
    },
    {what: `an entry ${kind} of a session that is closed`, timeoutMs: 40_000},
  );
}

const programs = ({home}: Place): readonly string[] =>
  withEnvironment(`QUARTERDECK_HOME=${home}`).map(({command}) => command);

const losses: Readonly<Record<string, (on: PtyRobot) => void>> = {
  'killed with -9': on => on.kill('SIGKILL'),
  'hung up': on => on.hangUp(),
};

test.each(Object.entries(losses))(
  'the console is %s during a detached step: its look is done, what does not apply is passed over, and the run waits at the read',
  async (_, lose) => {
    const {here, first, go} = await running();
    lose(first);
    await first.ended(20_000);
    go();
    const alone = await entriesWith(here, 'note');
    const [resumed] = byKind(alone, 'run.resume');
    expect(resumed?.body).toMatchObject({unattended: true});
    const own = alone.filter(({session, run}) => session === resumed?.session && run !== undefined);
    expect(own.map(({kind, step}) => `${kind} ${step ?? ''}`.trim())).toEqual([
      'run.resume',
      'step.outcome append.verify',
      'step.outcome settle',
      'step.skip sunday',
      'note result',
    ]);
    expect(own.filter(({kind}) => kind === 'step.outcome').map(({body}) => body['verdict'])).toEqual([
      'pass',
      'pass',
    ]);
    // Nothing was answered for anybody.
    expect(byKind(alone, 'step.confirm').map(({step}) => step)).toEqual(['append']);
    expect(here.lines()).toBe(1);
    await waitFor(() => programs(here).length === 0, {what: 'everything to have ended', timeoutMs: 15_000});

    const next = here.console();
    await next.sees('The service', 30_000);
    await openRunOf(next);
    await next.sees('Step 5', 20_000);
    await pressUntil(next, 'enter', /↵ finish/, 30_000);
    await pressUntil(next, 'enter', 'The run is over: passed.');
    await next.press('q');
    expect((await next.ended(15_000)).exitCode, textOf(next)).toBe(0);
    const after = await here.entries();
    expect(byKind(after, 'run.resume')).toHaveLength(2);
    expect(byKind(after, 'step.intent').map(({step}) => step)).toEqual(['append', 'result']);
    expect((await here.qd('ledger', 'verify')).status).toBe(0);
  },
);

test('somebody is back while it waits unattended: the run is theirs at once, and what was left alone ends without a word', async () => {
  const {here, first, go} = await running({waits: '10m'});
  first.kill('SIGKILL');
  await first.ended(20_000);
  go();
  await waitFor(async () => byKind(await here.entries(), 'step.outcome').length === 2, {
    what: 'the unattended look',
    timeoutMs: 40_000,
  });
  const next = here.console();
  await next.sees('The service', 30_000);
  await openRunOf(next);
  await next.sees('Step 3', 20_000);
  await next.sees(/↵ look/, 20_000);
  await waitFor(() => programs(here).every(command => !command.includes('--unattended')), {
    what: 'the unattended process to end',
    timeoutMs: 20_000,
  });
  const entries = await here.entries();
  const [alone, mine] = byKind(entries, 'run.resume');
  expect([alone?.body['unattended'], mine?.body['unattended']]).toEqual([true, undefined]);
  expect(mine?.body).toMatchObject({from: alone?.session});
  const taken = entries.filter(({seq, session}) => session === alone?.session && seq > (mine?.seq ?? 0));
  expect(taken.map(({kind}) => kind)).toEqual(['session.close']);
  expect(byKind(entries, 'note')).toEqual([]);
});

test('the console goes away after the step, before anybody answered: the look is done then', async () => {
  const {here, first, go} = await running();
  go();
  await first.sees('Step 2', 20_000);
  await first.settles(300);
  expect(programs(here).some(command => command.includes('--unattended'))).toBe(false);
  first.hangUp();
  await first.ended(20_000);
  expect(byKind(await entriesWith(here, 'note'), 'step.outcome').map(({step}) => step)).toEqual([
    'append',
    'append.verify',
    'settle',
  ]);
});

test('the console lives and goes on: nothing goes on beside it, and the step runner ends', async () => {
  const {here, first, go} = await running();
  go();
  await first.sees('Step 2', 20_000);
  await pressUntil(first, 'enter', 'Step 3');
  await waitFor(() => programs(here).every(command => !command.includes('runner.cjs')), {
    what: 'the step runner to end',
    timeoutMs: 20_000,
  });
  await first.press('q');
  await first.settles(200);
  if (first.isAlternate()) await first.press('y');
  await first.ended(20_000);
  expect(byKind(await here.entries(), 'run.resume')).toEqual([]);
  expect(existsSync(path.join(here.dir, 'appended'))).toBe(true);
});

test('without detach the run waits at the look', async () => {
  const {here, first, go} = await running({onDisconnect: 'finish'});
  first.kill('SIGKILL');
  await first.ended(20_000);
  go();
  await waitFor(() => programs(here).length === 0, {what: 'everything to have ended', timeoutMs: 30_000});
  expect(byKind(await here.entries(), 'step.outcome').map(({step}) => step)).toEqual(['append']);
});
