// The data directory: which one it is, and made when it is missing.
import {lstatSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {QdError} from '../domain/error.ts';
import type {Env} from '../ports.ts';

/** `--home`, else `$QUARTERDECK_HOME`, else `$XDG_STATE_HOME/quarterdeck/<site>`; throws HOME_UNSAFE without any. */
export function homePath(given: string | undefined, env: Env, site: () => string): string {
  const named = given ?? env.get('QUARTERDECK_HOME');
  if (named !== undefined && named !== '') return path.resolve(named);
  const xdg = env.get('XDG_STATE_HOME');
  const home = env.get('HOME');
  const state = xdg !== undefined && path.isAbsolute(xdg) ? xdg : home && path.join(home, '.local/state');
  if (state === undefined || state === '') {
    throw new QdError(
      'HOME_UNSAFE',
      'There is no folder for the data directory: neither $XDG_STATE_HOME nor $HOME is set.',
      {
        hint: 'Name one with --home DIR or $QUARTERDECK_HOME.',
      },
    );
  }
  return path.join(state, 'quarterdeck', site());
}

/** Makes the directory 0700 when it is missing; throws HOME_UNSAFE when it is a link, not ours, or open to others. */
export function ensureHome(dir: string, uid: number): string {
  const hint = 'Name another data directory with --home.';
  let found = lstatSync(dir, {throwIfNoEntry: false});
  if (found === undefined) {
    try {
      mkdirSync(dir, {recursive: true, mode: 0o700});
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new QdError('HOME_UNSAFE', `The data directory ${dir} cannot be made: ${why}`, {
        hint,
        file: dir,
        cause: error,
      });
    }
    found = lstatSync(dir);
  }
  const wrong = found.isSymbolicLink()
    ? 'is a link'
    : !found.isDirectory()
      ? 'is not a directory'
      : found.uid !== uid
        ? `belongs to uid ${found.uid}, not to you (uid ${uid})`
        : (found.mode & 0o077) !== 0
          ? `is open to others (mode ${(found.mode & 0o777).toString(8)})`
          : undefined;
  if (wrong === undefined) return dir;
  const fix = wrong.startsWith('is open') ? `Run: chmod 700 ${dir}` : hint;
  throw new QdError('HOME_UNSAFE', `The data directory ${dir} ${wrong}.`, {hint: fix, file: dir});
}
