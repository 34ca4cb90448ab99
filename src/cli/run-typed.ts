// Answers typed by a person, one line each; also lines from a pipe.
import type {CommandContext} from '../define.ts';
import type {Choice, RunAnswer} from '../domain/run.ts';
import {say, show} from '../domain/show.ts';
import type {RunSnapshot} from '../engine/run/index.ts';
import type {Answers, Given} from './run-lines.ts';

/** Asks on the terminal. A word, a key, a value, or for typed confirmations the name itself; end of input leaves the run. */
export const typedAnswers = ({talk, clock}: Pick<CommandContext, 'talk' | 'clock'>): Answers => ({
  next: async (snapshot, {earlier}) => {
    const {ask, choices} = snapshot;
    const shownAtMs = clock.monoMs();
    const line = await talk.ask(prompt(snapshot));
    if (line === undefined) return {at: 'leave'};
    const times = {id: ask.id, shownAtMs, answeredAtMs: clock.monoMs()};
    const typed = ask.at === 'input' ? valueOrKey(line, {choices, earlier}) : {key: line.trim()};
    if ('value' in typed) return {at: 'answer', answer: {...times, say: 'value', text: typed.value}};
    const {key} = typed;
    if (key === '?' || key === 'help') return {at: 'help'};
    const askReason = async (): Promise<string | undefined> =>
      talk.ask(show('Reason (kept, can be erased later):'));
    if (ask.at === 'typed' && key === ask.expected) {
      const reason = ask.reason ? await askReason() : undefined;
      const given = {...times, say: 'yes', typed: key, ...(reason === undefined ? {} : {reason})} as const;
      return {at: 'answer', answer: given};
    }
    const choice = chosen(choices, key);
    if (choice === undefined) {
      talk.err(say`"${key}" is no answer here; ? lists them.`);
      return {at: 'help'};
    }
    if (choice.disabled !== undefined) return {at: 'answer', answer: answerOf(choice, times, {text: ''})};
    return completed(choice, times, {
      reason: askReason,
      note: async () => talk.ask(show('What do you see? (kept, can be erased later):')),
      to: async () => talk.ask(show('To whom? (Enter: whoever takes it):')),
    });
  },
});

/** Where a value is asked for, keys stand behind a colon: any other line is the value, and an empty one the default. */
function valueOrKey(
  line: string,
  {choices, earlier}: {readonly choices: readonly Choice[]; readonly earlier: readonly string[]},
): {readonly value: string} | {readonly key: string} {
  if (!line.startsWith(':')) return {value: line};
  const key = line.slice(1).trim();
  const value = earlier[Number(key) - 1];
  if (value !== undefined) return {value};
  return key === '?' || key === 'help' || chosen(choices, key) !== undefined ? {key} : {value: line};
}

function prompt({ask, choices}: RunSnapshot): ReturnType<typeof show> {
  const open = choices.filter(({disabled, needs}) => disabled === undefined && needs !== 'typed');
  if (ask.at === 'input') {
    const keys = open.filter(({say: what}) => what !== 'value').map(({key, label}) => `:${key} ${label}`);
    return say`${ask.name} (or ${keys.join(' · ')}) >`;
  }
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
type Line = () => Promise<string | undefined>;

/** The answer that a choice stands for; asks for what else it needs. */
async function completed(
  choice: Choice,
  times: Times,
  ask: {readonly reason: Line; readonly note: Line; readonly to: Line},
): Promise<Given> {
  const to = choice.say === 'hand-over' ? await ask.to() : '';
  if (to === undefined) return {at: 'leave'};
  const line = choice.needs === 'reason' ? ask.reason : choice.needs === 'note' ? ask.note : undefined;
  const text = line === undefined ? '' : await line();
  return text === undefined ? {at: 'leave'} : {at: 'answer', answer: answerOf(choice, times, {text, to})};
}

/** A choice as an answer; `text` is its reason, its note, or its value. */
function answerOf(
  choice: Choice,
  times: Times,
  {text, to = ''}: {readonly text: string; readonly to?: string},
): RunAnswer {
  const {say: what} = choice;
  switch (what) {
    case 'yes':
    case 'retry':
    case 'undo':
    case 'resume':
    case 'take-back':
      return {...times, say: what};
    case 'done':
      return text === '' ? {...times, say: what} : {...times, say: what, note: text};
    case 'option':
    case 'safe':
      return {...times, say: what, key: choice.option ?? choice.key};
    case 'finish':
      return text === '' ? {...times, say: what} : {...times, say: what, reason: text};
    case 'hand-over':
      return {...times, say: what, reason: text, ...(to.trim() === '' ? {} : {to: to.trim()})};
    case 'value':
      return {...times, say: what, text};
    case 'fails':
    case 'skip':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'escalate':
    case 'abort':
    case 'take-over':
    case 'pause':
      return {...times, say: what, reason: text};
  }
}
