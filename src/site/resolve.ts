// From the parsed site file to services and checks: defaults filled in, names looked up, parameters validated.
import type {AnyChannel} from '../define-channel.ts';
import type {AnyCheck} from '../define.ts';
import type {Anchor} from '../domain/anchor.ts';
import {didYouMean} from '../domain/nearest.ts';
import {secretReference} from '../domain/secret.ts';
import type {CheckSpec, Retention, Service, Site} from '../domain/site.ts';
import type {StrikeLimits} from '../domain/strikes.ts';
import {alertProblems, alertsOf, type AlertSections} from './alerts.ts';
import {dependenciesOf, dependencyProblems} from './depends.ts';
import {durationMs} from './duration.ts';
import {explainIssues, isMapping, nameOf} from './explain.ts';
import {guardProblems, guardsIn} from './guards.ts';
import type {Parsed} from './parse.ts';
import type {SiteProblem} from './problem.ts';
import {runningOf, runningProblems, type RunningSections} from './running.ts';
import {jobsIn, scheduleProblems} from './schedule.ts';
import {sloOf, sloProblems, type SloDefaults} from './slo.ts';
import {checkField, checkShape, type AnchorFields, type CheckFields, type RetentionFields} from './schema.ts';
import type {Path, Tree} from './yaml.ts';

export interface Defaults {
  /** From UPTIME_STRIKES. */
  readonly strikesToFail: number;
  /** From UPTIME_INTERVAL_SEC; undefined = what the check type says. */
  readonly everyMs: number | undefined;
  readonly slo?: SloDefaults;
}

export interface Known {
  readonly checks: readonly AnyCheck[];
  /** Types of channels; where nobody is told anything there need be none. */
  readonly channels?: readonly AnyChannel[];
  /** Runbooks that a service may name. */
  readonly runbookIds: ReadonlySet<string>;
  readonly defaults: Defaults;
}

export type ResolvedSite = Pick<
  Site,
  'name' | 'environment' | 'escalation' | 'services' | 'retention' | 'anchors' | 'secrets' | 'guards' | 'jobs'
> &
  RunningSections &
  AlertSections;

export type Resolved =
  | {readonly ok: true; readonly site: ResolvedSite}
  | {readonly ok: false; readonly problems: readonly SiteProblem[]};

/** Every problem at once: those of the shape, and those of names and parameters wherever the shape allows to look. */
export function resolveSite(parsed: Parsed, known: Known): Resolved {
  if (!parsed.ok) return parsed;
  const {tree, file} = parsed;
  const {channels = []} = known;
  const problems = [
    ...parsed.problems,
    ...namesAndParams(tree, known),
    ...secretProblems(tree),
    ...runningProblems(tree),
    ...guardProblems(tree),
    ...scheduleProblems(tree),
    ...dependencyProblems(tree),
    ...alertProblems({tree, channels}),
  ];
  if (file === undefined || problems.length > 0) return {ok: false, problems};
  const services = Object.entries(file.services ?? {}).map(
    ([id, {title, owner, labels, runbooks, checks, slo}]): Service => {
      const specs = Object.entries(checks ?? {}).map(([check, fields]) =>
        specOf({service: id, check, fields, hosts: file.hosts ?? {}, tree, known}),
      );
      return {
        id,
        title: title ?? id,
        ...(owner === undefined ? {} : {owner}),
        labels: labels ?? [],
        runbooks: runbooks ?? [],
        checks: specs,
        ...(slo === undefined
          ? {}
          : {slo: sloOf(slo, {specs, checks: known.checks, defaults: known.defaults.slo ?? {}})}),
      };
    },
  );
  const escalation = (file.escalation ?? []).map(({who, phone, when}) => ({
    who,
    ...(phone === undefined ? {} : {phone}),
    ...(when === undefined ? {} : {when}),
  }));
  return {
    ok: true,
    site: {
      name: file.site,
      environment: file.environment,
      escalation,
      services,
      ...(file.retention === undefined ? {} : {retention: retentionOf(file.retention)}),
      ...(file.anchors === undefined ? {} : {anchors: Object.entries(file.anchors).map(anchorOf)}),
      ...(file.secrets === undefined ? {} : {secrets: textsOf(file.secrets)}),
      ...runningOf(file),
      ...guardsIn(file, tree),
      jobs: jobsIn(file, tree),
      ...alertsOf(file, {tree, channels}),
    },
  };
}

