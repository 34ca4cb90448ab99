// `runbook run`: starts a run and walks it line by line.
import {isAbsolute, resolve} from 'node:path';
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {printDryRun, assertAsked} from './runbook-dry.ts';
import {fileRunbook, lintContext, looksLikePath} from './runbook-file.ts';
import {fileAnswers, parseAnswers} from './run-answers.ts';
import {openDesk, procedureName, type DeskRequest} from './run-desk.ts';
import {walkLines, type Answers} from './run-lines.ts';
import {typedAnswers} from './run-typed.ts';
import {givenValues, withValues} from './run-variables.ts';

const maxAnswersBytes = 1024 * 1024;

export const answersOption = {
  flags: '--answers <file>',
  summary: 'take the answers from a JSON file (rehearsals and tests)',
} as const;

export const runbookRun = defineCommand({
  name: 'runbook run',
  summary: 'walk a runbook, line by line',
  arguments: [
    {spec: '<file-or-id>', summary: 'a Markdown file or an id, with #PROCEDURE where it holds several'},
  ],
  options: [
    {flags: '--service <name>', summary: 'the service that the run is about'},
    {
      flags: '--var <name=value>',
      summary: 'the value of a variable; may be given several times',
      repeats: true,
    },
    {flags: '--rehearse', summary: 'a drill: what would write is shown and confirmed, and not run'},
    {flags: '--dry-run', summary: 'print every step with its command; ask, do and record nothing'},
    answersOption,
  ],
  examples: [
    {line: 'quarterdeck runbook run database-unavailable', does: 'walks a runbook of the site'},
    {line: 'quarterdeck runbook run ./fix.md --service api --var NODE=db-1', does: 'walks a file'},
    {line: 'quarterdeck runbook run ./fix.md --dry-run', does: 'shows what it would do, without a ledger'},
    {line: 'quarterdeck runbook run stop-the-system --rehearse', does: 'a drill; nothing is written'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]),
    service: z.string().optional(),
    var: z.array(z.string()).default([]),
    rehearse: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    answers: z.string().optional(),
  }),
  run: async ({args: [name], service, var: vars, rehearse, dryRun, answers}, context) => {
    const given = givenValues(vars);
    if (dryRun) return printDryRun(context, {name, service, given});
    const named = procedureName(name);
    const isFile = looksLikePath(named.runbook);
    const path = isAbsolute(named.runbook) ? named.runbook : resolve(context.cwd, named.runbook);
    const extra = isFile
      ? [{...(await fileRunbook(context, path, await lintContext(context))), file: path}]
      : [];
    if (given.size > 0) await assertAsked(context, {name, given});
    const asked = await answersFor(context, answers);
    const desk = await openDesk(context, {source: asked.source, extra, ...(await terminalOf(context))});
    const run = await desk.start({
      ...named,
      runbook: isFile ? path : named.runbook,
      ...(service === undefined ? {} : {service}),
      ...(rehearse ? {mode: 'rehearsal'} : {}),
    });
    try {
      return await walkLines(run, withValues(asked.answers, given, context), context);
    } finally {
      run.close();
    }
  },
});

/** What a desk needs so that programs may take the terminal; nothing where there is none. */
export async function terminalOf(context: CommandContext): Promise<Pick<DeskRequest, 'terminal'>> {
  const {terminal} = context;
  if (terminal === undefined) return {};
  const {dir} = await context.ledger();
  return {terminal: async job => terminal(dir, job)};
}

/** Where the answers of this command come from, and how entries call that. */
export async function answersFor(
  context: CommandContext,
  file: string | undefined,
): Promise<{readonly answers: Answers; readonly source: 'line' | 'pipe' | 'answers'}> {
  if (file === undefined) {
    return {answers: typedAnswers(context), source: context.talk.interactive ? 'line' : 'pipe'};
  }
  const read = await context.files.read(resolve(context.cwd, file), maxAnswersBytes);
  if (read.at === 'failed')
    throw new QdError('USAGE', `The answers cannot be read: ${read.message}.`, {file});
  const lines = parseAnswers(new TextDecoder().decode(read.bytes), file);
  return {answers: fileAnswers(lines, context), source: 'answers'};
}
