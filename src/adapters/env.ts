// The environment of this process; an empty variable counts as one that is not set.
import type {Env} from '../ports.ts';

/** Looks variables up in `source` (`process.env`) at each call. */
export const realEnv = (source: Readonly<Record<string, string | undefined>>): Env => ({
  get: name => {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    return value === '' ? undefined : value;
  },
});
