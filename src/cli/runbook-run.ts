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
    const {lend, settled} = await lendingOf(context);
    const desk = await openDesk(context, {source: asked.source, extra, ...lend});
    const run = await desk.start({
      ...named,
      runbook: isFile ? path : named.runbook,
      ...(service === undefined ? {} : {service}),
      ...(rehearse ? {mode: 'rehearsal'} : {}),
    });
    try {
      return await walkLines(run, withValues(asked.answers, given, context), {
        ...linesOf(context),
        settled,
      });
    } finally {
      run.close();
    }
  },
});

/** What walking line by line takes of a command's context. */
export const linesOf = ({
  talk,
  signal,
  clock,
}: CommandContext): Pick<CommandContext, 'talk' | 'signal' | 'clock'> => ({
  talk,
  signal,
  clock,
});

export interface Lending {
  /** For the desk: empty where there is no terminal that a program could take. */
  readonly lend: Pick<DeskRequest, 'terminal'>;
  /** Resolves when no program has the terminal: a step's outcome is recorded before the terminal is back. */
  readonly settled: () => Promise<void>;
}

/** How programs take the terminal of this command, and when it is free again. */
export async function lendingOf(context: CommandContext): Promise<Lending> {
  const {terminal} = context;
  if (terminal === undefined) return {lend: {}, settled: async () => Promise.resolve()};
  const {dir} = await context.ledger();
  let last: Promise<unknown> = Promise.resolve();
  return {
    lend: {
      terminal: async job => {
        const lent = terminal(dir, job);
        last = lent.catch(() => undefined);
        return lent;
      },
    },
    settled: async () => {
      await last;
    },
  };
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
