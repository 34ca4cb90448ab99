// Body schemas of sessions, of what a site is, and of refused access.
import {z} from 'zod';
import {processName} from './kinds-run.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

export const sessionOpen = z.strictObject({
  /** What was started: console, daemon, runner, or the command's name. */
  program: z.string(),
  version: z.string(),
  process: processName.optional(),
  clock: z.strictObject({source: z.string(), offsetMs: z.int().optional()}),
});
const sessionClose = z.strictObject({why: z.string()});

const changed = z.array(z.string());

export const siteLoad = z.strictObject({
  site: z.string(),
  path: z.string(),
  sha256: hex64,
  runbooks: z.array(z.strictObject({file: z.string(), sha256: hex64})),
  program: hex64.optional(),
  added: changed.optional(),
  removed: changed.optional(),
  changed: changed.optional(),
});
const siteTrust = z.strictObject({
  path: z.string(),
  sha256: hex64,
  runbooks: z.array(z.strictObject({file: z.string(), sha256: hex64})).optional(),
});
const accessRefused = z.strictObject({what: z.string(), why: z.string()});

export const sessionKinds = {
  'session.open': sessionOpen,
  'session.close': sessionClose,
  'site.load': siteLoad,
  'site.trust': siteTrust,
  'access.refused': accessRefused,
} as const;
