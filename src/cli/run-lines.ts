// A run on any terminal: one thing at a time, printed once, never redrawn. The same engine as the console.
import type {CommandContext, Talk} from '../define.ts';
import {exit} from '../domain/error.ts';
import {
  currentIndex,
  isMachine,
  type Choice,
  type Result,
  type RunAnswer,
  type Walked,
} from '../domain/run.ts';
import {say, show, showLines, type Shown} from '../domain/show.ts';
import {dialogLines, shortRun, type OpenRun, type RunSnapshot} from '../engine/run/index.ts';

/** Where answers come from: a person at a terminal, or a file. */
export interface Answers {
  /** The answer to what is asked, `pause` at the end of input; throws when a file holds nothing that fits. */
  next(snapshot: RunSnapshot): Promise<Given>;
}

export type Given =
  {readonly at: 'answer'; readonly answer: RunAnswer} | {readonly at: 'help'} | {readonly at: 'pause'};

const statuses: Record<Result, number> = {
  passed: exit.good,
  failed: exit.no,
  aborted: exit.no,
  escalated: exit.no,
  unverified: exit.could_not,
};

type Lines = Pick<CommandContext, 'talk' | 'signal' | 'clock' | 'site'>;

/** Walks until the run is over or input ends; returns the exit status. The run stays open when it was not finished. */
export async function walkLines(run: OpenRun, answers: Answers, context: Lines): Promise<number> {
  const {talk} = context;
  const site = await context.site();
  header(run.snapshot(), talk);
  const told = new Map<string, string>();
  let shownAsk = '';
  for (;;) {
    await run.refresh();
    let snapshot = run.snapshot();
    await tellProgress(run, snapshot, {talk, told});
    if (snapshot.ask.at === 'over') {
      const {over} = snapshot.state;
      talk.out(say`Run ${shortRun(run.run)} is over: ${over?.result ?? 'over'}.`);
      if (over?.result === 'escalated') for (const line of contacts(site.escalation)) talk.out(line);
      return over === undefined ? exit.could_not : statuses[over.result];
    }
    if (snapshot.ask.at === 'busy') {
      talk.out(say`… ${snapshot.ask.text}`);
      if (!(await waitWhileBusy(run, context))) {
        if (!(await interrupted(run, context))) return leave(run, talk);
      }
      continue;
    }
    const key = `${snapshot.ask.id} ${snapshot.ask.at}`;
    if (shownAsk !== key) {
      tellAsk(snapshot, talk);
      shownAsk = key;
    }
    if (snapshot.choices.length === 0) return exit.refused;
    // Whoever watches sees each step end, also while the prompt waits.
    const quiet = run.onChange(() => void tellProgress(run, run.snapshot(), {talk, told}));
    const given = await answers.next(snapshot);
    quiet();
    if (given.at === 'pause') return leave(run, talk);
    if (given.at === 'help') {
      for (const line of help(snapshot.choices)) talk.out(line);
      for (const line of contacts(site.escalation)) talk.out(line);
      continue;
    }
    const answered = await run.answer(given.answer);
    snapshot = run.snapshot();
    if (!answered.ok) {
      for (const line of showLines(answered.why)) talk.err(say`! ${line}`);
      if (snapshot.ask.at === 'watch' && !snapshot.watching) return exit.refused;
    }
  }
}

function header({state}: RunSnapshot, talk: Talk): void {
  talk.out(
    say`${state.environment.toUpperCase()}  ${state.service}  run ${shortRun(state.run)}  ${state.operator}`,
  );
  talk.out(
    state.title === state.procedureTitle ? show(state.title) : say`${state.title}: ${state.procedureTitle}`,
  );
  if (state.prohibitions.length > 0) talk.out(show('What not to do:'));
  for (const {text} of state.prohibitions) talk.out(say`  ✖ ${text}`);
}

const words: Record<string, string> = {
  pass: '✔ pass',
  warn: '! warn',
  fail: '✖ fail',
  unknown: '? unknown',
  skipped: '– skipped',
};

/** Longest output that is printed at once; the rest is in the ledger. */
const outputLines = 40;

/** Prints each step's end once, with what its command said. */
async function tellProgress(
  run: OpenRun,
  {state}: RunSnapshot,
  {talk, told}: {readonly talk: Talk; readonly told: Map<string, string>},
): Promise<void> {
  for (const walked of state.walk) {
    const line = endLine(walked);
    if (line === undefined || told.get(walked.item.id) === line) continue;
    told.set(walked.item.id, line);
    if (walked.state.at === 'done' && walked.state.by === 'machine') {
      const bytes = await run.output(walked.item.id);
      const lines = showLines(new TextDecoder().decode(bytes ?? new Uint8Array()).replace(/\n$/, ''));
      if (bytes !== undefined && bytes.length > 0) {
        for (const each of lines.slice(0, outputLines)) talk.out(say`  | ${each}`);
        if (lines.length > outputLines) talk.out(say`  | … ${lines.length - outputLines} more lines`);
      }
    }
    talk.out(show(line));
  }
}

function endLine({item, state}: Walked): string | undefined {
  if (state.at === 'done')
    return `${words[state.verdict] ?? state.verdict}  ${item.step.title}  (${state.message})`;
  return state.at === 'skipped' ? `${words['skipped'] ?? ''}  ${item.step.title}` : undefined;
}

function tellAsk({ask, state, plan, choices}: RunSnapshot, talk: Talk): void {
  talk.out(show(''));
  const index = currentIndex(state) ?? -1;
  const walked = state.walk[index];
  if (walked !== undefined && ask.at !== 'watch') {
    const {item} = walked;
    const guessed = isMachine(item) && item.step.certainty === 'guessed' ? ', guessed' : '';
    talk.out(say`Step ${index + 1} of ${state.walk.length}  ${item.role}, ${item.step.effect}${guessed}`);
    if (ask.at !== 'failed') {
      for (const line of dialogLines(state, item, plan))
        for (const safe of showLines(line)) talk.out(say`  ${safe}`);
    }
  }
  const text = 'text' in ask ? ask.text : ask.question;
  for (const line of showLines(text)) talk.out(line);
  if (ask.at === 'decide') for (const {key, text: option} of ask.options) talk.out(say`  ${key}  ${option}`);
  if (ask.at === 'typed') talk.out(say`  the name: ${ask.expected}`);
  if (ask.at === 'unknown') {
    talk.out(show(ask.survivors.length === 0 ? '  Nothing of it is alive any more.' : '  Still alive:'));
    for (const {pid, command} of ask.survivors) talk.out(say`    ${pid}  ${command}`);
  }
  if (ask.at === 'failed' || ask.at === 'unknown') for (const line of help(choices)) talk.out(line);
}

/** Every key with what it does, or why it does not. */
const help = (choices: readonly Choice[]): readonly Shown[] =>
  choices.map(({key, label, disabled}) =>
    disabled === undefined ? say`  ${key}  ${label}` : say`  ${key}  ${label}  (not now: ${disabled})`,
  );

const contacts = (
  list: readonly {readonly who: string; readonly phone?: string; readonly when?: string}[],
): Shown[] =>
  list.map(
    ({who, phone, when}) => say`Call ${who} ${phone ?? ''}${when === undefined ? '' : `, for ${when}`}`,
  );

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
