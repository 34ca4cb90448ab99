// `slo report`: availability, breaches and budget of a stretch of time, as a page or for a script.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, showLines} from '../domain/show.ts';
import {reportSlos} from '../engine/slo/index.ts';
import {announcedNow} from './announced.ts';
import {momentOf} from './given-time.ts';
import {writeNew} from './new-file.ts';
import {promisedBy} from './slo.ts';
import {keptText, reportJson, reportPage} from './slo-report-page.ts';

const dayMs = 86_400_000;
/** Figures by the hour are kept for so long. */
const keptMs = 400 * dayMs;

export const sloReport = defineCommand({
  name: 'slo report',
  summary: 'a stretch of time: availability, every outage, error budget; exit 1 when a target was missed',
  arguments: [{spec: '[services...]', summary: 'every service that promises something when none is named'}],
  options: [
    {
      flags: '--from <time>',
      summary: 'a day, a time in UTC, or how long ago; without it 30 days before the end',
    },
    {flags: '--to <time>', summary: 'the same; without it now. A day is its beginning'},
    {flags: '--format <name>', summary: 'md or json'},
    {flags: '--output <file>', summary: 'write it there; nothing is written over'},
  ],
  examples: [
    {line: 'quarterdeck slo report --from 2026-01-01 --to 2026-02-01', does: 'January, as Markdown'},
    {line: 'quarterdeck slo report api --from 90d --json --output q1.json', does: 'a quarter, for a script'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).default([]),
    from: z.string().optional(),
    to: z.string().optional(),
    format: z.enum(['md', 'json']).default('md'),
    output: z.string().min(1).optional(),
  }),
  run: async ({args, from, to, format, output}, context) => {
    const site = await context.site();
    const promised = promisedBy(site, args);
    const atMs = context.clock.nowMs();
    const toMs = Math.min(atMs, momentOf(to, '--to', atMs) ?? atMs);
    const fromMs = momentOf(from, '--from', atMs) ?? toMs - 30 * dayMs;
    if (fromMs >= toMs)
      throw new QdError('USAGE', 'There is no time between --from and --to.', {
        hint: '--from must be before --to, and not in the future.',
      });
    if (fromMs < atMs - keptMs)
      throw new QdError('USAGE', '--from is longer ago than figures are kept.', {
        hint: 'They are kept for 400 days.',
      });
    const rollups = await context.telemetry();
    const excluded = await announcedNow(context);
    const reports = await reportSlos({promised, span: {fromMs, toMs}, rollups, excluded});
    if (rollups.problem !== undefined) context.talk.err(say`${rollups.problem}`);
    const head = {site: site.name, atMs, fromMs, toMs};
    const isJson = format === 'json';
    if (output !== undefined) {
      const text = isJson
        ? `${JSON.stringify(reportJson(reports, head), undefined, 2)}\n`
        : reportPage(reports, head);
      await writeNew(context, output, text);
      context.talk.out(say`${output}: ${keptText(reports)}`);
    } else if (isJson) context.talk.json(reportJson(reports, head));
    else for (const line of showLines(reportPage(reports, head).trimEnd())) context.talk.out(line);
    if (reports.some(({kept}) => kept === false)) return exit.no;
    return reports.some(({kept}) => kept === null) ? exit.could_not : exit.good;
  },
});
