// `uptime`: how much of the last days each service or check was up, how sure that is, and how it looked.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {latencyOf} from '../domain/look-counts.ts';
import {addLooks, noLooks} from '../domain/look-counts.ts';
import {say} from '../domain/show.ts';
import type {CheckSpec, Service, Site} from '../domain/site.ts';
import {addSlots, noSlots} from '../domain/slo-slots.ts';
import {slotFor} from '../domain/slo-spec.ts';
import {timestamp} from '../domain/time.ts';
import {rollUp} from '../domain/verdict.ts';
import {createNdjsonLog} from '../engine/logs/index.ts';
import {dayStep, hourStep, lookAtUptime, spanUpTo, uptimeOf, uptimePeriods} from '../engine/uptime/index.ts';
import type {UptimePeriod} from '../engine/uptime/index.ts';
import type {SlotSource} from '../rollup-ports.ts';
import {tellOnce} from './alerting.ts';
import {announcedNow} from './announced.ts';
import {exitOf, linesOf, overall, resultJson} from './check-lines.ts';
import {selectChecks} from './check-select.ts';
import {latencyText, stripLegend, stripText, uptimeJson, uptimeText} from './slo-lines.ts';

const dayMs = 86_400_000;
const longestDays = 400;

interface Subject {
  readonly name: string;
  readonly source: SlotSource;
}

const subjectOf = (name: string, service: string, specs: readonly CheckSpec[]): Subject => ({
  name,
  source: {
    service,
    checks: specs.map(({id}) => id),
    slotMs: slotFor(Math.max(...specs.map(({everyMs}) => everyMs))) ?? 3_600_000,
  },
});

/** Checks that speak for a service: those of its promise, else those of the health panel that roll up. */
const speaking = ({slo, checks}: Service): readonly CheckSpec[] =>
  checks.filter(({id, panel, rollup}) =>
    slo === undefined ? panel === 'health' && rollup : slo.checks.includes(id),
  );

function named(site: Site, name: string): Subject {
  const chosen = selectChecks(site, [name]);
  const service = site.services.find(({id}) => id === name.split('/')[0]);
  const specs = name.includes('/') || service === undefined ? chosen : speaking(service);
  if (specs.length === 0)
    throw new QdError('UNKNOWN_NAME', `No check of ${name} speaks for its uptime.`, {
      hint: `Name a check (${name}/CHECK), or give the service an \`slo:\` that names some.`,
    });
  return subjectOf(name, service?.id ?? name, specs);
}

/** What was named, else every service that something speaks for. */
const subjectsOf = (site: Site, names: readonly string[]): readonly Subject[] =>
  names.length > 0
    ? names.map(name => named(site, name))
    : site.services.flatMap(service => {
        const specs = speaking(service);
        return specs.length === 0 ? [] : [subjectOf(service.id, service.id, specs)];
      });

const periodJson = (period: UptimePeriod): Record<string, unknown> => ({
  from: timestamp(period.fromMs),
  to: timestamp(period.toMs),
  ...uptimeJson(period),
  slots: period.slots,
  withMaintenance: uptimeJson(uptimeOf(period.asSeen)),
  latencyMs: {p50: latencyOf(period.looks, 0.5) ?? null, p95: latencyOf(period.looks, 0.95) ?? null},
  strip: period.strip.map(state => state ?? null),
});

interface Shown {
  readonly subject: Subject;
  readonly periods: readonly UptimePeriod[];
}

/** All periods of a subject as one. */
function wholeOf({periods}: Shown) {
  const slots = periods.reduce((sum, one) => addSlots(sum, one.slots), noSlots);
  const looks = periods.reduce((sum, one) => addLooks(sum, one.looks), noLooks);
  return {slots, looks, uptime: uptimeOf(slots)};
}

function print({subject, periods}: Shown, {talk}: CommandContext, days: number): void {
  const {name, source} = subject;
  const {looks, uptime} = wholeOf({subject, periods});
  const of = name === source.service ? ` (${source.checks.join(', ')})` : '';
  const latency = latencyText(latencyOf(looks, 0.5), latencyOf(looks, 0.95));
  talk.out(say`${name}${of}  last ${days === 1 ? 'day' : `${days} days`}: ${uptimeText(uptime)}  ${latency}`);
  for (const period of periods) {
    const at = timestamp(period.fromMs);
    const when = days === 1 ? at.slice(11, 16) : at.slice(0, 10);
    const nothing = period.slots.good + period.slots.bad + period.slots.unknown + period.slots.excluded === 0;
    talk.out(say`  ${when}  ${stripText(period.strip)}  ${nothing ? 'not recorded' : uptimeText(period)}`);
  }
}

