// Which checks a command line means: `SERVICE`, `SERVICE/CHECK`, or nothing for all.
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {CheckSpec, Site} from '../domain/site.ts';

const unknownName = (what: string, name: string, known: readonly string[]): QdError =>
  new QdError('UNKNOWN_NAME', `There is no ${what} ${name}.${didYouMean(name, known)}`, {
    hint: known.length === 0 ? 'The site has none.' : `Known: ${known.join(', ')}`,
  });

function select(site: Site, name: string): readonly CheckSpec[] {
  const [service = '', ...rest] = name.split('/');
  const found = site.services.find(({id}) => id === service);
  if (found === undefined)
    throw unknownName(
      'service',
      service,
      site.services.map(({id}) => id),
    );
  if (rest.length === 0) return found.checks;
  const check = rest.join('/');
  const one = found.checks.find(({id}) => id === check);
  if (one === undefined)
    throw unknownName(
      `check of ${service} called`,
      check,
      found.checks.map(({id}) => id),
    );
  return [one];
}

/** The checks in the order of the site, each once; throws UNKNOWN_NAME. */
export function selectChecks(site: Site, names: readonly string[]): readonly CheckSpec[] {
  const all = site.services.flatMap(service => service.checks);
  if (names.length === 0) return all;
  const chosen = new Set(names.flatMap(name => select(site, name)));
  return all.filter(spec => chosen.has(spec));
}
