// What a run asks, for the screen: the same questions with their texts made safe.
import type {Refusal} from '../../domain/run.ts';
import {say, show, type Shown} from '../../domain/show.ts';
import type {RunSnapshot} from '../../engine/run/index.ts';
import type {AskView, RefusalView} from '../../state/model.ts';

/** `history`: raw values of the variable that is asked for, newest first. */
export function askView({ask}: RunSnapshot, history: readonly string[]): AskView {
  switch (ask.at) {
    case 'read':
    case 'failed':
    case 'finish':
    case 'paused':
      return {at: ask.at, text: show(ask.text), id: ask.id};
    case 'manual':
    case 'confirm':
    case 'attest':
    case 'terminal':
      return {at: ask.at, question: show(ask.question), id: ask.id};
    case 'input':
      return {
        at: 'input',
        question: show(ask.question),
        name: show(ask.name),
        default: ask.default,
        pattern: ask.pattern === undefined ? undefined : show(ask.pattern),
        history,
        id: ask.id,
      };
    case 'guarded':
      return {at: 'guarded', text: show(ask.text), refusals: ask.refusals.map(refusalView), id: ask.id};
    case 'typed':
      return {...ask, question: show(ask.question), expected: show(ask.expected)};
    case 'decide':
      return {
        ...ask,
        question: show(ask.question),
        options: ask.options.map(({key, text}) => ({key, text: show(text)})),
      };
    case 'unknown':
      return {
        ...ask,
        text: show(ask.text),
        survivors: ask.survivors.map(({pid, command}) => say`${pid}  ${command}`),
      };
    case 'busy':
      return {at: 'busy', text: show(ask.text), sinceMs: ask.sinceMs};
    case 'watch':
    case 'over':
      return {at: ask.at, text: show(ask.text)};
  }
}

export const refusalView = (refusal: Refusal): RefusalView => ({
  rule: show(refusal.title),
  line: refusal.line === 0 ? undefined : refusal.line,
  pattern: show(refusal.pattern),
  matched: show(refusal.matched),
  way: wayOf(refusal),
  isOpen: refusal.glass !== undefined,
});

/** The way past a guard, or that there is none. */
function wayOf({guard, absolute, certain, glass}: Refusal): Shown {
  if (glass !== undefined)
    return say`let pass by the open break-glass ${glass}; the name of the target is typed`;
  if (!certain) return say`what it does cannot be told from its text: the name of the target is typed`;
  if (absolute) return say`nothing opens this rule; do it another way, or escalate`;
  return say`quarterdeck breakglass open ${guard} --for 15m`;
}
