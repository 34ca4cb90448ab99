// Why nobody can be told about anything, for commands and screens.
import {say, type Shown} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';

/** Undefined when somebody can. */
export function alertsOff({trust, alerts}: Pick<Site, 'trust' | 'alerts'>): Shown | undefined {
  if (trust.at !== 'trusted') return say`alerting off: the site is not trusted (\`quarterdeck site trust\`)`;
  if ((alerts?.channels ?? []).length === 0) return say`alerting off: the site names no channel`;
  return undefined;
}