function anchorOf([name, fields]: readonly [string, AnchorFields]): Anchor {
  if (fields.type === 'ssh') return {name, ...fields, offHost: true};
  const offHost = fields.offHost ?? false;
  return fields.type === 'file'
    ? {name, type: 'file', path: fields.path, offHost}
    : {name, type: 'syslog', socket: fields.socket, offHost};
}

/** `never`, and what is not named, is kept for good. */
const retentionOf = ({outputs, messages, notes, archive}: RetentionFields): Retention => ({
  outputsMs: durationMs(outputs ?? ''),
  messagesMs: durationMs(messages ?? ''),
  notesMs: durationMs(notes ?? ''),
  archive:
    archive === undefined ? undefined : {afterMs: durationMs(archive.after) ?? Infinity, dir: archive.dir},
});

const textsOf = (section: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(section).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );

/** References only. What stands there instead is not repeated: it may be the secret itself. */
function secretProblems(tree: Tree): SiteProblem[] {
  const section = isMapping(tree.value) ? tree.value['secrets'] : undefined;
  if (!isMapping(section)) return [];
  return Object.entries(section).flatMap(([name, text]) => {
    const path: Path = ['secrets', name];
    if (!/^[A-Za-z_]\w{0,62}$/.test(name)) {
      const message = '`secrets`: a name is made of at most 63 letters, digits and `_`';
      return [{...tree.atKey(path), message}];
    }
    const reference =
      typeof text === 'string'
        ? secretReference(text)
        : ({at: 'wrong', problem: 'expected env:NAME or file:/path'} as const);
    if (reference.at !== 'wrong') return [];
    const hint = 'A secret is named by where it is kept, and never written into this file.';
    return [{...tree.at(path), message: `${nameOf(path)}: ${reference.problem}`, hint}];
  });
}

interface CheckSource {
  readonly service: string;
  readonly check: string;
  readonly fields: CheckFields;
  readonly hosts: NonNullable<Site['hosts']>;
  readonly tree: Tree;
  readonly known: Known;
}

function specOf({service, check, fields, hosts, tree, known}: CheckSource): CheckSpec {
  const definition = known.checks.find(({type}) => type === fields.type);
  if (definition === undefined) throw new TypeError(`check type ${fields.type} was not looked up`);
  const dependsOn = dependenciesOf(fields.dependsOn, service, tree);
  const params = definition.params.parse(paramsOf(fields));
  const on = definition.on(params);
  const host = on === 'local' ? undefined : hosts[on];
  return {
    service,
    id: check,
    type: fields.type,
    panel: fields.panel ?? 'health',
    everyMs: durationMs(fields.every ?? '') ?? known.defaults.everyMs ?? definition.everyMs,
    timeoutMs: durationMs(fields.timeout ?? '') ?? definition.timeoutMs,
    rollup: fields.rollup ?? true,
    severity: fields.severity ?? 'sev2',
    strikes: strikesOf(fields.strikes, known.defaults),
    ...(dependsOn.length === 0 ? {} : {dependsOn}),
    ...(fields.allowMutating === undefined ? {} : {allowMutating: fields.allowMutating}),
    params,
    ...(host === undefined ? {} : {host: {name: on, ssh: host.ssh}}),
    line: tree.atKey(['services', service, 'checks', check]).line,
  };
}

