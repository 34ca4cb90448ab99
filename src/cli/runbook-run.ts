// `runbook run`: starts a run and walks it line by line.
import {isAbsolute, resolve} from 'node:path';
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {fileRunbook, lintContext} from './runbook-file.ts';
import {fileAnswers, parseAnswers} from './run-answers.ts';
import {openDesk, procedureName} from './run-desk.ts';
import {walkLines, type Answers} from './run-lines.ts';
import {typedAnswers} from './run-typed.ts';

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
  options: [{flags: '--service <name>', summary: 'the service that the run is about'}, answersOption],
  examples: [
    {line: 'quarterdeck runbook run database-unavailable', does: 'walks a runbook of the site'},
    {line: 'quarterdeck runbook run ./fix.md --service api', does: 'walks a file'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]),
    service: z.string().optional(),
    answers: z.string().optional(),
  }),
  run: async ({args: [name], service, answers}, context) => {
    const named = procedureName(name);
    const isFile = /[\\/]|\.(?:md|markdown|txt)$/i.test(named.runbook);
    const path = isAbsolute(named.runbook) ? named.runbook : resolve(context.cwd, named.runbook);
    const extra = isFile
      ? [{...(await fileRunbook(context, path, await lintContext(context))), file: path}]
      : [];
    const given = await answersFor(context, answers);
    const desk = await openDesk(context, {source: given.source, extra});
    const run = await desk.start({
      ...named,
      runbook: isFile ? path : named.runbook,
      ...(service === undefined ? {} : {service}),
    });
    try {
      return await walkLines(run, given.answers, context);
    } finally {
      run.close();
    }
  },
});

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
