// What the terminal can show, from the environment: colours, and whether our signs come out right.

export type Environ = Readonly<Record<string, string | undefined>>;

/** `FORCE_COLOR` for Ink's colour library, which ignores NO_COLOR: '0' none, '1' the sixteen colours of the user's theme. */
export function colourLevel(env: Environ): '0' | '1' {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? '0' : '1';
  if ((env['NO_COLOR'] ?? '') !== '') return '0';
  return env['TERM'] === 'dumb' || (env['TERM'] ?? '') === '' ? '0' : '1';
}

/** Whether signs beyond ASCII are to be avoided: a locale without UTF-8, the Linux console, or by wish. */
export function wantsAscii(env: Environ): boolean {
  const wish = env['QUARTERDECK_ASCII'];
  if (wish !== undefined && wish !== '') return wish !== '0';
  const term = env['TERM'] ?? '';
  if (term === 'linux' || term.startsWith('vt')) return true;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    value => value !== undefined && value !== '',
  );
  return locale === undefined || !/utf-?8/i.test(locale);
}

/** Whether a drawn screen is of use; else the same is to be done line by line (`TERM=dumb`, screen readers). */
export const canDraw = (env: Environ): boolean =>
  env['TERM'] !== 'dumb' && (env['TERM'] ?? '') !== '' && (env['INK_SCREEN_READER'] ?? '') !== 'true';

/** Runs `load` with FORCE_COLOR set, and puts the variable back: steps must not inherit it. */
export async function withColour<T>(
  env: Record<string, string | undefined>,
  load: () => Promise<T>,
): Promise<T> {
  const before = env['FORCE_COLOR'];
  env['FORCE_COLOR'] = colourLevel(env);
  try {
    return await load();
  } finally {
    if (before === undefined) delete env['FORCE_COLOR'];
    else env['FORCE_COLOR'] = before;
  }
}
