// Real servers on loopback for tests: PostgreSQL, and ports that are free.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';
import {freePort} from '../helpers/free-port.ts';

/** The account that Debian's package makes; PostgreSQL refuses to run as root. */
function account(): {readonly uid: number; readonly gid: number} | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(one => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error(
      'there is no account postgres, and PostgreSQL does not run as root (test/real/README.md)',
    );
  return {uid: Number(uid), gid: Number(gid)};
}

export interface Postgres {
  /** As the superuser, who needs no password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a fresh server; its address, and a way to stop it before the test ends. `settings` go on its command line;
 * everybody but the superuser needs a password.
 */
export async function postgres(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  const [initdb, server] = [program('initdb', 'postgresql-15'), program('postgres', 'postgresql-15')];
  const who = account();
  const dir = tempDir();
  const data = path.join(dir, 'data');
  chmodSync(dir, 0o711);
  mkdirSync(data, {mode: 0o700});
  if (who !== undefined) chownSync(data, who.uid, who.gid);
  const as = {cwd: data, env: {LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin'}, ...who};
  execFileSync(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8'], as);
  const rules = ['local all all trust', 'host all postgres all trust', 'host all all all scram-sha-256'];
  writeFileSync(path.join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  const port = await freePort();
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    server,
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, '-c', 'fsync=off', ...options],
    {...as, stdio: 'ignore'},
  );
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await gone;
  };
  afterwards(stop);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await waitFor(async () => (await query(url, 'select 1').catch(() => undefined)) !== undefined, {
    what: 'PostgreSQL to answer',
    timeoutMs: 30_000,
  });
  return {url, port, pid: child.pid ?? 0, stop};
}

export async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({connectionString: url});
  await client.connect();
  try {
    const {rows}: {rows: readonly unknown[]} = await client.query(text);
    return rows;
  } finally {
    await client.end();
  }
}
