// A run on any terminal: one thing at a time, printed once, never redrawn. The same engine as the console.
import type {CommandContext, Talk} from '../define.ts';
import {exit} from '../domain/error.ts';
import type {Result, RunAnswer} from '../domain/run.ts';
import {say, show, showLines} from '../domain/show.ts';
import {shortRun, type OpenRun, type RunSnapshot} from '../engine/run/index.ts';
import {escalationLines, helpLines, tellAsk, tellHeader, tellProgress} from './run-told.ts';

/** Where answers come from: a person at a terminal, or a file. */
export interface Answers {
  /** The answer to what is asked, `leave` at the end of input; throws when a file holds nothing that fits. */
  next(snapshot: RunSnapshot, asked: Asked): Promise<Given>;
}

/** What was shown with the question. */
export interface Asked {
  /** Values that the variable had in earlier runs, newest first; empty when no value is asked for. */
  readonly earlier: readonly string[];
}

export type Given =
  {readonly at: 'answer'; readonly answer: RunAnswer} | {readonly at: 'help'} | {readonly at: 'leave'};

/** The exit status of a run that is over. */
export const statuses: Record<Result, number> = {
  passed: exit.good,
  failed: exit.no,
  aborted: exit.no,
  escalated: exit.no,
  unverified: exit.could_not,
};

interface Lines extends Pick<CommandContext, 'talk' | 'signal' | 'clock'> {
  /** Resolves when no program has the terminal any more. */
  readonly settled?: () => Promise<void>;
}

/** Earlier values that are offered. */
const mostEarlier = 5;

/** Walks until the run is over or paused, or input ends; returns the exit status. It stays open when it was not finished. */
export async function walkLines(run: OpenRun, answers: Answers, context: Lines): Promise<number> {
  const {talk} = context;
  tellHeader(run.snapshot(), talk);
  const told = new Map<string, string>();
  let shownAsk = '';
  let earlier: readonly string[] = [];
  for (;;) {
    await run.refresh();
    await context.settled?.();
    let snapshot = run.snapshot();
    await tellProgress(run, snapshot, {talk, told});
    const {ask} = snapshot;
    if (ask.at === 'over') return over(snapshot, talk);
    if (ask.at === 'busy') {
      talk.out(say`… ${ask.text}`);
      if (!(await waitWhileBusy(run, context))) {
        if (!(await interrupted(run, context))) return leave(run, talk);
      }
      continue;
    }
    const key = `${ask.id} ${ask.at} ${'text' in ask ? ask.text : ''}`;
    if (shownAsk !== key) {
      earlier = ask.at === 'input' ? (await run.history(ask.name)).slice(0, mostEarlier) : [];
      tellAsk(snapshot, {talk, earlier});
      shownAsk = key;
    }
    if (snapshot.choices.length === 0) return exit.refused;
    // Whoever watches sees each step end, also while the prompt waits.
    const quiet = run.onChange(() => void tellProgress(run, run.snapshot(), {talk, told}));
    const given = await answers.next(snapshot, {earlier}).finally(quiet);
    if (given.at === 'leave') return leave(run, talk);
    if (given.at === 'help') {
      for (const line of [...helpLines(snapshot.choices), ...escalationLines(snapshot)]) talk.out(line);
      continue;
    }
    const answered = await run.answer(given.answer);
    snapshot = run.snapshot();
    if (!answered.ok) {
      for (const line of showLines(answered.why)) talk.err(say`! ${line}`);
      if (snapshot.ask.at === 'watch' && !snapshot.watching) return exit.refused;
    } else if (given.answer.say === 'pause' || given.answer.say === 'hand-over') return rest(snapshot, talk);
  }
}

function over({state, contacts, brief}: RunSnapshot, talk: Talk): number {
  const name = shortRun(state.run);
  const what = state.mode === 'rehearsal' ? 'Rehearsal' : 'Run';
  talk.out(say`${what} ${name} is over: ${state.over?.result ?? 'over'}.`);
  if (state.over?.result === 'escalated')
    for (const line of escalationLines({contacts, brief})) talk.out(line);
  talk.out(say`Its record: quarterdeck runbook report ${name}`);
  return state.over === undefined ? exit.could_not : statuses[state.over.result];
}

/** Resolves true when something changed that is worth showing, false when the person pressed Ctrl-C. */
async function waitWhileBusy(run: OpenRun, {signal}: Lines): Promise<boolean> {
  const first = run.snapshot().ask;
  return new Promise<boolean>(resolve => {
    const done = (value: boolean): void => {
      cancel();
      signal.removeEventListener('abort', stop);
      resolve(value);
    };
    const stop = (): void => done(false);
    const look = (): void => {
      const {ask} = run.snapshot();
      if (ask.at !== 'busy' || ('text' in first && ask.text !== first.text)) done(true);
    };
    const cancel = run.onChange(look);
    if (signal.aborted) stop();
    else {
      signal.addEventListener('abort', stop, {once: true});
      look();
    }
  });
}

/** Ctrl-C while a step runs: it is never stopped without being asked about. True to go on walking. */
async function interrupted(run: OpenRun, {talk, clock}: Lines): Promise<boolean> {
  const {ask, choices} = run.snapshot();
  const stop = choices.find(({say: what, disabled}) => what === 'stop' && disabled === undefined);
  if (ask.at !== 'busy' || stop === undefined || !talk.interactive) return false;
  const shownAtMs = clock.monoMs();
  const answer = await talk.ask(show('A step is running. Leave it running (Enter), or stop it (type stop)?'));
  if (answer?.trim() !== 'stop') return false;
  const answered = await run.answer({
    id: run.run,
    shownAtMs,
    answeredAtMs: clock.monoMs(),
    say: 'stop',
    reason: 'interrupted by the operator',
  });
  if (!answered.ok) talk.err(show(answered.why));
  return false;
}

function leave(run: OpenRun, talk: Talk): number {
  const name = shortRun(run.run);
  talk.out(say`Run ${name} stays open. Go on with: quarterdeck runbook resume ${name}`);
  return exit.could_not;
}

/** Paused or handed over: nobody holds the service now. */
function rest({state, ask}: RunSnapshot, talk: Talk): number {
  if ('text' in ask) talk.out(show(ask.text));
  talk.out(say`Go on with: quarterdeck runbook resume ${shortRun(state.run)}`);
  return exit.could_not;
}
