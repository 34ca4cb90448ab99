// The environment of programs that the monitor and the schedule start: nothing else of ours leaks into it.

const passedOn = ['PATH', 'HOME', 'USER', 'TZ', 'LANG'] as const;

/** PATH, HOME, USER, TZ, LANG and what is named besides, as far as they are set; messages come in the C locale. */
export function childEnv(
  get: (name: string) => string | undefined,
  more: readonly string[] = [],
): Record<string, string> {
  const found = [...passedOn, ...more].flatMap(name => {
    const value = get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {PATH: '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(found), LC_ALL: 'C'};
}
