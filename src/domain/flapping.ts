// Flapping: states that change too often to say anything. Nagios' formula (its page "Detection and Handling of State Flapping").
import type {Verdict} from './verdict.ts';

/** So many states are looked at; between them lie one fewer changes. */
const flapStates = 21;
const startPercent = 30;
const stopPercent = 20;
/** The weight of the oldest change, and of the newest. */
const [oldest, newest] = [0.75, 1.25];

const letters = {pass: 'p', skipped: 'p', warn: 'w', fail: 'f', unknown: 'u'} as const satisfies Record<
  Verdict,
  string
>;

/** One letter for what counts as one state, so that a list of states stays short where it is stored. */
export const letterOf = (verdict: Verdict): string => letters[verdict];

/** The newest states with one more, oldest first. */
export const withState = (history: string, verdict: Verdict): string =>
  (history + letterOf(verdict)).slice(-flapStates);

/** How much of the history is change, in percent; newer changes weigh more. States that are not known yet did not change. */
export function flapPercent(history: string): number {
  const most = flapStates - 1;
  const states = history.slice(-flapStates);
  let sum = 0;
  for (let i = 1; i < states.length; i++) {
    if (states[i] === states[i - 1]) continue;
    // The place among all changes that there can be, 0 = the oldest.
    const place = most - (states.length - i);
    sum += oldest + ((newest - oldest) * place) / (most - 1);
  }
  return (sum * 100) / most;
}

/** Whether it flaps now; between the two limits it stays as it was. */
export function isFlapping(history: string, was: boolean): boolean {
  const percent = flapPercent(history);
  return was ? percent > stopPercent : percent >= startPercent;
}
