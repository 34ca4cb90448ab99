// `check`: looks now, without the console, and says so with its exit status.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {CheckSpec, Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {runOnce} from '../engine/monitor/index.ts';
import {countsOf, exitOf, linesOf, overall, resultJson} from './check-lines.ts';
import type {Row} from './check-lines.ts';
import {selectChecks} from './check-select.ts';

async function lookAt(specs: readonly CheckSpec[], site: Site, context: CommandContext): Promise<Row[]> {
  const results = await runOnce({
    specs,
    all: site.services.flatMap(service => service.checks),
    checks: context.checks,
    ports: context,
    trusted: site.trust.at === 'trusted',
    siteDir: site.dir,
    sources: site.sources,
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
    {flags: '--format <name>', summary: 'text or json'},
    {flags: '--json', summary: 'the same as --format json'},
    {flags: '--strict', summary: 'a warning counts as a no (exit 1)'},
  ],
  examples: [
    {line: 'quarterdeck check', does: 'every check of the site; exit 0 when all is well'},
    {line: 'quarterdeck check api/ready --json', does: 'one check, for a script'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).default([]),
    watch: z.boolean().default(false),
    format: z.enum(['text', 'json']).default('text'),
    json: z.boolean().default(false),
    strict: z.boolean().default(false),
  }),
  run: async ({args, watch, format, json, strict}, context) => {
    const site = await context.site();
    const specs = selectChecks(site, args);
    if (specs.length === 0)
      throw new QdError('UNKNOWN_NAME', `There is no check to run in ${site.file}.`, {
        hint: 'Add `checks:` to a service of the site file.',
      });
    const isJson = json || format === 'json';
    const everyMs = Math.min(...specs.map(spec => spec.everyMs));
    for (;;) {
      const at = timestamp(context.clock.nowMs());
      const rows = await lookAt(specs, site, context);
      // What was cut short by Ctrl-C is no result.
      if (context.signal.aborted && !watch)
        throw new QdError('INTERRUPTED', 'stopped before every check had answered');
      const verdict = overall(rows);
      if (!context.signal.aborted) {
        const results = rows.flatMap(({result}) => (result === undefined ? [] : [resultJson(result)]));
        if (isJson) context.talk.json({v: 1, site: site.name, at, verdict, results});
        else {
          for (const line of linesOf(rows)) context.talk.out(line);
          context.talk.out(say`${site.name}: ${verdict} (${countsOf(rows)}) at ${at.slice(11, 19)} UTC`);
        }
      }
      if (!watch || !(await pause(context, everyMs))) return exitOf(verdict, strict);
    }
  },
});
