// `dependsOn` of a check: while what it names is down, no alert is opened for the check. Names, and circles of them.
import {z} from 'zod';
import {didYouMean} from '../domain/nearest.ts';
import type {Dependency} from '../domain/site.ts';
import {isMapping, nameOf} from './explain.ts';
import {text} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

export const dependsField = z.union([text, z.array(text).max(50, 'expected at most 50 names')]).optional();

type Checks = ReadonlyMap<string, readonly string[]>;

/** The names as written; what is no text was complained about before. */
const namesIn = (field: unknown): readonly string[] =>
  (Array.isArray(field) ? field : [field]).filter(
    (name: unknown): name is string => typeof name === 'string',
  );

const full = ({service, check}: Dependency): string =>
  check === undefined ? service : `${service}/${check}`;

/** `check` of the same service, `service/check`, or a whole `service`; a check of the same service comes first. */
function meant(name: string, own: string, services: Checks): Dependency | undefined {
  const [service = '', check] = name.split('/');
  if (check === undefined) {
    if (services.get(own)?.includes(name) === true) return {service: own, check: name};
    return services.has(name) ? {service: name} : undefined;
  }
  return services.get(service)?.includes(check) === true ? {service, check} : undefined;
}

/** What a check's field means; called when nothing is wrong with it. */
export const dependenciesOf = (field: unknown, own: string, tree: Tree): readonly Dependency[] =>
  namesIn(field).flatMap(name => meant(name, own, servicesIn(tree)) ?? []);

function servicesIn(tree: Tree): Checks {
  const section = isMapping(tree.value) ? tree.value['services'] : undefined;
  if (!isMapping(section)) return new Map();
  return new Map(
    Object.entries(section).map(([id, service]) => {
      const checks = isMapping(service) ? service['checks'] : undefined;
      return [id, isMapping(checks) ? Object.keys(checks) : []] as const;
    }),
  );
}

interface Node {
  readonly service: string;
  readonly check: string;
  readonly path: Path;
  readonly field: unknown;
}

function nodesIn(tree: Tree): Node[] {
  const section = isMapping(tree.value) ? tree.value['services'] : undefined;
  if (!isMapping(section)) return [];
  return Object.entries(section).flatMap(([service, fields]) => {
    const checks = isMapping(fields) ? fields['checks'] : undefined;
    if (!isMapping(checks)) return [];
    return Object.entries(checks).map(([check, inner]) => ({
      service,
      check,
      path: ['services', service, 'checks', check, 'dependsOn'],
      field: isMapping(inner) ? inner['dependsOn'] : undefined,
    }));
  });
}

/** Names that lead nowhere, and checks that depend on themselves, over whatever way. */
export function dependencyProblems(tree: Tree): SiteProblem[] {
  const services = servicesIn(tree);
  const nodes = nodesIn(tree);
  const unknown = nodes.flatMap(({service, path, field}) =>
    namesIn(field).flatMap((name, i) => {
      if (name === '' || meant(name, service, services) !== undefined) return [];
      const known = [
        ...(services.get(service) ?? []),
        ...[...services].flatMap(([id, checks]) => [id, ...checks.map(check => `${id}/${check}`)]),
      ];
      const message = `${nameOf(path)}: there is no check or service \`${name}\`.${didYouMean(name, known)}`;
      const hint = 'A check of the same service is named alone, another one as service/check.';
      return [{...placeOf(tree, path, field, i), message, hint}];
    }),
  );
  return unknown.length > 0 ? unknown : circles(tree, nodes, services);
}

const placeOf = (tree: Tree, path: Path, field: unknown, i: number) =>
  tree.at(Array.isArray(field) ? [...path, i] : path);

function circles(tree: Tree, nodes: readonly Node[], services: Checks): SiteProblem[] {
  const next = new Map(
    nodes.map(({service, check, field}) => [
      `${service}/${check}`,
      namesIn(field).flatMap(name => {
        const found = meant(name, service, services);
        if (found === undefined) return [];
        if (found.check !== undefined) return [full(found)];
        return (services.get(found.service) ?? []).map(one => `${found.service}/${one}`);
      }),
    ]),
  );
  return nodes.flatMap(({service, check, path}) => {
    const way = wayBack(`${service}/${check}`, next);
    if (way === undefined) return [];
    const message = `${nameOf(path)}: it depends on itself: ${way.join(' → ')}`;
    return [{...tree.atKey(path), message, hint: 'Take one of these out.'}];
  });
}

/** The shortest way from a check to itself, both ends named. */
function wayBack(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const to of next.get(way.at(-1) ?? '') ?? []) {
      if (to === start) return [...way, to];
      if (seen.has(to)) continue;
      seen.add(to);
      ways.push([...way, to]);
    }
  }
  return undefined;
}
