// Reads what services say about their health, in every form that is in use, into one: a word, and words of parts.
import {excerpt} from './expect.ts';
import {isObject, parseJson} from './json.ts';

export const healthFormats = ['auto', 'checks', 'inadarei', 'spring', 'k8sVerbose', 'plain'] as const;
export type HealthFormat = (typeof healthFormats)[number];

/** What one part says: its word, or what stands there instead. */
export interface Said {
  readonly word: string | undefined;
  /** For people: the word and what else is told, or what cannot be read as a word. */
  readonly text: string;
}

export interface HealthBody {
  /** The service's word about itself. */
  readonly word: string | undefined;
  readonly parts: ReadonlyMap<string, Said>;
}

type Json = Readonly<Record<string, unknown>>;

/** A word, true or false, or an object with a `status`. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return isObject(value) && typeof value['status'] === 'string' ? value['status'] : undefined;
}

const saidBy = (value: unknown, more = ''): Said => {
  const word = wordOf(value);
  return {word, text: `${excerpt(word ?? JSON.stringify(value), 80)}${more}`};
};

/** `{"status": …, "checks": {"db": "ok"}}`, and the same with objects that have a `status`. */
function fromChecks(body: Json): HealthBody | undefined {
  const listed = body['checks'] ?? body['components'];
  if (listed !== undefined && !isObject(listed)) return undefined;
  const word = wordOf(body['status']);
  if (word === undefined && listed === undefined) return undefined;
  return {word, parts: new Map(Object.entries(listed ?? {}).map(([name, value]) => [name, saidBy(value)]))};
}

/** What one measurement of draft-inadarei-api-health-check-06 says; its status is optional there. */
function measured(entry: unknown): Said {
  if (!isObject(entry)) return {word: undefined, text: excerpt(JSON.stringify(entry), 80)};
  const {observedValue: value, observedUnit: unit, output} = entry;
  const figure =
    value === undefined
      ? ''
      : ` (${excerpt(JSON.stringify(value), 40)}${typeof unit === 'string' ? ` ${excerpt(unit, 20)}` : ''})`;
  const told = typeof output === 'string' && output !== '' ? `: ${excerpt(output, 80)}` : '';
  if (entry['status'] === undefined) return {word: 'skipped', text: `no status${figure}`};
  return saidBy(entry, `${figure}${told}`);
}

/** draft-inadarei-api-health-check-06: lists under `component:measurement`, each entry with a status of its own. */
function fromInadarei(body: Json): HealthBody | undefined {
  const {status, checks = {}} = body;
  if (typeof status !== 'string' || !isObject(checks)) return undefined;
  const parts = new Map<string, Said>();
  for (const [name, list] of Object.entries(checks)) {
    if (!Array.isArray(list)) return undefined;
    const entries: readonly unknown[] = list;
    if (entries.length === 0) parts.set(name, {word: undefined, text: 'an empty list'});
    entries.forEach((entry, i) => {
      const id =
        isObject(entry) && typeof entry['componentId'] === 'string' ? entry['componentId'] : String(i + 1);
      parts.set(entries.length === 1 ? name : `${name}/${id}`, measured(entry));
    });
  }
  return {word: status, parts};
}

/** Spring Boot's actuator: `components` (formerly `details`), which may have components of their own. */
function fromSpring(body: Json): HealthBody | undefined {
  const {status} = body;
  if (typeof status !== 'string') return undefined;
  const parts = new Map<string, Said>();
  const walk = (inner: Json, prefix: string, depth: number): boolean => {
    const components = inner['components'] ?? (depth === 0 ? inner['details'] : undefined);
    if (components === undefined) return true;
    if (!isObject(components) || depth > 8) return false;
    return Object.entries(components).every(([name, value]) => {
      const details = isObject(value) && isObject(value['details']) ? value['details'] : {};
      const error = details['error'];
      parts.set(prefix + name, saidBy(value, typeof error === 'string' ? `: ${excerpt(error, 80)}` : ''));
      return !isObject(value) || walk(value, `${prefix}${name}/`, depth + 1);
    });
  };
  return walk(body, '', 0) ? {word: status, parts} : undefined;
}

const verboseLine = /^\[([+-])\](\S+) (.*)$/;

/** `/readyz?verbose` of Kubernetes: `[+]ping ok`, `[-]etcd failed: reason withheld`, `[+]etcd excluded: ok`. */
function fromVerbose(text: string): HealthBody | undefined {
  const parts = new Map<string, Said>();
  let word: string | undefined;
  for (const line of text
    .split('\n')
    .map(one => one.trim())
    .filter(Boolean)) {
    const [, sign, name, rest = ''] = verboseLine.exec(line) ?? [];
    if (sign !== undefined && name !== undefined) {
      const isExcluded = rest.startsWith('excluded');
      const isOk = sign === '+' && /^ok\b/.test(rest);
      const said = isExcluded ? 'skipped' : isOk ? 'ok' : sign === '-' ? 'failed' : undefined;
      parts.set(name, {word: said, text: excerpt(rest, 80)});
    } else word = /^\w+ check (passed|failed)$/.exec(line)?.[1] ?? word;
  }
  return parts.size === 0 ? undefined : {word, parts};
}

/** One word, such as `ok`, or exactly the text that the site names. */
function fromPlain(text: string, wanted: string | undefined): HealthBody | undefined {
  const bare = text.trim();
  if (wanted !== undefined) return {word: bare === wanted.trim() ? 'ok' : bare, parts: new Map()};
  return /^[A-Za-z][\w -]{0,40}$/.test(bare) ? {word: bare, parts: new Map()} : undefined;
}

function objectIn(text: string): Json | undefined {
  const parsed = parseJson(text)?.value;
  if (!isObject(parsed)) return undefined;
  const isWrapped =
    isObject(parsed['data']) && parsed['status'] === undefined && parsed['checks'] === undefined;
  return isWrapped && isObject(parsed['data']) ? parsed['data'] : parsed;
}

/** Which form an object has: lists under `checks` and nested components belong to one form each. */
function fromObject(body: Json): HealthBody | undefined {
  const {checks, components, details} = body;
  if (isObject(checks) && Object.values(checks).some(Array.isArray)) return fromInadarei(body);
  if (isObject(components) || (isObject(details) && typeof body['status'] === 'string'))
    return fromSpring(body);
  return fromChecks(body);
}

/** The body as it is and wrapped in `{"data": …}`; undefined = it does not have that form. */
export function readHealth(
  text: string,
  {format, plain}: {readonly format: HealthFormat; readonly plain?: string | undefined},
): HealthBody | undefined {
  const body = objectIn(text);
  switch (format) {
    case 'checks':
      return body && fromChecks(body);
    case 'inadarei':
      return body && fromInadarei(body);
    case 'spring':
      return body && fromSpring(body);
    case 'k8sVerbose':
      return fromVerbose(text);
    case 'plain':
      return fromPlain(text, plain);
    case 'auto':
      return body === undefined ? (fromVerbose(text) ?? fromPlain(text, undefined)) : fromObject(body);
  }
}
