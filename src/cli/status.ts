// `status`: what the monitor saw last, with its age, without looking anywhere.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {say} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {statesOf} from '../engine/monitor/index.ts';
import type {CheckState} from '../engine/monitor/index.ts';
import {ageOf, countsOf, linesOf, overall, resultJson} from './check-lines.ts';
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

export const status = defineCommand({
  name: 'status',
  summary: 'what was seen last, and how long ago; looks nowhere',
  options: reportOptions,
  examples: [
    {line: 'quarterdeck status --json', does: 'the last verdicts, for a script'},
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
    const site = await context.site();
    const telemetry = await context.telemetry();
    const nowMs = context.clock.nowMs();
    const states = statesOf(site, await telemetry.lastLooks(), nowMs);
    const rows = states.map(state => rowOf(state, nowMs));
    const verdict = overall(rows);
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
        text: () => [
          ...linesOf(rows),
          say`${site.name}: ${verdict}${rows.length === 0 ? '' : ` (${countsOf(rows)})`}; ${who}`,
        ],
        asJson: () => {
          const results = states.flatMap((state, i) => {
            const row = rows[i];
            return row === undefined ? [] : [rowJson(state, row, nowMs)];
          });
          return {v: 1, site: site.name, at: timestamp(nowMs), verdict, results};
        },
      },
      context,
    );
  },
});
