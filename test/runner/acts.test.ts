import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createHash} from 'node:crypto';
import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {nodeLine, pauseLine} from '../helpers/programs.ts';
import {waitFor} from '../helpers/wait.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {realProcesses} from '../../src/adapters/processes.ts';
import {perform} from '../../src/engine/runner/perform.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {stage} from './stage.ts';

const nasty = [
  '$(touch injected)',
  '`touch injected`',
  "'; touch injected; '",
  '"; touch injected; "',
  'two\nlines\n',
  '--option',
  String.raw`back\slash \n \u0041`,
  '*',
  '${PATH} $HOME !! %s',
  'é ☃ 💥',
  '',
];

test('values of variables reach a command byte for byte and are never read as shell', async () => {
  for (const value of nasty) {
    const {shell, scene, output, dir} = await stage();
    await perform(shell('printf %s "$VALUE"', {vars: {VALUE: value}}), scene);
    expect((await output()) ?? '').toBe(value);
    expect(existsSync(join(dir, 'injected'))).toBe(false);
  }
});

test('a variable of 100 KiB passes; one of 1 MiB, a NUL and a wrong name are refused before anything starts', async () => {
  const {shell, scene, output, dir, ledger, run} = await stage();
  const file = join(dir, 'acted');
  for (const [vars, why] of [
    [{VALUE: 'x'.repeat(1024 * 1024)}, '1048576 bytes'],
    [{VALUE: 'a\0b'}, 'NUL'],
    [{'A; touch injected': 'x'}, 'no name of a variable'],
  ] as const) {
    expect(await perform(shell(`: > ${file}`, {vars}), scene)).toMatchObject({
      at: 'refused',
      why: containing(why),
    });
  }
  expect(existsSync(file)).toBe(false);
  expect(await ledger.read({run, kinds: ['step.intent']})).toEqual([]);
  await perform(shell('printf %s "$VALUE"', {vars: {VALUE: 'x'.repeat(100 * 1024)}}), scene);
  expect((await output())?.length).toBe(100 * 1024);
});

test('a command gets the run, its fence, the run’s variables and secrets, and nothing on standard input', async () => {
  const {shell, scene, output, run} = await stage();
  const job = shell('echo "$QD_RUN $QD_FENCE $PLACE ${#TOKEN}"; read -r line || echo empty', {
    vars: {PLACE: 'here'},
    secrets: {TOKEN: 'hunter22'},
  });
  await perform(job, scene);
  expect(await output()).toBe(`${run} ${job.fence} here 8\nempty\n`);
});

test('a read that prints more than its limit is ended, a write is asked about and goes on', async () => {
  const endless = nodeLine('for (;;) require("fs").writeSync(1, "y\\n".repeat(8192))');
  const read = await stage();
  await perform(read.shell(endless, {maxOutputBytes: 1_000_000, timeoutMs: 30_000}), read.scene);
  expect((await read.outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    ended: 'limit',
    message: 'ended because it printed more than 1000000 bytes',
  });
  const write = await stage();
  const much = nodeLine('process.stdout.write("x".repeat(300000))');
  await perform(
    write.shell(much, {effect: 'write', atLimit: 'ask', maxOutputBytes: 100_000, timeoutMs: 30_000}),
    write.scene,
  );
  expect((await write.outcome()).entry.body).toMatchObject({verdict: 'pass'});
  const [limit, ...more] = await write.ledger.read({run: write.run, kinds: ['step.limit']});
  expect(more).toEqual([]);
  expect(limit?.entry.body).toMatchObject({limitBytes: 100_000, note: containing('it keeps running')});
});

test('what is expected is found in the middle of long output, also across chunks', async () => {
  const {shell, scene, outcome} = await stage();
  const script = `const w = t => require("fs").writeSync(1, t); w("x".repeat(600000)); w("all sys"); setTimeout(() => { w("tems go"); w("x".repeat(600000)); }, 50)`;
  await perform(shell(nodeLine(script), {expect: 'all systems go'}), scene);
  expect((await outcome()).entry.body).toMatchObject({verdict: 'pass'});
});

test('a read is tried again as often as the runbook says, and the outcome counts the tries', async () => {
  const {shell, scene, outcome, output} = await stage();
  const quick = {
    ...scene,
    clock: {
      ...scene.clock,
      after: (ms: number, fn: () => void) => scene.clock.after(ms === 1000 ? 1 : ms, fn),
    },
  };
  await perform(shell('echo try; test -e once || { : > once; exit 7; }', {retries: 2}), quick);
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'pass',
    tries: 2,
    message: 'exit 0 (try 2 of 3)',
  });
  expect(await output()).toBe('try\n\n[try 1 of 3: exit 7]\ntry\n');
});

