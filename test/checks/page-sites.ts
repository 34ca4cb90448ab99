// The sites of docs/check-examples.md, read and looked at.
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {checks} from '../../checks/index.ts';
import {channels} from '../../src/channels/index.ts';
import {runOnce} from '../../src/engine/monitor/run-once.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite, type ResolvedSite} from '../../src/site/resolve.ts';
import type {Stage} from './page-stage.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/check-examples.md'), 'utf8');
/** In the order of the page. */
export const sites = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
export const nameOf = (text: string): string => /^site: (.*)$/m.exec(text)?.[1] ?? '';

/** Reads a site of the page as a site file, with a stage's places in it. */
export function siteOn(text: string, {filled}: Stage): ResolvedSite {
  const resolved = resolveSite(parseSite(new TextEncoder().encode(filled(text))), {
    checks,
    channels,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });
  if (!resolved.ok)
    throw new Error(resolved.problems.map(({line, message}) => `${line}: ${message}`).join('\n'));
  return resolved.site;
}

/** Looks at its checks, or at those that are named, and at what they compare. */
export async function looked(text: string, stage: Stage, names?: readonly string[]) {
  const site = siteOn(text, stage);
  const all = site.services.flatMap(service => service.checks);
  const specs = names === undefined ? all : all.filter(({id}) => names.includes(id));
  return runOnce({specs, all, checks, ports: stage.ports, trusted: true, site});
}
