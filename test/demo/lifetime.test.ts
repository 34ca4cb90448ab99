import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {z} from 'zod';
import {startReference, writeDemoSite} from '../../demo/start.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {ask, bundleDir, demoDir, run} from './reference.ts';

const stateSchema = z.object({
  pid: z.number(),
  processes: z.array(z.object({name: z.string(), state: z.string(), pid: z.number().nullable()})),
});

let dir = '';
const stateHome = process.env['XDG_STATE_HOME'];
beforeEach(() => {
  dir = tempDir();
  process.env['XDG_STATE_HOME'] = join(dir, 'state');
});
afterEach(() => {
  if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = stateHome;
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function pids(demo: string): number[] {
  const state = stateSchema.parse(JSON.parse(readFileSync(join(demo, 'state.json'), 'utf8')));
  return [state.pid, ...state.processes.flatMap(({pid}) => (pid === null ? [] : [pid]))];
}

test('started from the sources; when the process that started the demo dies, nothing of it stays', async () => {
  const demo = join(dir, 'demo');
  const program = `
    import {startReference} from ${JSON.stringify(join(demoDir, 'start.ts'))};
    const {gatewayUrl} = await startReference({dir: ${JSON.stringify(demo)}, parentPid: process.pid});
    console.log(gatewayUrl);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise(resolve => parent.stdout.once('data', resolve));
  const all = pids(demo);
  expect(all).toHaveLength(5);
  expect(all.every(isAlive)).toBe(true);
  parent.kill('SIGKILL');
  await waitFor(() => !all.some(isAlive), {what: 'all processes to end', timeoutMs: 8000});
  expect(existsSync(join(demo, 'state.json'))).toBe(false);
});

test('when the supervisor itself is killed, its processes end', async () => {
  const reference = await startReference({
    dir: join(dir, 'demo'),
    parentPid: process.pid,
    entryDir: bundleDir,
  });
  const all = pids(reference.dir);
  process.kill(reference.supervisorPid, 'SIGKILL');
  await waitFor(() => !all.some(isAlive), {what: 'all processes to end', timeoutMs: 8000});
  await reference.stop();
});

test('a second demo in the same folder is refused; after a stop the folder starts again with its data', async () => {
  const demo = join(dir, 'a folder with a name so long that no socket fits into it'.padEnd(100, '.'));
  const first = await startReference({dir: demo, parentPid: process.pid, entryDir: bundleDir});
  try {
    await expect(startReference({dir: demo, parentPid: process.pid, entryDir: bundleDir})).rejects.toThrow(
      'runs in',
    );
    const posted = await ask(`${first.gatewayUrl}/api/events`, {method: 'POST', body: '{"type":"kept"}'});
    expect(posted.status).toBe(201);
  } finally {
    await first.stop();
  }
  const second = await startReference({dir: demo, parentPid: process.pid, entryDir: bundleDir});
  try {
    const {body} = await ask(`${second.gatewayUrl}/api/events`);
    const {data} = z.object({data: z.object({events: z.array(z.object({type: z.string()}))})}).parse(body);
    expect(data.events.map(({type}) => type).slice(-3)).toEqual(['app.startup', 'kept', 'app.startup']);
    const runbooks = join(dir, 'runbooks');
    mkdirSync(runbooks);
    writeFileSync(join(runbooks, 'one.md'), '# One\n');
    const site = writeDemoSite({
      reference: second,
      templateDir: join(demoDir, 'site'),
      runbooksDir: runbooks,
    });
    const text = readFileSync(join(site, 'quarterdeck.yaml'), 'utf8');
    expect(text).toContain(second.gatewayUrl);
    expect(text).not.toMatch(/\$[A-Z]/);
    expect(existsSync(join(site, 'runbooks', 'one.md'))).toBe(true);
  } finally {
    await second.stop();
  }
});

test('a PostgreSQL that runs elsewhere is used, and never started or stopped', async () => {
  const owner = await startReference({dir: join(dir, 'owner'), parentPid: process.pid, entryDir: bundleDir});
  try {
    process.env['QD_DEMO_DATABASE_URL'] = owner.databaseUrl;
    const guest = await startReference({
      dir: join(dir, 'guest'),
      parentPid: process.pid,
      entryDir: bundleDir,
    });
    try {
      expect(guest.databasePort).toBe(owner.databasePort);
      expect((await ask(`${guest.gatewayUrl}/ready`)).status).toBe(200);
      const stop = await run(join(guest.binDir, 'ctl'), ['stop', 'database']);
      expect(stop.exit).toBe(2);
      expect(stop.err).toContain('not run by the demo');
    } finally {
      await guest.stop();
    }
    expect((await ask(`${owner.gatewayUrl}/ready`)).status).toBe(200);
  } finally {
    delete process.env['QD_DEMO_DATABASE_URL'];
    await owner.stop();
  }
});

test('a port that is taken is named', async () => {
  const server = createServer();
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(
      startReference({dir: join(dir, 'demo'), parentPid: process.pid, basePort: port}),
    ).rejects.toThrow(`Port ${String(port)} is in use`);
  } finally {
    server.close();
  }
});
