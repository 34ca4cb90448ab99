// Answers from a file, for rehearsals and tests: used in order, each for the step it names.
import {z} from 'zod';
import {QdError} from '../domain/error.ts';
import type {CommandContext} from '../define.ts';
import {current, type RunAnswer} from '../domain/run.ts';
import type {RunSnapshot} from '../engine/run/index.ts';
import type {Answers} from './run-lines.ts';

const entry = z.strictObject({
  /** Id of the step, or `finish` for the end; left out: whatever is asked next. */
  step: z.string().optional(),
  say: z.enum([
    'yes',
    'done',
    'fails',
    'skip',
    'retry',
    'undo',
    'safe',
    'option',
    'happened',
    'did-not-happen',
    'stop',
    'escalate',
    'abort',
    'take-over',
    'value',
    'pause',
    'hand-over',
    'resume',
    'take-back',
    'finish',
  ]),
  /** Number or text of an option; number of a safe action. */
  option: z.union([z.string(), z.int()]).optional(),
  typed: z.string().optional(),
  reason: z.string().optional(),
  note: z.string().optional(),
  /** The value of a variable; left out: its default. */
  text: z.string().optional(),
  /** Whom a run is handed over to. */
  to: z.string().optional(),
});
const file = z.array(entry).min(1);
type Line = z.infer<typeof entry>;

/** Parses a file of answers (JSON); throws USAGE naming the file and what is wrong. */
export function parseAnswers(text: string, name: string): readonly Line[] {
  const wrong = (why: string): QdError =>
    new QdError('USAGE', `${name} holds no answers: ${why}`, {
      file: name,
      hint: 'Write a JSON list such as [{"step":"restart","say":"yes"},{"step":"finish","say":"finish"}].',
    });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const parsed = file.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw wrong(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

/** Hands out the answers in order; throws USAGE when one is missing, names another step, or was refused. */
export function fileAnswers(lines: readonly Line[], {clock}: Pick<CommandContext, 'clock'>): Answers {
  let next = 0;
  let last: {readonly id: string; readonly at: string; readonly line: number} | undefined;
  return {
    next: async snapshot => {
      const step = stepOf(snapshot);
      const line = lines[next];
      if (
        last !== undefined &&
        last.id === snapshot.ask.id &&
        last.at === snapshot.ask.at &&
        snapshot.notice !== undefined
      ) {
        throw new QdError('USAGE', `Answer ${last.line} was refused: ${snapshot.notice}`, {
          hint: possible(snapshot),
        });
      }
      if (line === undefined) {
        throw new QdError('USAGE', `There is no answer for ${step}; the file holds ${lines.length}.`, {
          hint: possible(snapshot),
        });
      }
      if (line.step !== undefined && line.step !== step) {
        throw new QdError('USAGE', `Answer ${next + 1} is for ${line.step}, but ${step} is asked.`, {
          hint: possible(snapshot),
        });
      }
      next += 1;
      last = {id: snapshot.ask.id, at: snapshot.ask.at, line: next};
      const nowMs = clock.monoMs();
      return Promise.resolve({
        at: 'answer' as const,
        answer: answerFrom(line, {id: snapshot.ask.id, shownAtMs: nowMs, answeredAtMs: nowMs}, snapshot),
      });
    },
  };
}

function stepOf({ask, state}: RunSnapshot): string {
  if (ask.at === 'finish') return 'finish';
  return current(state)?.item.id ?? ask.at;
}

const possible = ({choices}: RunSnapshot): string =>
  `Possible: ${choices
    .filter(({disabled}) => disabled === undefined)
    .map(({say, option}) => (option === undefined ? say : `${say} ${option}`))
    .join(', ')}. The run stays open.`;

type Times = Pick<RunAnswer, 'id' | 'shownAtMs' | 'answeredAtMs'>;

function answerFrom(line: Line, times: Times, {ask}: RunSnapshot): RunAnswer {
  const {say, reason = '', typed, note, text = '', to} = line;
  switch (say) {
    case 'yes':
      return {...times, say, ...(typed === undefined ? {} : {typed}), ...(reason === '' ? {} : {reason})};
    case 'done':
      return {...times, say, ...(note === undefined ? {} : {note})};
    case 'retry':
    case 'undo':
    case 'resume':
    case 'take-back':
      return {...times, say};
    case 'value':
      return {...times, say, text};
    case 'hand-over':
      return {...times, say, reason, ...(to === undefined ? {} : {to})};
    case 'option':
    case 'safe': {
      const wanted = String(line.option ?? '');
      const named =
        ask.at === 'decide'
          ? ask.options.find(({text}) => text === wanted || text.startsWith(`${wanted}:`))
          : undefined;
      return {...times, say, key: named?.key ?? wanted};
    }
    case 'finish':
      return reason === '' ? {...times, say} : {...times, say, reason};
    case 'fails':
    case 'skip':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'escalate':
    case 'abort':
    case 'take-over':
    case 'pause':
      return {...times, say, reason};
  }
}
