// The sections `alerts` and `maintenance` of the site file: channels, routes, when they are quiet, and windows that repeat.
import {z} from 'zod';
import type {AnyChannel, FieldForm} from '../define-channel.ts';
import {
  defaultPlan,
  groupings,
  type AlertPlan,
  type AlertRoute,
  type ChannelSpec,
} from '../domain/alert-plan.ts';
import {clockPattern, isTimeZone, weekdays, type Recurring, type Weekday} from '../domain/local-time.ts';
import type {RecurringWindow} from '../domain/maintenance.ts';
import {didYouMean} from '../domain/nearest.ts';
import {everything, scopesOf} from '../domain/scope.ts';
import {secretReference} from '../domain/secret.ts';
import {severities} from '../domain/verdict.ts';
import {durationMs} from './duration.ts';
import {explainIssues, isMapping, nameOf} from './explain.ts';
import {id, text} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

const oneOrMore = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one).min(1, 'expected at least one')]);
const listOf = <T extends string>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given;

const clock = z.string().regex(clockPattern, 'expected a time of day such as 09:00, in quotes');
const zone = z.string().refine(isTimeZone, 'expected a time zone such as UTC or Europe/Berlin');
const days = z.array(z.enum(weekdays)).min(1, 'expected at least one day').optional();
const severity = oneOrMore(z.enum(severities)).optional();

const time = (least: number, most: number, said: string) =>
  z.string().refine(value => {
    const ms = durationMs(value);
    return ms !== undefined && ms >= least && ms <= most;
  }, `expected a duration between ${said}`);

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

const route = z.strictObject({
  severity,
  on: oneOrMore(text).optional(),
  to: oneOrMore(text),
  digest: z.boolean().optional(),
});

const alerts = z.strictObject({
  channels: z.record(id, z.looseObject({type: text})).optional(),
  routes: z.array(route).max(200, 'expected at most 200 routes').optional(),
  group: z
    .strictObject({
      by: z.enum(groupings).optional(),
      wait: time(1, 60 * minuteMs, '1ms and 1h').optional(),
      interval: time(1, dayMs, '1ms and 1d').optional(),
      repeat: time(minuteMs, 30 * dayMs, '1m and 30d').optional(),
    })
    .optional(),
  quiet: z
    .strictObject({from: clock, to: clock, timezone: zone.optional(), days})
    .refine(({from, to}) => from !== to, {path: ['to'], error: 'expected another time than `from`'})
    .optional(),
  digest: z.strictObject({at: clock.optional(), timezone: zone.optional(), days, severity}).optional(),
});

const window = z.strictObject({
  on: oneOrMore(text),
  days,
  at: clock,
  for: time(minuteMs, 7 * dayMs, '1m and 7d'),
  timezone: zone.optional(),
  reason: text,
});

export const alertsShape = {alerts: alerts.optional(), maintenance: z.record(id, window).optional()};

type Fields = z.infer<z.ZodObject<typeof alertsShape>>;
type AlertFields = z.infer<typeof alerts>;

export interface AlertSections {
  readonly alerts?: AlertPlan;
  readonly maintenance?: readonly RecurringWindow[];
}

/** The sections as the rest of the program sees them; called when nothing is wrong with them. */
export const alertsOf = (
  {alerts: section, maintenance}: Fields,
  {tree, channels}: Known & {readonly tree: Tree},
): AlertSections => ({
  ...(section === undefined ? {} : {alerts: planOf(section, {tree, channels})}),
  ...(maintenance === undefined
    ? {}
    : {
        maintenance: Object.entries(maintenance).map(([name, {on, reason, ...when}]): RecurringWindow => ({
          name,
          on: listOf(on),
          reason,
          when: {
            days: when.days ?? [],
            at: when.at,
            zone: when.timezone ?? 'UTC',
            ends: {afterMs: durationMs(when.for) ?? 0},
          },
        })),
      }),
});