async function once(names: readonly string[], isJson: boolean, context: CommandContext): Promise<number> {
  const {talk} = context;
  const site = await context.site();
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new QdError('USAGE', '`--once` looks at one service or check.', {
      hint: 'For example: quarterdeck uptime api --once',
    });
  const {source} = named(site, name);
  const specs = selectChecks(
    site,
    source.checks.map(check => `${source.service}/${check}`),
  );
  const dir = await context.homeDir();
  const {results, heldBy, problem} = await lookAtUptime({
    site,
    specs,
    checks: context.checks,
    ports: context,
    signal: context.signal,
    telemetry: await context.telemetry(),
    ledger: async () => context.ledger(),
    log: createNdjsonLog({files: context.files, dir: `${dir}/logs`, name: 'uptime'}),
    who: `uptime --once (${context.actor.operator})`,
    tell: async () => tellOnce(context, {site, specs}),
  });
  if (context.signal.aborted) throw new QdError('INTERRUPTED', 'stopped before every check had answered');
  if (heldBy !== undefined)
    talk.err(
      say`the monitor is run by ${heldBy.who}, pid ${heldBy.pid}: this look counts no strike and writes no line`,
    );
  if (problem !== undefined) talk.err(say`${problem}`);
  const rows = results.flatMap(result => {
    const spec = specs.find(({id}) => id === result.check);
    const {verdict, message} = result;
    return spec === undefined
      ? []
      : [{spec, verdict, word: verdict, message, age: `${result.durationMs} ms`, result}];
  });
  if (isJson)
    talk.json({
      v: 1,
      site: site.name,
      verdict: rollUp(results.map(({verdict}) => verdict)),
      results: results.map(resultJson),
    });
  else for (const line of linesOf(rows)) talk.out(line);
  return exitOf(overall(rows), false);
}

export const uptime = defineCommand({
  name: 'uptime',
  summary: 'how much of the last days services and checks were up, how sure that is, and how quick they were',
  arguments: [{spec: '[names...]', summary: 'SERVICE or SERVICE/CHECK; every service when none is named'}],
  options: [
    {flags: '--days <count>', summary: 'by day, so many of them (1 to 400); with 1 by hour. Without it 7'},
    {
      flags: '--once',
      summary:
        'look now instead, as a job of a scheduler: exit 0 up, 1 down; strikes go on from the last look',
    },
    {flags: '--format <name>', summary: 'text or json'},
  ],
  examples: [
    {line: 'quarterdeck uptime api --days 30', does: 'a line for each day, with a strip of its hours'},
    {line: 'quarterdeck uptime api --once', does: 'one look that counts, from cron'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).default([]),
    days: z.coerce
      .number()
      .int('is no whole number')
      .min(1, 'is less than 1')
      .max(longestDays, `is more than ${longestDays}, the days that are kept`)
      .default(7),
    once: z.boolean().default(false),
    format: z.enum(['text', 'json']).default('text'),
  }),
  run: async ({args, days, once: isOnce, format}, context) => {
    if (isOnce) return once(args, format === 'json', context);
    const site = await context.site();
    const rollups = await context.telemetry();
    const nowMs = context.clock.nowMs();
    const subjects = subjectsOf(site, args);
    if (subjects.length === 0)
      throw new QdError('UNKNOWN_NAME', `No check in ${site.file} speaks for the uptime of its service.`, {
        hint: 'Give a service a check on the panel `health`, or an `slo:` that names some.',
      });
    const step = days === 1 ? {...hourStep, parts: 30} : dayStep;
    const excluded = await announcedNow(context);
    const shown: Shown[] = [];
    for (const subject of subjects) {
      const {source} = subject;
      const cut = spanUpTo(nowMs, {slotMs: source.slotMs, lengthMs: days === 1 ? dayMs : 0});
      // Whole days: today and those before it.
      const fromMs = days === 1 ? cut.fromMs : (Math.floor((cut.toMs - 1) / dayMs) - days + 1) * dayMs;
      const request = {source, span: {fromMs, toMs: cut.toMs}, ...step, rollups, excluded};
      shown.push({subject, periods: await uptimePeriods(request)});
    }
    if (rollups.problem !== undefined) context.talk.err(say`${rollups.problem}`);
    if (format === 'json') {
      const results = shown.map(one => {
        const {slots, looks, uptime: whole} = wholeOf(one);
        return {
          name: one.subject.name,
          service: one.subject.source.service,
          checks: one.subject.source.checks,
          slotMs: one.subject.source.slotMs,
          ...uptimeJson(whole),
          slots,
          latencyMs: {p50: latencyOf(looks, 0.5) ?? null, p95: latencyOf(looks, 0.95) ?? null},
          periods: one.periods.map(periodJson),
        };
      });
      context.talk.json({
        v: 1,
        site: site.name,
        at: timestamp(nowMs),
        by: days === 1 ? 'hour' : 'day',
        results,
      });
      return exit.good;
    }
    for (const one of shown) print(one, context, days);
    context.talk.out(say`${stripLegend}`);
    return exit.good;
  },
});
