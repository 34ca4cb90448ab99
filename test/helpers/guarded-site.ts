// A site that exists only in memory, with guards of its own: for commands that are handed a site.
import type {Guard, Site} from '../../src/domain/site.ts';

/** A guard of a site file, with the patterns that matter to the test. */
export const siteGuard = (
  id: string,
  {title = id, line = 1, ...patterns}: Partial<Omit<Guard, 'id'>>,
): Guard => ({id, title, line, argv: [], sql: [], path: [], env: [], absolute: false, ...patterns});

/** A trusted site without services. */
export const guardedSite = (...guards: readonly Guard[]): Site => ({
  name: 'acme',
  environment: 'staging',
  dir: '/srv/site',
  file: '/srv/site/quarterdeck.yaml',
  escalation: [],
  services: [],
  guards: [...guards],
  hashes: {},
  trust: {at: 'trusted'},
});