/** Who counts within a window, and names no number in a row, is not bound to the default one. */
function strikesOf(given: CheckFields['strikes'], {strikesToFail}: Defaults): StrikeLimits {
  const {
    fail,
    recover = 2,
    within,
    flapping = true,
  } = typeof given === 'number' ? {fail: given} : (given ?? {});
  return {
    fail: fail ?? within?.bad ?? strikesToFail,
    recover,
    ...(within === undefined ? {} : {within}),
    ...(flapping ? {} : {flapping}),
  };
}

/** What is left of a check when the fields that all checks have are taken away. */
const paramsOf = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !Object.hasOwn(checkShape, key)));

function namesAndParams(tree: Tree, known: Known): SiteProblem[] {
  return mappingsIn(tree.value, ['services']).flatMap(({path, value}) => [
    ...runbookProblems(tree, path, value['runbooks'], known),
    ...mappingsIn(tree.value, [...path, 'checks']).flatMap(check => checkProblems(tree, check, known)),
    ...circles(tree, path, known),
    ...sloProblems({
      tree,
      service: path,
      slo: value['slo'],
      ...specsIn(tree, path, known),
      checks: known.checks,
    }),
  ]);
}

/** The checks of a service by name, and those of them that are right so far. */
function specsIn(
  tree: Tree,
  service: Path,
  known: Known,
): {names: readonly string[]; specs: readonly CheckSpec[]} {
  const own = mappingsIn(tree.value, [...service, 'checks']);
  const specs = own.flatMap(({path, value}) => {
    const fields = checkField.safeParse(value);
    if (!fields.success || checkProblems(tree, {path, value}, known).length > 0) return [];
    const [check, of] = [String(path.at(-1)), String(service.at(-1))];
    return [specOf({service: of, check, fields: fields.data, hosts: {}, tree, known})];
  });
  return {names: own.map(({path}) => String(path.at(-1))), specs};
}

