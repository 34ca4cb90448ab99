// `runbook resume`: goes on with a run where it stands, or watches it while somebody else walks it.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {shortRun, type OpenRun, type RunDesk, type RunListed} from '../engine/run/index.ts';
import {openDesk} from './run-desk.ts';
import {walkLines} from './run-lines.ts';
import {answersFor, answersOption, lendingOf, linesOf} from './runbook-run.ts';

export const runbookResume = defineCommand({
  name: 'runbook resume',
  summary: 'go on with an open run, or list the open ones',
  arguments: [{spec: '[run]', summary: 'the end of its name; may be left out when only one is open'}],
  options: [
    answersOption,
    {
      flags: '--unattended <entry>',
      summary:
        'go on from this entry with what needs nobody, and no further (started by a step that says `detach`)',
    },
  ],
  examples: [{line: 'quarterdeck runbook resume 7f2c', does: 'goes on with that run'}],
  input: z.strictObject({
    args: z.tuple([z.string().min(1).optional()]),
    answers: z.string().optional(),
    unattended: z
      .string()
      .regex(/^\d{1,15}$/, 'expected the number of an entry')
      .transform(Number)
      .optional(),
  }),
  run: async ({args: [name], answers, unattended}, context) => {
    if (unattended !== undefined) {
      const desk = await openDesk(context, {source: 'unattended'});
      return goOnAlone(desk, {name, after: unattended}, context);
    }
    const given = await answersFor(context, answers);
    const {lend, settled} = await lendingOf(context);
    const desk = await openDesk(context, {source: given.source, ...lend});
    const open = (await desk.list()).filter(({result}) => result === undefined);
    const [only] = open;
    if (name === undefined && open.length !== 1) {
      if (only === undefined) {
        throw new QdError('RUN_NOT_FOUND', 'No run is open.', {
          hint: 'Start one with `quarterdeck runbook run`.',
        });
      }
      for (const run of open) context.talk.out(line(run));
      return exit.no;
    }
    const run = await desk.open(name ?? only?.run ?? '', {walk: true});
    try {
      await goOn(run, context);
      return await walkLines(run, given.answers, {...linesOf(context), settled});
    } finally {
      run.close();
    }
  },
});

/** Says what became of it on standard error, which a step runner leads into its log. */
async function goOnAlone(
  desk: RunDesk,
  {name, after}: {readonly name: string | undefined; readonly after: number},
  {signal, talk}: CommandContext,
): Promise<number> {
  if (name === undefined)
    throw new QdError('USAGE', 'Which run goes on unattended?', {hint: 'Name it: runbook resume RUN.'});
  const went = await desk.goOnAlone(name, {after, signal});
  switch (went.at) {
    case 'not-left':
      talk.err(say`Run ${name} is not left alone at entry ${after}: nothing was done.`);
      return exit.refused;
    case 'taken':
      talk.err(say`Somebody went on with run ${name}.`);
      return exit.good;
    case 'waits':
      talk.err(say`Run ${name} waits for a person: ${went.text}`);
      return exit.good;
    case 'stopped':
      return exit.could_not;
  }
}

/** The command itself says that a paused run goes on; one that was handed over asks who takes it. */
async function goOn(run: OpenRun, {clock, talk}: CommandContext): Promise<void> {
  const {ask, state} = run.snapshot();
  if (ask.at !== 'paused' || state.paused?.handover !== false) return;
  const answered = await run.answer({
    id: ask.id,
    shownAtMs: 0,
    answeredAtMs: clock.monoMs(),
    say: 'resume',
  });
  if (!answered.ok) talk.err(say`! ${answered.why}`);
}

const line = ({run, title, service, operator, startedMs, paused, mode}: RunListed): ReturnType<typeof say> =>
  say`${shortRun(run)}  ${title}  ${service}  ${operator}  since ${timestamp(startedMs)}${paused ? '  paused' : ''}${mode === 'rehearsal' ? '  DRILL' : ''}`;
