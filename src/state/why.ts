// Why something is red: from what is down along `dependsOn` to what is down and stands on nothing that is. Pure.
import type {AppState, CheckView, ServiceView} from './model.ts';
import {honestVerdict} from './select.ts';
import {worseFirst} from '../domain/verdict.ts';

/** A check with the service that it is of. */
export interface Placed {
  /** `service/check`. */
  readonly key: string;
  readonly service: ServiceView;
  readonly check: CheckView;
}

/** `unclear`: unknown or stale, so that nobody knows whether the rest hangs on it. */
export type Stand = 'down' | 'unclear' | 'up';

export interface Link extends Placed {
  readonly stand: Stand;
  /** How many dependencies lie between it and what was asked about. */
  readonly depth: number;
  /** Nothing that it stands on is down. */
  readonly isRoot: boolean;
  /** What it stands on and is not up. */
  readonly needs: readonly string[];
}

export interface Cause extends Link {
  /** Everything that stands on it, directly or not, those that are not up first. */
  readonly dependents: readonly (Placed & {readonly stand: Stand})[];
}

export interface Why {
  /** What was asked about comes first, each followed by what it stands on; every check once. */
  readonly chain: readonly Link[];
  /** What is down before what is unclear. */
  readonly causes: readonly Cause[];
  /** Names in `dependsOn` that no check answers to. */
  readonly missing: readonly string[];
  /** The best first: those of the causes, then those of what was asked about. */
  readonly runbooks: readonly (ServiceView['runbooks'][number] & {readonly service: string})[];
}

const standOf = (check: CheckView): Stand => {
  if (check.flapping) return 'down';
  switch (honestVerdict(check)) {
    case 'fail':
      return 'down';
    case 'unknown':
      return 'unclear';
    case 'pass':
    case 'warn':
    case 'skipped':
      return 'up';
  }
};

const order: Record<Stand, number> = {down: 0, unclear: 1, up: 2};

const placed = (service: ServiceView, check: CheckView): Placed => ({
  key: `${service.id}/${check.id}`,
  service,
  check,
});

/** Down or unclear, or (of what was asked about) a warning. */
const isTrouble = ({check}: Placed): boolean => standOf(check) !== 'up' || honestVerdict(check) === 'warn';

const worst = (a: Placed, b: Placed): number => worseFirst(honestVerdict(a.check), honestVerdict(b.check));

/** The checks that were asked about: one by its name, or what is wrong with a service. */
function askedAbout(all: readonly Placed[], about: string): readonly Placed[] {
  const one = all.find(({key}) => key === about);
  if (one !== undefined) return [one];
  const bad = all.filter(at => at.service.id === about && isTrouble(at)).sort(worst);
  const counted = bad.filter(({check}) => check.rollup);
  return counted.length > 0 ? counted : bad;
}

/** What was found, until the services are others: a frame asks several times. */
const found = new WeakMap<AppState['services'], Map<string, Why>>();

/** `about` is a service or `service/check`. */
export function whyOf({services}: Pick<AppState, 'services'>, about: string): Why {
  const known = found.get(services) ?? new Map<string, Why>();
  found.set(services, known);
  const why = known.get(about) ?? findWhy(services, about);
  known.set(about, why);
  return why;
}

function findWhy(services: AppState['services'], about: string): Why {
  const all = services.flatMap(service => service.checks.map(check => placed(service, check)));
  const own = Map.groupBy(all, ({service}) => service.id);
  /** The checks behind each dependency. */
  const behind = ({check}: Placed): readonly (readonly [name: string, found: readonly Placed[]])[] =>
    check.dependsOn.map(({service, check: id}) => [
      id === undefined ? service : `${service}/${id}`,
      (own.get(service) ?? []).filter(at => (id === undefined ? at.check.rollup : at.check.id === id)),
    ]);
  /** What a check stands on itself. */
  const under = (at: Placed): readonly Placed[] => behind(at).flatMap(([, found]) => found);
  const missing = new Set<string>();
  const chain: Link[] = [];
  const seen = new Set<string>();
  const follow = (at: Placed, depth: number): void => {
    if (seen.has(at.key)) return;
    seen.add(at.key);
    for (const [name, found] of behind(at)) if (found.length === 0) missing.add(name);
    const needed = under(at)
      .filter(one => standOf(one.check) !== 'up' && one.key !== at.key)
      .sort(worst);
    chain.push({
      ...at,
      stand: standOf(at.check),
      depth,
      isRoot: needed.every(one => standOf(one.check) !== 'down'),
      needs: needed.map(({key}) => key),
    });
    for (const one of needed) follow(one, depth + 1);
  };
  const asked = askedAbout(all, about);
  for (const at of asked) follow(at, 0);

  const roots = chain.filter(link => link.isRoot && isTrouble(link));
  const above = roots.length === 0 ? new Map<string, readonly Placed[]>() : standingOn(all, under);
  const causes = roots
    .map((link): Cause => ({...link, dependents: dependentsOf(link, above)}))
    .sort((a, b) => order[a.stand] - order[b.stand] || b.depth - a.depth);
  const books = [...causes, ...asked].flatMap(({service}) =>
    service.runbooks.map(book => ({...book, service: service.id})),
  );
  const runbooks = books.filter(
    (book, i) => books.findIndex(one => one.id === book.id && one.procedure === book.procedure) === i,
  );
  return {chain, causes, missing: [...missing], runbooks};
}

/** By check: those that stand on it themselves. */
function standingOn(
  all: readonly Placed[],
  under: (at: Placed) => readonly Placed[],
): ReadonlyMap<string, readonly Placed[]> {
  const above = new Map<string, Placed[]>();
  for (const at of all)
    for (const {key} of under(at)) {
      const known = above.get(key);
      if (known === undefined) above.set(key, [at]);
      else known.push(at);
    }
  return above;
}

/** Everything that stands on it, what is not up first. */
function dependentsOf(cause: Placed, above: ReadonlyMap<string, readonly Placed[]>): Cause['dependents'] {
  const found = new Map<string, Placed>();
  const waiting = [cause.key];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
    for (const at of above.get(key) ?? []) {
      if (at.key === cause.key || found.has(at.key)) continue;
      found.set(at.key, at);
      waiting.push(at.key);
    }
  return [...found.values()].map(at => ({...at, stand: standOf(at.check)})).sort(worst);
}
