// `slo`: what each service promises, how much of its error budget is left, and how fast it goes.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {say} from '../domain/show.ts';
import type {Shown} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {budgetCells, burnRate} from '../domain/slo-budget.ts';
import {burnWindows} from '../domain/slo-burn.ts';
import {conditionsOf} from '../domain/slo-alerts.ts';
import type {SloCondition} from '../domain/slo-alerts.ts';
import {percent, targetText} from '../domain/slo-spec.ts';
import {timestamp} from '../domain/time.ts';
import {measureSlos, promisedIn, sloRecords} from '../engine/slo/index.ts';
import type {Promised, SloState, SloStatus} from '../engine/slo/index.ts';
import {announcedNow} from './announced.ts';
import {
  barText,
  conditionWords,
  goneText,
  paceText,
  stateWords,
  timesText,
  uptimeJson,
  uptimeText,
  usedText,
  windowText,
} from './slo-lines.ts';

const glyphs: Record<SloState, string> = {ok: '✔', atRisk: '!', exhausted: '✖', unknown: '?'};
const barWidth = 20;

/** The promises of the services that are named, of all when none is; throws UNKNOWN_NAME. */
export function promisedBy(site: Site, names: readonly string[]): readonly Promised[] {
  const all = promisedIn(site);
  for (const name of names) {
    if (all.some(({service}) => service === name)) continue;
    const isService = site.services.some(({id}) => id === name);
    const known = site.services.map(({id}) => id);
    throw new QdError(
      'UNKNOWN_NAME',
      isService
        ? `The service ${name} promises nothing.`
        : `There is no service ${name}.${didYouMean(name, known)}`,
      {
        hint: isService
          ? `Give it an \`slo:\` in ${site.file}, such as \`slo: {target: 99.5%}\`.`
          : `Known: ${known.join(', ')}`,
      },
    );
  }
  if (all.length === 0)
    throw new QdError('UNKNOWN_NAME', `No service in ${site.file} promises anything.`, {
      hint: 'Give one an `slo:`, such as `slo: {target: 99.5%, window: 30d}`.',
    });
  return all.filter(({service}) => names.length === 0 || names.includes(service));
}

function* linesOf(status: SloStatus, firing: readonly SloCondition[]): Generator<Shown> {
  const {service, slo, state, figures, burnRate: rate, burnPerDay, sustainablePerDay, isThin} = status;
  const burns = state === 'ok' && firing.length > 0;
  const words = burns ? 'burning: the budget is not used up, but an alert fires' : stateWords[state];
  yield say`${burns ? '!' : glyphs[state]} ${service}  ${uptimeText(figures)} of ${targetText(slo.budgetParts)} over ${windowText(slo.windowMs)}  ${words}`;
  const cells = budgetCells(figures.remaining, barWidth);
  const left =
    figures.remaining === null ? 'nobody knows what is left' : `${percent(figures.remaining, 1)} left`;
  const bar = cells === undefined ? '·'.repeat(barWidth) : barText(cells, barWidth);
  yield say`    budget  ${bar}  ${left}: ${usedText(status)}`;
  const gone = goneText(status);
  if (rate !== null)
    yield say`    burn    ${timesText(rate)}, ${paceText(burnPerDay, sustainablePerDay)}${gone === undefined ? '' : `; ${gone}`}`;
  if (figures.windowFilled < 1) yield say`    window  ${percent(figures.windowFilled, 1)} recorded so far`;
  if (isThin && figures.coverage !== null)
    yield say`    seen    only ${percent(figures.coverage, 1)} of the time`;
  for (const condition of firing) yield say`    alert   ${conditionWords(condition)}`;
}

const statusJson = (status: SloStatus, firing: readonly SloCondition[]): Record<string, unknown> => {
  const {service, slo, figures, window} = status;
  return {
    service,
    state: status.state,
    target: 1 - slo.budgetParts / 10_000_000,
    windowDays: slo.windowMs / 86_400_000,
    checks: slo.checks,
    slotMs: slo.slotMs,
    method: slo.method,
    missing: slo.missing,
    from: timestamp(status.fromMs),
    to: timestamp(status.toMs),
    since: status.sinceMs === undefined ? null : timestamp(status.sinceMs),
    ...uptimeJson(figures),
    windowFilled: figures.windowFilled,
    slots: window.slots,
    ...(window.events === undefined ? {} : {events: window.events}),
    errorBudget: {allowed: figures.allowed, consumed: figures.consumed, remaining: figures.remaining},
    burnRate: status.burnRate,
    burnPerDay: status.burnPerDay,
    sustainablePerDay: status.sustainablePerDay,
    exhaustedInMs: status.exhaustedInMs,
    burns: burnWindows.flatMap(({name, tier, factorTenths}) => {
      const counts = status.burns.get(name);
      if (counts === undefined) return [];
      return [
        {
          window: name,
          tier,
          factor: factorTenths / 10,
          long: burnRate(counts.long, slo),
          short: burnRate(counts.short, slo),
        },
      ];
    }),
    alerts: firing.map(({name, window: over, tier, severity, sinceMs}) => ({
      name,
      ...(over === undefined ? {} : {window: over}),
      tier,
      severity,
      since: timestamp(sinceMs),
    })),
  };
};

export const slo = defineCommand({
  name: 'slo',
  summary: 'what services promise: availability with its range, error budget, burn, forecast and alerts',
  arguments: [{spec: '[services...]', summary: 'every service that promises something when none is named'}],
  options: [{flags: '--format <name>', summary: 'text or json'}],
  examples: [
    {line: 'quarterdeck slo', does: 'exit 1 when a budget is used up, 2 when too little was seen'},
    {line: 'quarterdeck slo api --json', does: 'every figure, for a script'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).default([]),
    format: z.enum(['text', 'json']).default('text'),
  }),
  run: async ({args, format}, context) => {
    const site = await context.site();
    const promised = promisedBy(site, args);
    const rollups = await context.telemetry();
    const nowMs = context.clock.nowMs();
    const excluded = await announcedNow(context);
    const statuses = await measureSlos({promised, rollups, nowMs, excluded});
    const records = await sloRecords(rollups);
    const firing = ({service}: SloStatus): readonly SloCondition[] => {
      const memory = records.get(service)?.memory;
      return memory === undefined ? [] : conditionsOf(service, memory, memory);
    };
    if (rollups.problem !== undefined) context.talk.err(say`${rollups.problem}`);
    if (format === 'json')
      context.talk.json({
        v: 1,
        site: site.name,
        at: timestamp(nowMs),
        services: statuses.map(status => statusJson(status, firing(status))),
      });
    else
      for (const status of statuses)
        for (const line of linesOf(status, firing(status))) context.talk.out(line);
    if (statuses.some(({state}) => state === 'exhausted')) return exit.no;
    return statuses.some(({state}) => state === 'unknown') ? exit.could_not : exit.good;
  },
});