/** What leads to a secret: a reference in a field that may hold one. */
function secretsIn(params: Readonly<Record<string, unknown>>, definition: AnyChannel | undefined): string[] {
  return Object.entries(definition?.fields ?? {}).flatMap(([field, form]) => {
    const text = params[field];
    const isSecret = form !== 'setting' && typeof text === 'string' && secretReference(text).at !== 'wrong';
    return isSecret ? [text] : [];
  });
}

function planOf(
  {channels, routes, group, quiet, digest}: AlertFields,
  {tree, channels: types}: Known & {readonly tree: Tree},
): AlertPlan {
  return {
    channels: Object.entries(channels ?? {}).map(([name, {type, ...params}]): ChannelSpec => ({
      name,
      type,
      params,
      secrets: secretsIn(
        params,
        types.find(one => one.type === type),
      ),
      line: tree.atKey(['alerts', 'channels', name]).line,
    })),
    routes: (routes ?? []).map((one): AlertRoute => ({
      severities: listOf(one.severity),
      on: one.on === undefined ? [everything] : listOf(one.on),
      to: listOf(one.to),
      digest: one.digest,
    })),
    group: {
      by: group?.by ?? defaultPlan.group.by,
      waitMs: durationMs(group?.wait ?? '') ?? defaultPlan.group.waitMs,
      intervalMs: durationMs(group?.interval ?? '') ?? defaultPlan.group.intervalMs,
      repeatMs: durationMs(group?.repeat ?? '') ?? defaultPlan.group.repeatMs,
    },
    quiet: quiet === undefined ? undefined : quietOf(quiet),
    digest: {
      at: digest?.at ?? defaultPlan.digest.at,
      zone: digest?.timezone ?? quiet?.timezone ?? defaultPlan.digest.zone,
      days: digest?.days ?? defaultPlan.digest.days,
      severities: digest?.severity === undefined ? defaultPlan.digest.severities : listOf(digest.severity),
    },
    problems: [],
  };
}

const quietOf = ({
  from,
  to,
  timezone = 'UTC',
  days: on = [],
}: {
  readonly from: string;
  readonly to: string;
  readonly timezone?: string | undefined;
  readonly days?: readonly Weekday[] | undefined;
}): Recurring => ({days: on, at: from, zone: timezone, ends: {at: to}});

interface Known {
  readonly channels: readonly AnyChannel[];
}

const sectionOf = (tree: Tree, ...path: readonly string[]): Readonly<Record<string, unknown>> => {
  let inner: unknown = tree.value;
  for (const step of path) inner = isMapping(inner) ? inner[step] : undefined;
  return isMapping(inner) ? inner : {};
};

/** Channels and routes that cannot be used, and names that lead nowhere, wherever the shape allows to look. */
export function alertProblems({tree, channels}: Known & {readonly tree: Tree}): SiteProblem[] {
  const declared = sectionOf(tree, 'alerts', 'channels');
  const routes = sectionOf(tree, 'alerts')['routes'];
  const scopes = scopesIn(tree);
  return [
    ...Object.entries(declared).flatMap(([name, fields]) =>
      channelProblems(tree, {path: ['alerts', 'channels', name], fields, channels}),
    ),
    ...(Array.isArray(routes) ? routes : []).flatMap((fields: unknown, i) => {
      if (!isMapping(fields)) return [];
      const path: Path = ['alerts', 'routes', i];
      return [
        ...unknownNames(tree, {
          path: [...path, 'to'],
          list: fields['to'],
          known: Object.keys(declared),
          what: 'channel',
        }),
        ...unknownNames(tree, {
          path: [...path, 'on'],
          list: fields['on'],
          known: scopes,
          what: 'service, check or label',
        }),
      ];
    }),
    ...Object.entries(sectionOf(tree, 'maintenance')).flatMap(([name, fields]) =>
      unknownNames(tree, {
        path: ['maintenance', name, 'on'],
        list: isMapping(fields) ? fields['on'] : undefined,
        known: scopes,
        what: 'service, check or label',
      }),
    ),
  ];
}

