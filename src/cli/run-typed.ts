// Answers typed by a person, one line each; also lines from a pipe.
import type {CommandContext} from '../define.ts';
import type {Choice, RunAnswer} from '../domain/run.ts';
import {say, show} from '../domain/show.ts';
import type {RunSnapshot} from '../engine/run/index.ts';
import type {Answers, Given} from './run-lines.ts';

/** Asks on the terminal. A word, a key, or for typed confirmations the name itself; end of input pauses the run. */
export const typedAnswers = ({talk, clock}: Pick<CommandContext, 'talk' | 'clock'>): Answers => ({
  next: async snapshot => {
    const shownAtMs = clock.monoMs();
    const line = await talk.ask(prompt(snapshot));
    if (line === undefined) return {at: 'pause'};
    const times = {id: snapshot.ask.id, shownAtMs, answeredAtMs: clock.monoMs()};
    const typed = line.trim();
    if (typed === '?' || typed === 'help') return {at: 'help'};
    if (snapshot.ask.at === 'typed' && typed === snapshot.ask.expected) {
      const reason = snapshot.ask.reason
        ? await talk.ask(show('Reason (kept, can be erased later):'))
        : undefined;
      return {at: 'answer', answer: {...times, say: 'yes', typed, ...(reason === undefined ? {} : {reason})}};
    }
    const choice = chosen(snapshot.choices, typed);
    if (choice === undefined) {
      talk.err(say`"${typed}" is no answer here; ? lists them.`);
      return {at: 'help'};
    }
    return withReason(choice, times, async () => talk.ask(show('Reason (kept, can be erased later):')));
  },
});

function prompt({ask, choices}: RunSnapshot): ReturnType<typeof show> {
  const open = choices.filter(({disabled, needs}) => disabled === undefined && needs !== 'typed');
  const keys = open.map(({key, label}) => `${key} ${label}`).join(' · ');
  return ask.at === 'typed' ? say`Type the name, or: ${keys} >` : say`${keys} >`;
}

function chosen(choices: readonly Choice[], typed: string): Choice | undefined {
  if (typed === '') return choices.find(({key}) => key === 'enter');
  const exact = choices.find(({key}) => key === typed);
  if (exact !== undefined) return exact;
  const word = typed.toLowerCase();
  return choices.find(({key, say: what}) => key === word || what === word || (word === 'yes' && key === 'y'));
}

type Times = Pick<RunAnswer, 'id' | 'shownAtMs' | 'answeredAtMs'>;

/** The answer that a choice stands for; asks for the reason when it needs one. */
async function withReason(
  choice: Choice,
  times: Times,
  ask: () => Promise<string | undefined>,
): Promise<Given> {
  if (choice.disabled !== undefined || choice.needs !== 'reason')
    return {at: 'answer', answer: answerOf(choice, times, '')};
  const reason = await ask();
  return reason === undefined ? {at: 'pause'} : {at: 'answer', answer: answerOf(choice, times, reason)};
}

/** A choice as an answer; `text` is its reason, or what was typed. */
function answerOf(choice: Choice, times: Times, text: string): RunAnswer {
  const {say: what} = choice;
  switch (what) {
    case 'yes':
      return {...times, say: what};
    case 'done':
      return text === '' ? {...times, say: what} : {...times, say: what, note: text};
    case 'retry':
    case 'undo':
      return {...times, say: what};
    case 'option':
    case 'safe':
      return {...times, say: what, key: choice.option ?? choice.key};
    case 'finish':
      return text === '' ? {...times, say: what} : {...times, say: what, reason: text};
    case 'fails':
    case 'skip':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'escalate':
    case 'abort':
    case 'take-over':
    case 'pause':
    case 'hand-over':
      return {...times, say: what, reason: text};
    case 'value':
      return {...times, say: what, text};
    case 'resume':
    case 'take-back':
      return {...times, say: what};
  }
}
