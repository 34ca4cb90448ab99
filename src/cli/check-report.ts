// Printing verdicts in the format that was asked for, to standard output or into a file.
import path from 'node:path';
import {z} from 'zod';
import type {CommandContext, OptionSpec} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {showJson, type Shown} from '../domain/show.ts';
import {instantOf} from '../domain/time.ts';
import {formatNames, formats, nagiosStatus, type ReportRow} from '../formats/index.ts';
import {exitOf, overall} from './check-lines.ts';
import type {Row} from './check-lines.ts';

export const reportOptions: readonly OptionSpec[] = [
  {flags: '--format <name>', summary: formatNames.join(', ')},
  {flags: '--json', summary: 'the same as --format json'},
  {
    flags: '--output <file>',
    summary: 'write it there, all or nothing (for node_exporter: a name ending in .prom)',
  },
  {flags: '--strict', summary: 'a warning counts as a no (exit 1)'},
];

export const reportInput = {
  format: z.enum(formatNames).default('text'),
  json: z.boolean().default(false),
  output: z.string().min(1).optional(),
  strict: z.boolean().default(false),
};

export interface ReportRequest {
  readonly site: string;
  readonly atMs: number;
  readonly rows: readonly Row[];
  readonly input: {
    readonly format: string;
    readonly json: boolean;
    readonly output?: string | undefined;
    readonly strict: boolean;
  };
  /** The exit status where it is another than that of the verdicts. */
  readonly status?: number;
  /** Our own formats, which the two commands fill differently. */
  readonly text: () => readonly Shown[];
  readonly asJson: () => unknown;
}

const rowOf = ({spec, verdict, message, result}: Row): ReportRow => {
  const atMs = result === undefined ? undefined : instantOf(result.at);
  return {
    service: spec.service,
    check: spec.id,
    type: spec.type,
    panel: spec.panel,
    verdict,
    kind: result?.kind ?? 'noData',
    severity: result?.severity ?? spec.severity,
    checked: result?.checked ?? 0,
    message,
    rollup: spec.rollup,
    ...(result === undefined ? {} : {durationMs: result.durationMs}),
    ...(atMs === undefined ? {} : {atMs}),
  };
};

/** Prints or writes; the exit status, which for `nagios` is that of its world. Throws FILE_UNWRITABLE. */
export async function printReport(request: ReportRequest, context: CommandContext): Promise<number> {
  const {site, atMs, rows, input, status, text, asJson} = request;
  const name = input.json ? 'json' : input.format;
  const verdict = overall(rows);
  const other = formats[name]?.({site, atMs, verdict, rows: rows.map(rowOf)});
  const json =
    other === undefined ? (name === 'json' ? asJson() : undefined) : 'json' in other ? other.json : undefined;
  const lines = other === undefined || 'json' in other ? text : () => other.lines;
  if (input.output !== undefined)
    await write(input.output, json === undefined ? lines().join('\n') : showJson(json), context);
  else if (json !== undefined) context.talk.json(json);
  else for (const line of lines()) context.talk.out(line);
  return name === 'nagios' ? nagiosStatus(verdict) : (status ?? exitOf(verdict, input.strict));
}

async function write(file: string, text: string, {files, cwd, secrets}: CommandContext): Promise<void> {
  const target = path.resolve(cwd, file);
  const bytes = new TextEncoder().encode(`${secrets.text(text)}\n`);
  const written = await files.write(target, bytes, {mode: 0o644});
  if (written.at === 'written') return;
  throw new QdError('FILE_UNWRITABLE', `${target} could not be written: ${written.message}`, {
    hint: 'Name a file in a folder that this account may write to.',
  });
}
