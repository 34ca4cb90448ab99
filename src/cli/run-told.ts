// What a run says line by line: where one is, how each step went, what is asked, whom to call.
import type {Talk} from '../define.ts';
import {currentIndex, isMachine, type Choice, type Walked} from '../domain/run.ts';
import {say, show, showLines, type Shown} from '../domain/show.ts';
import {shortRun, type OpenRun, type RunSnapshot} from '../engine/run/index.ts';

/** Environment, service, title, and what must not be done. */
export function tellHeader({state}: RunSnapshot, talk: Talk): void {
  talk.out(
    say`${state.environment.toUpperCase()}  ${state.service}  run ${shortRun(state.run)}  ${state.operator}`,
  );
  if (state.mode === 'rehearsal')
    talk.out(show('DRILL  a rehearsal: what would change something is shown and confirmed, and not run'));
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
export async function tellProgress(
  run: OpenRun,
  {state}: RunSnapshot,
  {talk, told}: {readonly talk: Talk; readonly told: Map<string, string>},
): Promise<void> {
  for (const walked of state.walk) {
    const line = endLine(walked);
    if (line === undefined || told.get(walked.item.id) === line) continue;
    told.set(walked.item.id, line);
    if (walked.state.at === 'told' || (walked.state.at === 'done' && walked.state.by === 'machine')) {
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

/** How a step ended, in one raw line; undefined while it has not. */
export function endLine({item, state}: Walked): string | undefined {
  const {title} = item.step;
  if (state.at === 'done') return `${words[state.verdict] ?? state.verdict}  ${title}  (${state.message})`;
  if (state.at === 'told') return `? ended  ${title}  (${state.message})`;
  if (state.at !== 'skipped') return undefined;
  const why: Record<typeof state.by, string> = {
    operator: '',
    when: `  (only when ${state.when ?? 'its condition holds'})`,
    way: '  (the walk took another way)',
    rehearsal: '  (rehearsal: not run)',
  };
  return `${words['skipped'] ?? ''}  ${title}${why[state.by]}`;
}

/** The question, with everything that decides above it. */
export function tellAsk(
  snapshot: RunSnapshot,
  {talk, earlier}: {talk: Talk; earlier: readonly string[]},
): void {
  const {ask, state, choices, shown} = snapshot;
  talk.out(show(''));
  const index = currentIndex(state) ?? -1;
  const walked = state.walk[index];
  const isStep = !['watch', 'paused', 'finish'].includes(ask.at);
  if (walked !== undefined && isStep) {
    const {item} = walked;
    const guessed = isMachine(item) && item.step.certainty === 'guessed' ? ', guessed' : '';
    const drill = state.mode === 'rehearsal' ? 'DRILL  ' : '';
    const inFile = item.file === undefined ? '' : `  (${item.file})`;
    talk.out(
      say`${drill}Step ${index + 1} of ${state.walk.length}  ${item.role}, ${item.step.effect}${guessed}${inFile}`,
    );
    if (ask.at !== 'failed')
      for (const line of shown) for (const safe of showLines(line)) talk.out(say`  ${safe}`);
  }
  const text = 'text' in ask ? ask.text : ask.question;
  for (const line of showLines(text)) talk.out(line);
  switch (ask.at) {
    case 'decide':
      for (const {key, text: option} of ask.options) talk.out(say`  ${key}  ${option}`);
      return;
    case 'typed':
      talk.out(say`  the name: ${ask.expected}`);
      return;
    case 'input': {
      if (ask.default !== undefined) talk.out(say`  Enter takes: ${ask.default}`);
      if (ask.pattern !== undefined) talk.out(say`  must match: ${ask.pattern}`);
      for (const [i, value] of earlier.entries()) talk.out(say`  :${i + 1}  ${value}  (earlier)`);
      return;
    }
    case 'unknown':
      talk.out(show(ask.survivors.length === 0 ? '  Nothing of it is alive any more.' : '  Still alive:'));
      for (const {pid, command} of ask.survivors) talk.out(say`    ${pid}  ${command}`);
      for (const line of helpLines(choices)) talk.out(line);
      return;
    case 'failed':
    case 'guarded':
    case 'paused':
      for (const line of helpLines(choices)) talk.out(line);
      return;
    case 'read':
    case 'manual':
    case 'attest':
    case 'confirm':
    case 'terminal':
    case 'busy':
    case 'finish':
    case 'watch':
    case 'over':
      return;
  }
}

/** Every key with what it does, or why it does not. */
export const helpLines = (choices: readonly Choice[]): readonly Shown[] =>
  choices.map(({key, label, disabled}) =>
    disabled === undefined ? say`  ${key}  ${label}` : say`  ${key}  ${label}  (not now: ${disabled})`,
  );

/** Whom to call, and what to tell them: all of it without the network. */
export function escalationLines({
  contacts,
  brief,
}: Pick<RunSnapshot, 'contacts' | 'brief'>): readonly Shown[] {
  const calls = contacts.map(
    ({who, phone, when}) => say`Call ${who} ${phone ?? ''}${when === undefined ? '' : `, for ${when}`}`,
  );
  return [
    ...(calls.length === 0
      ? [show('The site names nobody to call (`escalation:` in quarterdeck.yaml).')]
      : calls),
    ...(brief.length === 0 ? [] : [show('Say:')]),
    ...brief.map(line => say`  ${line}`),
  ];
}
