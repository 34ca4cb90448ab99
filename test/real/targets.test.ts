// Where steps go: another host through OpenSSH, another account through sudo, PostgreSQL, Prometheus.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {nodeLine} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {stage} from '../runner/stage.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import {perform, type Scene} from '../../src/engine/runner/perform.ts';
import {afterwards, program} from './needs.ts';
import {freePort, postgres} from './servers.ts';
import {sshHosts as hosts} from './ssh-hosts.ts';
import {sshServer, type Sshd} from './sshd.ts';

async function remote(server: Sshd, way = hosts(server)) {
  const one = await stage();
  const {bin, sockets} = way;
  const scene: Scene = {
    ...one.scene,
    sockets,
    env: {...one.scene.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`},
  };
  const run = async (text: string, more: Partial<Job> = {}) => {
    await perform(one.shell(text, {on: 'box', timeoutMs: 20_000, ...more}), scene);
    return {body: (await one.outcome()).entry.body, output: (await one.output()) ?? ''};
  };
  return {...one, id: one.run, scene, run};
}

test('a command on another host: its output, its own exit status, its variables, one connection for all', async () => {
  const server = await sshServer();
  const way = hosts(server);
  const value = `'; touch /tmp/injected-${process.pid}; "$(id)" \`id\`\n--option ☃`;
  const first = await remote(server, way);
  const printed = await first.run('printf "%s|%s|" "$VALUE" "$QD_RUN"; echo "$SSH_CONNECTION" >&2', {
    vars: {VALUE: value},
  });
  expect(printed.body).toMatchObject({verdict: 'pass', message: 'exit 0', status: 0});
  // What it printed on its two outputs may arrive in either order.
  expect(printed.output).toContain(`${value}|${first.id}|`);
  expect(existsSync(`/tmp/injected-${process.pid}`)).toBe(false);
  const port = /127\.0\.0\.1 (\d+) 127\.0\.0\.1/.exec(printed.output)?.[1];
  const again = await (await remote(server, way)).run('echo "$SSH_CONNECTION"; exit 255');
  expect(again.body).toMatchObject({verdict: 'fail', message: 'exit 255', status: 255});
  expect(again.output).toContain(`127.0.0.1 ${port ?? '?'} `);
  const [intent] = await first.ledger.read({kinds: ['step.intent']});
  expect(intent?.entry.body).toMatchObject({on: 'box', vars: ['VALUE']});
});

test('a host that cannot be reached is unknown, and nothing was started', async () => {
  const server = await sshServer();
  const {run} = await remote(server);
  const {body} = await run('true', {on: 'nobody', effect: 'write'});
  expect(body).toMatchObject({
    verdict: 'unknown',
    message: containing('nobody cannot be reached, so nothing was started there'),
  });
  expect(body['message']).toContain('refused');
});

test('a command that is stopped is ended on its host, also what left its session; what it left behind holds nothing up', async () => {
  const server = await sshServer();
  const way = hosts(server);
  const file = path.join(tempDir(), 'pids');
  const note = `require("fs").appendFileSync(${JSON.stringify(file)}, process.pid + "\\n")`;
  const deaf = `process.on("SIGTERM", () => {}); ${note}; setTimeout(() => {}, 60000);`;
  const both = `${deaf} require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(deaf)}], {detached: true, stdio: "inherit"}).unref()`;
  const pids = (): number[] =>
    existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
  const {run, stop} = await remote(server, way);
  const running = run(nodeLine(both), {timeoutMs: 60_000, graceMs: 300});
  await waitFor(() => pids().length === 2, {what: 'both to run', timeoutMs: 30_000});
  stop.abort();
  const {body} = await running;
  expect(body).toMatchObject({verdict: 'fail', ended: 'operator', message: 'stopped by the operator'});
  await waitFor(() => pids().every(pid => !existsSync(`/proc/${pid}`)), {what: 'both to be gone'});

  const began = performance.now();
  const left = await (await remote(server, way)).run('sleep 20 & echo done');
  expect(left.body).toMatchObject({verdict: 'pass'});
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('a line that breaks while a command runs leaves its outcome unknown', async () => {
  const server = await sshServer();
  const {run, watched} = await remote(server);
  const running = run('echo begun; sleep 30', {effect: 'write', atLimit: 'ask'});
  await waitFor(() => watched.join('').includes('begun'), {what: 'the command to begin', timeoutMs: 20_000});
  // Every sshd process of the connection.
  const children = execFileSync('pgrep', ['-P', String(server.pid)], {encoding: 'utf8'})
    .split('\n')
    .filter(Boolean);
  for (const pid of children) process.kill(Number(pid), 'SIGKILL');
  const {body} = await running;
  expect(body).toMatchObject({
    verdict: 'unknown',
    message: containing('the connection to box was lost while it ran there'),
  });
});

test('evidence is collected from another host', async () => {
  const server = await sshServer();
  const {job, scene, outcome, disclosed, dir} = await remote(server);
  writeFileSync(path.join(dir, 'there.log'), 'a line\n');
  await perform(
    job(
      {
        at: 'collect',
        items: [
          {at: 'file', path: path.join(dir, 'there.log')},
          {at: 'file', path: '/no/such'},
        ],
      },
      {on: 'box', timeoutMs: 20_000},
    ),
    scene,
  );
  expect((await outcome()).entry.body).toMatchObject({verdict: 'warn', message: '1 of 2 collected'});
  expect((await disclosed('step.outcome', '/body/items/0/content'))?.toString()).toBe('a line\n');
});

test('as another account through sudo, with the run’s variables; a refusal says what to do', async () => {
  program('sudo', 'sudo');
  const {shell, scene, outcome, output} = await stage();
  const env = {...scene.env, PATH: process.env['PATH'] ?? ''};
  chmodSync('/tmp', 0o1777);
  await perform(
    shell('id -un; printf %s "$VALUE"', {runAs: 'nobody', vars: {VALUE: "$(id) 'x'"}, cwd: '/'}),
    {...scene, env},
  );
  expect((await outcome()).entry.body).toMatchObject({verdict: 'pass'});
  expect(await output()).toBe("nobody\n$(id) 'x'");

  const refused = await stage();
  await perform(refused.shell('id', {runAs: 'no-such-account', cwd: '/'}), {...refused.scene, env});
  expect((await refused.outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    message: containing('it did not run as no-such-account, because sudo refused'),
  });
});

test('what another account runs is ended at the limit, and what cannot be followed is said', async () => {
  program('sudo', 'sudo');
  const {shell, scene, outcome} = await stage();
  const env = {...scene.env, PATH: process.env['PATH'] ?? ''};
  await perform(shell('sleep 61 & sleep 62', {runAs: 'nobody', cwd: '/', timeoutMs: 1_500, graceMs: 300}), {
    ...scene,
    env,
  });
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    ended: 'limit',
    message: containing('without systemd'),
  });
  const list = execFileSync('ps', ['-eo', 'args'], {encoding: 'utf8'});
  expect(list).not.toMatch(/sleep 6[12]/);
});

test('statements on PostgreSQL: tables, parameters, a transaction that cannot write, limits, a server that is gone', async () => {
  const database = await postgres();
  const ask = async (text: string, more: Partial<Job> = {}, url = database.url) => {
    const {job, scene, outcome, output, value} = await stage();
    await perform(
      job({at: 'sql', source: {name: 'main', type: 'postgres', url}, text}, {timeoutMs: 15_000, ...more}),
      {...scene, sourceUrl: url},
    );
    return {body: (await outcome()).entry.body, output: (await output()) ?? '', value: await value()};
  };
  const made = await ask(
    `create table runs (id int, name text); insert into runs values (1, 'one'), (2, 'it''s')`,
    {effect: 'write'},
  );
  expect(made.body).toMatchObject({verdict: 'pass', message: 'INSERT 2'});
  const rows = await ask('select * from runs where id < $ID order by id', {vars: {ID: '9'}});
  expect(rows.body).toMatchObject({verdict: 'pass', message: '2 rows'});
  expect(rows.output).toBe(" id | name\n----+------\n 1  | one\n 2  | it's\n(2 rows)\n");
  const nasty = await ask('select count(*) from runs where name = $NAME', {
    vars: {NAME: "' or true; drop table runs; --"},
    capture: {name: 'N'},
  });
  expect(nasty.value).toBe('0');

  expect((await ask('delete from runs')).body).toMatchObject({
    verdict: 'fail',
    message: containing('read-only transaction'),
  });
  expect(
    (await ask(`select set_config('transaction_read_only', 'off', false); delete from runs`)).body,
  ).toMatchObject({verdict: 'fail'});
  expect((await ask('select count(*) from runs', {capture: {name: 'N'}})).value).toBe('2');

  const slow = await ask('select pg_sleep(60)', {timeoutMs: 1_500, graceMs: 2_000});
  expect(slow.body).toMatchObject({verdict: 'fail', ended: 'limit'});
  const still = `select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and pid <> pg_backend_pid()`;
  await waitFor(async () => (await ask(still, {capture: {name: 'N'}})).value === '0', {
    what: 'the statement to be cancelled',
    timeoutMs: 20_000,
  });

  const many = await ask("select i, repeat('x', 100) from generate_series(1, 200000) i", {timeoutMs: 60_000});
  expect(many.body).toMatchObject({verdict: 'pass', message: '200000 rows'});
  expect((await ask('selec')).body).toMatchObject({verdict: 'fail', message: containing('syntax error')});
  await database.stop();
  expect((await ask('select 1')).body).toMatchObject({
    verdict: 'unknown',
    message: containing('no connection'),
  });
});

test('an instant query on a real Prometheus', async () => {
  const server = program('prometheus', 'prometheus');
  const dir = tempDir();
  const port = await freePort();
  writeFileSync(
    path.join(dir, 'p.yml'),
    `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: self\n    static_configs: [{targets: ['127.0.0.1:${port}']}]\n`,
  );
  const child = spawn(
    server,
    [
      `--config.file=${path.join(dir, 'p.yml')}`,
      `--storage.tsdb.path=${path.join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    {stdio: 'ignore'},
  );
  afterwards(() => void child.kill('SIGKILL'));
  const ask = async (text: string, more: Partial<Job> = {}) => {
    const {job, scene, outcome, output} = await stage();
    const source = {name: 'metrics', type: 'prometheus', url: `http://127.0.0.1:${port}`} as const;
    await perform(job({at: 'promql', source, text}, more), scene);
    return {body: (await outcome()).entry.body, output: await output()};
  };
  await waitFor(async () => (await ask('up')).body['verdict'] === 'pass', {
    what: 'the first sample',
    timeoutMs: 40_000,
  });
  const up = await ask('up{job="self"}', {expect: '== 1'});
  expect(up.body).toMatchObject({verdict: 'pass', message: '1, as expected (== 1)'});
  expect(up.output).toBe(`up{instance="127.0.0.1:${port}", job="self"} 1\n`);
  expect((await ask('up', {expect: '> 1'})).body).toMatchObject({verdict: 'fail'});
  expect((await ask('no_such_metric', {expect: 0})).body).toMatchObject({
    verdict: 'unknown',
    message: 'metrics: no data',
  });
  expect((await ask('up{', {})).body).toMatchObject({verdict: 'unknown', message: containing('parse error')});
  expect((await ask('1 + 1')).body).toMatchObject({verdict: 'pass', message: '2'});
});
