// `check`: looks now, without the console, and says so with its exit status.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {CheckSpec, Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {runOnce} from '../engine/monitor/index.ts';
import {countsOf, linesOf, overall, resultJson} from './check-lines.ts';
import type {Row} from './check-lines.ts';
import {printReport, reportInput, reportOptions} from './check-report.ts';
import {selectChecks} from './check-select.ts';

async function lookAt(specs: readonly CheckSpec[], site: Site, context: CommandContext): Promise<Row[]> {
  const results = await runOnce({
    specs,
    all: site.services.flatMap(service => service.checks),
    checks: context.checks,
    ports: context,
    trusted: site.trust.at === 'trusted',
    siteDir: site.dir,
    site,
    signal: context.signal,
  });
  return results.flatMap((result, i) => {
    const spec = specs[i];
    const {verdict, message} = result;
    return spec === undefined
      ? []
      : [{spec, verdict, word: verdict, message, age: `${result.durationMs} ms`, result}];
  });
}

/** Waits, unless aborted; whether it was not. */
async function pause({clock, signal}: CommandContext, ms: number): Promise<boolean> {
  if (signal.aborted) return false;
  await new Promise<void>(resolve => {
    const cancel = clock.after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      {once: true},
    );
  });
  return !signal.aborted;
}

export const check = defineCommand({
  name: 'check',
  summary: 'look now: run checks once and print what they saw',
  arguments: [{spec: '[names...]', summary: 'SERVICE or SERVICE/CHECK; all checks when none is named'}],
  options: [
    {flags: '--watch', summary: 'look again and again, at the pace of the quickest check, until Ctrl-C'},
    ...reportOptions,
  ],
  examples: [
    {line: 'quarterdeck check', does: 'every check of the site; exit 0 when all is well'},
    {line: 'quarterdeck check api/ready --json', does: 'one check, for a script'},
    {line: 'quarterdeck check api --format nagios', does: 'as a plugin of Nagios: exit 0, 1, 2 or 3'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).default([]),
    watch: z.boolean().default(false),
    ...reportInput,
  }),
  run: async ({args, watch, ...input}, context) => {
    const site = await context.site();
    const specs = selectChecks(site, args);
    if (specs.length === 0)
      throw new QdError('UNKNOWN_NAME', `There is no check to run in ${site.file}.`, {
        hint: 'Add `checks:` to a service of the site file.',
      });
    const everyMs = Math.min(...specs.map(spec => spec.everyMs));
    let status: number = exit.could_not;
    for (;;) {
      const atMs = context.clock.nowMs();
      const at = timestamp(atMs);
      const rows = await lookAt(specs, site, context);
      // What was cut short by Ctrl-C is no result.
      if (context.signal.aborted) {
        if (watch) return status;
        throw new QdError('INTERRUPTED', 'stopped before every check had answered');
      }
      const verdict = overall(rows);
      status = await printReport(
        {
          site: site.name,
          atMs,
          rows,
          input,
          text: () => [
            ...linesOf(rows),
            say`${site.name}: ${verdict} (${countsOf(rows)}) at ${at.slice(11, 19)} UTC`,
          ],
          asJson: () => {
            const results = rows.flatMap(({result}) => (result === undefined ? [] : [resultJson(result)]));
            return {v: 1, site: site.name, at, verdict, results};
          },
        },
        context,
      );
      if (!watch || !(await pause(context, everyMs))) return status;
    }
  },
});