test('a write that was ended from outside, or of which nobody knows, is not tried again', async () => {
  const {shell, scene, outcome, dir} = await stage();
  const text = `echo begun >> ${join(dir, 'times')}; ${pauseLine(30_000)}`;
  await perform(shell(text, {effect: 'write', atLimit: 'kill', timeoutMs: 400, retries: 3}), scene);
  expect((await outcome()).entry.body).toMatchObject({verdict: 'fail', ended: 'limit'});
  expect(readFileSync(join(dir, 'times'), 'utf8')).toBe('begun\n');
});

test('the output becomes a variable: trimmed, or the first group of a pattern, masked as the output is', async () => {
  const whole = await stage();
  await perform(
    whole.shell('echo; echo " v1.2.3 "; echo noise >&2', {capture: {name: 'VERSION'}}),
    whole.scene,
  );
  expect(await whole.value()).toBe('v1.2.3');
  const [entry] = await whole.ledger.read({run: whole.run, kinds: ['step.value']});
  expect(entry?.entry).toMatchObject({step: 'act', body: {attempt: 1, name: 'VERSION', from: 'output'}});

  const group = await stage();
  await perform(group.shell('echo "pid: 42, up"', {capture: {name: 'ID', re: 'pid: (\\d+)'}}), group.scene);
  expect(await group.value()).toBe('42');

  const fitting = await stage();
  const capture = {name: 'ID', re: 'pid: (\\d+)', pattern: '[0-9]{2}|none'};
  await perform(fitting.shell('echo "pid: 42, up"', {capture}), fitting.scene);
  expect(await fitting.value()).toBe('42');

  const secret = await stage();
  const mask = createMasker({values: [{name: 'PASS', value: 'hunter22'}]});
  await perform(secret.shell('echo key=hunter22', {capture: {name: 'KEY'}}), {...secret.scene, mask});
  expect(await secret.value()).toBe('key=[secret PASS]');
});

test('a step whose output does not give the variable has failed, and says why', async () => {
  for (const [text, capture, why] of [
    ['echo up', {name: 'ID', re: 'pid: (\\d+)'}, 'nothing in the output matches'],
    ['true', {name: 'ID'}, 'there was no output'],
    ['echo x', {name: 'ID', re: '(?=x)'}, 'no pattern of RE2'],
    [
      'echo v1.x',
      {name: 'ID', re: 'v(.*)', pattern: '[0-9.]+'},
      'is no value of ID: it does not match [0-9.]+',
    ],
  ] as const) {
    const {shell, scene, outcome, value} = await stage();
    await perform(shell(text, {capture}), scene);
    expect((await outcome()).entry.body).toMatchObject({verdict: 'fail', message: containing(why)});
    expect(await value()).toBeUndefined();
  }
});

test('what is expected in words is for a person to say: how it ended is told once, whatever it is', async () => {
  for (const [text, message] of [
    ['echo in', 'exit 0'],
    ['echo no >&2; exit 22', 'exit 22'],
  ] as const) {
    const {shell, scene, outcome, output, dir} = await stage();
    const counted = `echo x >> ${join(dir, 'times')}; ${text}`;
    await perform(shell(counted, {expected: 'denied', retries: 3}), scene);
    expect((await outcome()).entry.body).toMatchObject({verdict: 'unknown', message, expected: 'denied'});
    expect(await output()).toMatch(/in|no/);
    expect(readFileSync(join(dir, 'times'), 'utf8')).toBe('x\n');
  }
  const slow = await stage();
  await perform(slow.shell(pauseLine(30_000), {expected: 'denied', timeoutMs: 200}), slow.scene);
  expect((await slow.outcome()).entry.body).toMatchObject({expected: 'denied', ended: 'limit'});
  // What never began says nothing about what is expected.
  const {job, scene, outcome} = await stage();
  await perform(job({at: 'command', argv: ['no-such-program-here']}, {expected: 'denied'}), scene);
  const {body} = (await outcome()).entry;
  expect(body).toMatchObject({verdict: 'unknown'});
  expect(body).not.toHaveProperty('expected');
});