function scopesIn(tree: Tree): readonly string[] {
  const services = Object.entries(sectionOf(tree, 'services')).map(([service, fields]) => ({
    id: service,
    labels: textsIn(isMapping(fields) ? fields['labels'] : undefined),
    checks: Object.keys(sectionOf(tree, 'services', service, 'checks')).map(check => ({id: check})),
  }));
  return [everything, ...scopesOf({services})];
}

const textsIn = (list: unknown): readonly string[] =>
  (Array.isArray(list) ? list : [list]).filter((one: unknown): one is string => typeof one === 'string');

interface Names {
  readonly path: Path;
  readonly list: unknown;
  readonly known: readonly string[];
  readonly what: string;
}

const unknownNames = (tree: Tree, {path, list, known, what}: Names): SiteProblem[] =>
  textsIn(list).flatMap((name, i) => {
    if (name === '' || known.includes(name)) return [];
    const place = tree.at(Array.isArray(list) ? [...path, i] : path);
    return [
      {...place, message: `${nameOf(path)}: there is no ${what} \`${name}\`.${didYouMean(name, known)}`},
    ];
  });

interface ChannelSource {
  readonly path: Path;
  readonly fields: unknown;
  readonly channels: readonly AnyChannel[];
}

function channelProblems(tree: Tree, {path, fields, channels}: ChannelSource): SiteProblem[] {
  if (!isMapping(fields) || typeof fields['type'] !== 'string' || fields['type'] === '') return [];
  const {type, ...params} = fields;
  const definition = channels.find(channel => channel.type === type);
  if (definition === undefined) {
    const types = channels.map(channel => channel.type);
    const near = didYouMean(type, types) || ` Known: ${types.join(', ')}.`;
    return [
      {
        ...tree.at([...path, 'type']),
        message: `${nameOf(path)}: there is no channel type \`${type}\`.${near}`,
      },
    ];
  }
  const wrong = Object.entries(definition.fields).flatMap(([field, form]) =>
    referenceProblems(tree, {path: [...path, field], text: params[field], form}),
  );
  if (wrong.length > 0) return wrong;
  const parsed = definition.params.safeParse(params);
  if (parsed.success) return [];
  const isOpen = ({path: [field]}: {readonly path: readonly PropertyKey[]}): boolean => {
    const form = definition.fields[String(field)];
    return form === undefined || form === 'setting';
  };
  const explained = {tree, base: path, schema: definition.params, alsoKnown: ['type']};
  return [
    ...explainIssues(parsed.error.issues.filter(isOpen), explained),
    // What stands there may be a secret, and is not repeated.
    ...parsed.error.issues
      .filter(issue => !isOpen(issue))
      .map(({path: inner, message}) => ({
        ...tree.at([...path, ...inner]),
        message:
          params[String(inner[0])] === undefined
            ? `${nameOf([...path, ...inner])} is missing`
            : `${nameOf([...path, ...inner])}: ${message}`,
      })),
  ];
}

function referenceProblems(
  tree: Tree,
  {path, text: given, form}: {readonly path: Path; readonly text: unknown; readonly form: FieldForm},
): SiteProblem[] {
  if (given === undefined || given === null) return [];
  const hint = 'A secret is named by where it is kept, and never written into this file.';
  const wrong = (problem: string, said?: string): SiteProblem[] => [
    {...tree.at(path), message: `${nameOf(path)}: ${problem}`, ...(said === undefined ? {} : {hint: said})},
  ];
  if (typeof given !== 'string')
    return form === 'secret' ? wrong('expected env:NAME or file:/path', hint) : [];
  const isNamed = /^(?:env|file|cmd|prompt):/.test(given);
  if (form !== 'secret' && !isNamed) return [];
  const reference = secretReference(given);
  if (reference.at === 'wrong') return wrong(reference.problem, hint);
  return form === 'setting' && reference.at === 'file' ? wrong('expected a plain value or env:NAME') : [];
}
