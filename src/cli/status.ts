// `status`: what the monitor saw last, with its age, without looking anywhere.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, type Shown} from '../domain/show.ts';
import {percent} from '../domain/slo-spec.ts';
import {strictOf, strictWords} from '../domain/slo-strict.ts';
import type {Strict} from '../domain/slo-strict.ts';
import {timestamp} from '../domain/time.ts';
import {statesOf} from '../engine/monitor/index.ts';
import type {CheckState} from '../engine/monitor/index.ts';
import {sloRecords} from '../engine/slo/index.ts';
import {ageOf, countsOf, exitOf, linesOf, overall, resultJson} from './check-lines.ts';
import type {Row} from './check-lines.ts';
import {printReport, reportInput, reportOptions} from './check-report.ts';

/** A verdict that is stale, or was never reached, is unknown: it says nothing about now. */
function rowOf({spec, last, seenMs, stale}: CheckState, nowMs: number): Row {
  if (last === undefined || seenMs === undefined)
    return {
      spec,
      verdict: 'unknown',
      word: 'unknown',
      message: 'never looked at',
      age: '–',
      result: undefined,
    };
  const age = ageOf(nowMs - seenMs);
  if (!stale)
    return {spec, verdict: last.verdict, word: last.verdict, message: last.message, age, result: last};
  return {
    spec,
    verdict: 'unknown',
    word: 'stale',
    message: `was ${last.verdict}: ${last.message}`,
    age,
    result: last,
  };
}

function rowJson(state: CheckState, row: Row, nowMs: number): Record<string, unknown> {
  const {spec, last, seenMs, stale, phase, hard, sinceMs} = state;
  const base =
    last === undefined
      ? {
          service: spec.service,
          check: spec.id,
          type: spec.type,
          panel: spec.panel,
          kind: 'noData',
          checked: 0,
        }
      : resultJson(last);
  return {
    ...base,
    verdict: row.verdict,
    message: row.message,
    stale,
    phase,
    ...(seenMs === undefined ? {} : {ageMs: Math.max(0, nowMs - seenMs)}),
    ...(hard === undefined ? {} : {hard}),
    ...(sinceMs === undefined ? {} : {since: timestamp(sinceMs)}),
  };
}

const strictOption = {
  flags: '--strict',
  summary:
    'a warning counts as a no (exit 1), and so does an error budget that is over 80 % used; without data exit 2',
};

const budgetLine = ({service, colour, consumed, why}: Strict['services'][number]): Shown =>
  say`error budget of ${service}: ${colour}${why === undefined ? '' : `, ${strictWords[why]}`}${consumed === null ? '' : ` (${percent(consumed, 1)} used)`}`;

export const status = defineCommand({
  name: 'status',
  summary: 'what was seen last, and how long ago; looks nowhere',
  options: reportOptions.map(option => (option.flags === '--strict' ? strictOption : option)),
  examples: [
    {line: 'quarterdeck status --json', does: 'the last verdicts, for a script'},
    {line: 'quarterdeck status --strict', does: 'green only when every check and every error budget is'},
    {
      line: 'quarterdeck status --format prometheus --output /var/lib/node_exporter/quarterdeck.prom',
      does: 'for the textfile collector of node_exporter',
    },
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0).default([]),
    ...reportInput,
  }),
  run: async (input, context) => {
    const {strict} = input;
    const site = await context.site();
    const telemetry = await context.telemetry();
    const nowMs = context.clock.nowMs();
    const states = statesOf(site, await telemetry.lastLooks(), nowMs);
    const rows = states.map(state => rowOf(state, nowMs));
    const verdict = overall(rows);
    const promised = site.services.flatMap(({id, slo}) => (slo === undefined ? [] : [id]));
    const slos = strictOf(promised, strict ? await sloRecords(telemetry) : new Map(), nowMs);
    const end = strict ? worse(exitOf(verdict, true), slos) : exitOf(verdict, false);
    if (telemetry.problem !== undefined) context.talk.err(say`${telemetry.problem}`);
    const holder = await telemetry.monitorHolder();
    const isLive = holder !== undefined && context.processes.alive(holder);
    const who = isLive ? `monitor run by ${holder.who}` : 'no monitor is running';
    return printReport(
      {
        site: site.name,
        atMs: nowMs,
        rows,
        input,
        status: end,
        text: () => [
          ...linesOf(rows),
          say`${site.name}: ${verdict}${rows.length === 0 ? '' : ` (${countsOf(rows)})`}; ${who}`,
          ...(strict ? slos.services.map(budgetLine) : []),
        ],
        asJson: () => {
          const results = states.flatMap((state, i) => {
            const row = rows[i];
            return row === undefined ? [] : [rowJson(state, row, nowMs)];
          });
          const budgets = strict && slos.colour !== undefined ? {slo: slos} : {};
          return {v: 1, site: site.name, at: timestamp(nowMs), verdict, results, ...budgets};
        },
      },
      context,
    );
  },
});

/** A failure is worse than not knowing, and that than being well. */
function worse(own: number, {colour}: Strict): number {
  const budgets = colour === 'red' ? exit.no : colour === 'grey' ? exit.could_not : exit.good;
  return own === exit.no || budgets === exit.no ? exit.no : Math.max(own, budgets);
}
