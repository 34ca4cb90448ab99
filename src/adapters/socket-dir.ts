// A folder of this account alone, with a path short enough for the sockets of ssh.
import {lstatSync, mkdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** A socket's path may have 107 bytes; ssh puts 40 hex digits and, while it makes it, 17 more characters behind. */
const longest = 107 - 1 - 40 - 17;

/** Made when missing; undefined when there is none that only this account can use. */
export function socketDir(
  env: Readonly<Record<string, string | undefined>>,
  uid: number,
): string | undefined {
  const runtime = env['XDG_RUNTIME_DIR'];
  const candidates = [
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'quarterdeck-ssh')]),
    join(tmpdir(), `qd-ssh-${uid}`),
    `/tmp/qd-ssh-${uid}`,
  ];
  return candidates.find(dir => Buffer.byteLength(dir) <= longest && isOurs(dir, uid));
}

function isOurs(dir: string, uid: number): boolean {
  try {
    mkdirSync(dir, {mode: 0o700});
  } catch {
    // It is there already, or cannot be made: what counts is what is found.
  }
  try {
    const stat = lstatSync(dir);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
