// The names in a site file, read at a glance for the first frame. Anything unusual gives nothing: the real reader,
// which comes right after, says what is wrong and where.
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {environments, type Site} from '../domain/site.ts';
import type {Env} from '../ports.ts';

/** What the first frame shows of a site. */
export type Glance = Pick<Site, 'name' | 'environment' | 'services'>;

const largest = 256 * 1024;
const fileName = 'quarterdeck.yaml';

/** The site that `$QUARTERDECK_SITE` names or that lies in `cwd` or above it; undefined when that is not plain to see. */
export function glance(env: Env, cwd: string): Glance | undefined {
  try {
    const file = fileFrom(env.get('QUARTERDECK_SITE'), cwd);
    if (file === undefined || statSync(file).size > largest) return undefined;
    return glanceAt(parse(readFileSync(file, 'utf8'), {maxAliasCount: 0}));
  } catch {
    return undefined;
  }
}

function fileFrom(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) return path.join(path.resolve(cwd, named), fileName);
  for (let dir = cwd; ; dir = path.dirname(dir)) {
    const file = path.join(dir, fileName);
    if (statSync(file, {throwIfNoEntry: false})?.isFile() === true) return file;
    if (dir === path.dirname(dir)) return undefined;
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function glanceAt(root: unknown): Glance | undefined {
  if (!isMap(root) || typeof root['site'] !== 'string' || !isMap(root['services'])) return undefined;
  const environment = environments.find(name => name === root['environment']);
  if (environment === undefined) return undefined;
  const services = Object.entries(root['services']).map(([id, value]) => {
    const title = isMap(value) && typeof value['title'] === 'string' ? value['title'] : id;
    return {id, title, labels: [], runbooks: [], checks: []};
  });
  return {name: root['site'], environment, services};
}
