// Transient scopes of systemd: which processes are in one, and ending them all at once through its control group.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Scopes} from '../ports.ts';

/** Undefined where systemd does not run, or lets this account make no scopes. */
export function findScopes(
  env: Readonly<Record<string, string | undefined>>,
  {uid, root = '/'}: {readonly uid: number; readonly root?: string},
): Scopes | undefined {
  // sd_booted(3): this folder is there when systemd runs.
  if (!existsSync(join(root, 'run/systemd/system'))) return undefined;
  const runtime = env['XDG_RUNTIME_DIR'];
  const user = uid !== 0;
  if (user && (runtime === undefined || !existsSync(join(runtime, 'systemd/private')))) return undefined;
  const slice = user ? `user.slice/user-${uid}.slice/user@${uid}.service/app.slice` : 'system.slice';
  const file = (unit: string, name: string): string | undefined =>
    ['', 'unified', 'systemd']
      .map(tree => join(root, 'sys/fs/cgroup', tree, slice, `${unit}.scope`, name))
      .find(path => existsSync(path));
  const processes = (unit: string): number[] => {
    const list = file(unit, 'cgroup.procs');
    try {
      return list === undefined ? [] : readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  return {
    user,
    processes,
    // cgroup.kill (Linux 5.14) belongs to whoever the group was delegated to, whoever runs in it.
    kill: unit => {
      const control = file(unit, 'cgroup.kill');
      try {
        if (control !== undefined) writeFileSync(control, '1');
        return control !== undefined;
      } catch {
        return false;
      }
    },
  };
}