interface Mapping {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The mappings that stand in the mapping at `path`; what is none was complained about before. */
function mappingsIn(root: unknown, path: Path): Mapping[] {
  let inner = root;
  for (const step of path) inner = isMapping(inner) ? inner[String(step)] : undefined;
  if (!isMapping(inner)) return [];
  return Object.entries(inner).flatMap(([key, value]) =>
    isMapping(value) ? [{path: [...path, key], value}] : [],
  );
}

function runbookProblems(tree: Tree, service: Path, list: unknown, {runbookIds}: Known): SiteProblem[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((id: unknown, i) => {
    if (typeof id !== 'string' || id === '' || runbookIds.has(id)) return [];
    const path = [...service, 'runbooks', i];
    return [
      {
        ...tree.at(path),
        message: `${nameOf([...service, 'runbooks'])}: there is no runbook \`${id}\`.${didYouMean(id, runbookIds)}`,
        hint: `Runbooks are the files in runbooks/ beside quarterdeck.yaml, and those that are shipped.`,
      },
    ];
  });
}

function checkProblems(tree: Tree, {path, value}: Mapping, known: Known): SiteProblem[] {
  const {type} = value;
  if (typeof type !== 'string' || type === '') return [];
  const definition = known.checks.find(check => check.type === type);
  if (definition === undefined) {
    const types = known.checks.map(check => check.type);
    const near = didYouMean(type, types) || ` Known: ${types.join(', ')}.`;
    return [
      {...tree.at([...path, 'type']), message: `${nameOf(path)}: there is no check type \`${type}\`.${near}`},
    ];
  }
  if (value['allowMutating'] !== undefined && definition.mutates === undefined)
    return [
      {
        ...tree.atKey([...path, 'allowMutating']),
        message: `${nameOf(path)}: a ${type} check changes nothing, so there is nothing to allow`,
      },
    ];
  const params = paramsOf(value);
  const parsed = definition.params.safeParse(params);
  if (!parsed.success) {
    return explainIssues(parsed.error.issues, {
      tree,
      base: path,
      schema: definition.params,
      alsoKnown: Object.keys(checkShape),
    });
  }
  return [
    ...hostProblems(tree, path, definition.on(parsed.data)),
    ...inputProblems(tree, {path, value}, definition.inputs(parsed.data)),
    ...sourceProblems(tree, {path, value}),
  ];
}

/** A `source` that is a word names a database or a metric server of the site. */
function sourceProblems(tree: Tree, {path, value}: Mapping): SiteProblem[] {
  const sources = isMapping(tree.value) ? tree.value['sources'] : undefined;
  const known = isMapping(sources) ? Object.keys(sources) : [];
  const other = value['sameAs'];
  return [
    {at: [...path, 'source'], name: value['source']},
    {at: [...path, 'sameAs', 'source'], name: isMapping(other) ? other['source'] : undefined},
  ].flatMap(({at, name}) => {
    if (typeof name !== 'string' || known.includes(name)) return [];
    const near = didYouMean(name, known) || (known.length === 0 ? '' : ` Known: ${known.join(', ')}.`);
    const hint = 'Databases and metric servers stand under `sources` of this file.';
    return [{...tree.at(at), message: `${nameOf(at)}: there is no source \`${name}\`.${near}`, hint}];
  });
}

/** `on` that names no host of the site. */
function hostProblems(tree: Tree, path: Path, on: string): SiteProblem[] {
  const hosts = isMapping(tree.value) ? tree.value['hosts'] : undefined;
  const known = ['local', ...(isMapping(hosts) ? Object.keys(hosts) : [])];
  if (known.includes(on)) return [];
  const near = didYouMean(on, known) || ` Known: ${known.join(', ')}.`;
  const hint = 'Hosts stand under `hosts` of this file, each with the alias by which ssh knows it.';
  const place = [...path, 'on'];
  return [{...tree.at(place), message: `${nameOf(place)}: there is no host \`${on}\`.${near}`, hint}];
}

function inputProblems(tree: Tree, {path, value}: Mapping, inputs: readonly string[]): SiteProblem[] {
  const siblings = mappingsIn(tree.value, path.slice(0, -1)).map(sibling => String(sibling.path.at(-1)));
  const self = String(path.at(-1));
  return inputs.flatMap(input => {
    if (input === self)
      return [{...tree.atKey(path), message: `${nameOf(path)}: it names itself as an input`}];
    if (siblings.includes(input)) return [];
    const near = didYouMean(
      input,
      siblings.filter(name => name !== self),
    );
    return [
      {
        ...placeOfKey(tree, path, value, input),
        message: `${nameOf(path)}: this service has no check \`${input}\`.${near}`,
      },
    ];
  });
}

/** Where a check names `input`: a key in one of its fields, else the check itself. */
function placeOfKey(tree: Tree, path: Path, value: Mapping['value'], input: string) {
  const field = Object.entries(value).find(([, inner]) => isMapping(inner) && Object.hasOwn(inner, input));
  return tree.atKey(field === undefined ? path : [...path, field[0], input]);
}

/** Checks that wait for each other would never have a result. */
function circles(tree: Tree, service: Path, known: Known): SiteProblem[] {
  const inputs = new Map<string, readonly string[]>();
  for (const {path, value} of mappingsIn(tree.value, [...service, 'checks'])) {
    const definition = known.checks.find(({type}) => type === value['type']);
    const parsed = definition?.params.safeParse(paramsOf(value));
    if (definition !== undefined && parsed?.success === true) {
      inputs.set(String(path.at(-1)), definition.inputs(parsed.data));
    }
  }
  const reaches = (from: string, target: string, seen: Set<string>): boolean =>
    (inputs.get(from) ?? []).some(
      next =>
        next !== from && (next === target || (!seen.has(next) && reaches(next, target, seen.add(next)))),
    );
  return [...inputs.keys()]
    .filter(check => reaches(check, check, new Set()))
    .map(check => ({
      ...tree.atKey([...service, 'checks', check]),
      message: `${nameOf([...service, 'checks', check])}: it waits for a check that waits for it`,
    }));
}