test('with on-disconnect abort a step ends when its console is gone; otherwise it runs to its end', async () => {
  const {boot} = realProcesses(realClock().bootId).self();
  const gone = {pid: 2 ** 22 - 1, start: '1', boot};
  const abort = await stage();
  await perform(
    abort.shell(pauseLine(30_000), {effect: 'write', atLimit: 'ask', onDisconnect: 'abort', console: gone}),
    abort.scene,
  );
  expect((await abort.outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    ended: 'disconnect',
    message: containing('the console was gone'),
  });
  const finish = await stage();
  await perform(finish.shell('echo done', {onDisconnect: 'finish', console: gone}), finish.scene);
  expect((await finish.outcome()).entry.body).toMatchObject({verdict: 'pass'});
});

test('with on-disconnect abort a step ends soon after its console is killed', async () => {
  const {shell, scene, outcome, watched} = await stage();
  const console = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'});
  onTestFinished(() => void console.kill('SIGKILL'));
  const pid = console.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const performing = perform(
    shell(`echo begun; ${pauseLine(30_000)}`, {
      effect: 'write',
      atLimit: 'ask',
      onDisconnect: 'abort',
      console: {pid, start, boot: scene.clock.bootId},
    }),
    scene,
  );
  await waitFor(() => watched.join('').includes('begun'), {what: 'the command to begin'});
  console.kill('SIGKILL');
  await performing;
  expect((await outcome()).entry.body).toMatchObject({ended: 'disconnect'});
});

test('in the environment of a login shell the account’s profile is read first', async () => {
  const {shell, scene, output, dir} = await stage();
  writeFileSync(join(dir, '.profile'), 'FROM_PROFILE=yes; export FROM_PROFILE\n');
  const env = {...scene.env, HOME: dir, SHELL: '/bin/sh'};
  const text = 'echo "${FROM_PROFILE:-no}"';
  await perform(shell(text, {login: true}), {...scene, env});
  // The system's own profile may say something before.
  expect((await output())?.split('\n').slice(-2)).toEqual(['yes', '']);
  const plain = await stage();
  await perform(plain.shell(text), {...plain.scene, env: {...plain.scene.env, HOME: dir}});
  expect(await plain.output()).toBe('no\n');
});

test('evidence is collected in order, with size and SHA-256, and what fails does not stop the rest', async () => {
  const {job, scene, outcome, output, disclosed, dir} = await stage();
  mkdirSync(join(dir, 'logs'));
  const bytes = Buffer.from([0, 255, 10, 27, 65]);
  writeFileSync(join(dir, 'logs/real.bin'), bytes);
  symlinkSync(join(dir, 'logs/real.bin'), join(dir, 'link'));
  const long = Buffer.alloc(100_000, 'long ');
  writeFileSync(join(dir, 'long'), long);
  const items = [
    {at: 'command', argv: ['sh', '-c', 'echo seen; exit 3'], text: 'state'},
    {at: 'file', path: join(dir, 'missing')},
    {at: 'file', path: join(dir, 'link')},
    {at: 'file', path: join(dir, 'long')},
    {at: 'url', url: 'http://127.0.0.1:1/'},
  ] as const;
  await perform(
    job({
      at: 'collect',
      items: items.map(item =>
        item.at === 'command' ? {...item, argv: ['sh', '-c', 'echo seen; exit 3']} : item,
      ),
    }),
    scene,
  );
  const {body} = (await outcome()).entry;
  expect(body).toMatchObject({verdict: 'warn', message: '3 of 5 collected'});
  expect(body['items']).toMatchObject([
    {what: 'state', message: 'exit 3', content: {}},
    {what: containing('missing'), message: 'it is not there'},
    {what: containing('link'), message: containing('collected from'), content: {}},
    {what: containing('long'), message: 'collected'},
    {what: 'http://127.0.0.1:1/'},
  ]);
  expect(await disclosed('step.outcome', '/body/items/2/content')).toEqual(bytes);
  expect((await disclosed('step.outcome', '/body/items/3/content'))?.length).toBe(long.length);
  const sha = (of: Uint8Array | string): string => createHash('sha256').update(of).digest('hex');
  const lines = ((await output()) ?? '').split('\n');
  expect(lines[0]).toBe(`${sha('seen\n')}           5  state: exit 3`);
  expect(lines[2]?.startsWith(`${sha(bytes)}           5  `)).toBe(true);
  // A hash of a short content would give it away for ever: none stands in the entry itself.
  expect(JSON.stringify(body)).not.toContain(sha(bytes));
});

test('nothing collected is a failure', async () => {
  const {job, scene, outcome} = await stage();
  await perform(job({at: 'collect', items: [{at: 'file', path: '/no/such/file'}]}), scene);
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    message: 'nothing could be collected',
  });
});
