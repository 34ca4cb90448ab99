// A machine with a real systemd and its journal, without a network of its own, in namespaces of this one.
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, need, program, whyNoMount} from './needs.ts';

export interface Machine {
  /** Goes in front of a command that is to run there. */
  readonly through: readonly string[];
  /** A folder that is there too, under the same path. */
  readonly dir: string;
  /** Runs a program there and gives what it printed. */
  readonly run: (...argv: readonly string[]) => string;
}

/** Everything of this machine's root, to be written over; own processes, mounts and cgroups. */
const boot = (dir: string, base: string): string => `
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs ${base}
mkdir ${base}/u ${base}/w ${base}/m
mount -t overlay overlay -o lowerdir=/,upperdir=${base}/u,workdir=${base}/w ${base}/m
R=${base}/m
mount -t proc proc $R/proc
mount -t tmpfs tmpfs $R/run
mkdir -p $R/run/sshd
mount -t tmpfs tmpfs $R/tmp
mkdir -p $R${dir}
mount --bind ${dir} $R${dir}
mount -t sysfs sysfs $R/sys
mount -t cgroup2 cgroup2 $R/sys/fs/cgroup
mount -t tmpfs tmpfs $R/dev
for d in null zero full random urandom tty; do touch $R/dev/$d; mount --bind /dev/$d $R/dev/$d; done
mkdir $R/dev/shm $R/dev/pts
cp ${dir}/*.service ${dir}/*.target $R/etc/systemd/system/
exec chroot $R env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
  /lib/systemd/systemd --unit=qd-test.target --log-target=null
`;

const target = `[Unit]
Requires=dbus.socket systemd-journald.service
After=dbus.socket systemd-journald.service
`;

/** `units`: name of a service → what stands in its file. Ended with everything in it when the test is over. */
export async function machine(units: Readonly<Record<string, string>>): Promise<Machine> {
  need(whyNoMount());
  const unshare = program('unshare', 'util-linux');
  const nsenter = program('nsenter', 'util-linux');
  program('systemctl', 'systemd');
  program('dbus-daemon', 'dbus');
  const dir = tempDir();
  const base = path.join(dir, 'base');
  mkdirSync(base);
  writeFileSync(path.join(dir, 'qd-test.target'), target);
  for (const [name, text] of Object.entries(units)) writeFileSync(path.join(dir, `${name}.service`), text);
  const outer = spawn(
    unshare,
    ['--mount', '--pid', '--ipc', '--uts', '--cgroup', '--fork', '--kill-child', 'sh', '-c', boot(dir, base)],
    {stdio: ['ignore', 'ignore', 'pipe']},
  );
  let said = '';
  outer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  afterwards(() => void outer.kill('SIGKILL'));
  const init = await waitFor(
    () => {
      try {
        return execFileSync('pgrep', ['-P', String(outer.pid)], {encoding: 'utf8'}).trim();
      } catch {
        return undefined;
      }
    },
    {what: () => `the first process; it says: ${said}`, timeoutMs: 10_000},
  );
  const through = [nsenter, '-t', init, '-a', '-r', '-w'];
  const run = (...argv: readonly string[]): string => {
    const [command = '', ...words] = [...through, ...argv];
    return execFileSync(command, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
  };
  await waitFor(
    () => {
      try {
        return run('systemctl', 'is-active', 'qd-test.target').trim() === 'active';
      } catch {
        return false;
      }
    },
    {what: () => `systemd to be up; it says: ${said}`, timeoutMs: 30_000},
  );
  return {through, dir, run};
}
