// `runbook attach`: watches a run that somebody walks, as it goes; nothing is written and nothing can be answered.
import {z} from 'zod';
import {defineCommand, type CommandContext, type Talk} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {current, currentIndex, type Walked} from '../domain/run.ts';
import {say, show, showLines} from '../domain/show.ts';
import {shortRun, type OpenRun, type RunSnapshot} from '../engine/run/index.ts';
import type {Ledger} from '../ports.ts';
import {entryJson} from './ledger-lines.ts';
import {openDesk} from './run-desk.ts';
import {statuses} from './run-lines.ts';
import {endLine, tellHeader} from './run-told.ts';

export const runbookAttach = defineCommand({
  name: 'runbook attach',
  summary: 'watch a run live, until it ends; Ctrl-C stops watching, not the run',
  arguments: [{spec: '[run]', summary: 'the end of its name; may be left out when only one is open'}],
  options: [
    {flags: '--json', summary: 'one JSON object a line: every entry of the run, and output as it comes'},
  ],
  examples: [
    {line: 'quarterdeck runbook attach 7f2c', does: 'shows each step as it goes, and what it prints'},
    {line: 'quarterdeck runbook attach 7f2c --json', does: 'for a program that follows the run'},
  ],
  input: z.strictObject({args: z.tuple([z.string().min(1).optional()]), json: z.boolean().default(false)}),
  run: async ({args: [name], json}, context) => {
    const ledger = await context.ledgerFiles.openToRead(await context.homeDir());
    try {
      const desk = await openDesk(
        {...context, ledger: async () => Promise.resolve(ledger)},
        {source: 'pipe'},
      );
      const open = (await desk.list()).filter(({result}) => result === undefined);
      const [only] = open;
      if (name === undefined && open.length !== 1) {
        throw new QdError(
          'RUN_NOT_FOUND',
          only === undefined ? 'No run is open.' : `${open.length} runs are open.`,
          {
            hint:
              only === undefined
                ? '`quarterdeck runbook report RUN` shows one that is over.'
                : `Name one: ${open.map(({run, title}) => `${shortRun(run)} (${title})`).join(', ')}.`,
          },
        );
      }
      const run = await desk.open(name ?? only?.run ?? '', {walk: false});
      try {
        const watcher = json ? jsonWatcher(context.talk, ledger, run) : lineWatcher(context.talk, run);
        return await watch(run, watcher, context);
      } finally {
        run.close();
      }
    } finally {
      await ledger.close();
    }
  },
});

interface Watcher {
  /** Tells what is new; never twice. */
  look(snapshot: RunSnapshot): Promise<void>;
  /** Output of the step that runs, or has just ended: what came since. */
  output(walked: Walked, text: string): void;
  over(snapshot: RunSnapshot): void;
}

/** Looks after every change until the run is over, or the signal. */
async function watch(
  run: OpenRun,
  watcher: Watcher,
  {signal, talk}: Pick<CommandContext, 'signal' | 'talk'>,
): Promise<number> {
  const printed = new Map<string, number>();
  let wake: () => void = () => undefined;
  let changes = 0;
  const change = (): void => {
    changes += 1;
    wake();
  };
  const cancel = run.onChange(change);
  signal.addEventListener('abort', change, {once: true});
  try {
    for (;;) {
      const seen = changes;
      const snapshot = run.snapshot();
      for (const walked of snapshot.state.walk) await tellOutput(run, walked, {watcher, printed});
      await watcher.look(snapshot);
      if (snapshot.state.over !== undefined) {
        watcher.over(snapshot);
        return statuses[snapshot.state.over.result];
      }
      if (signal.aborted) {
        talk.err(show('You stopped watching; the run goes on.'));
        return exit.good;
      }
      if (changes === seen) await new Promise<void>(resolve => (wake = resolve));
    }
  } finally {
    cancel();
    signal.removeEventListener('abort', change);
  }
}

/** What a step printed since the last look: whole lines while it runs, everything once it has ended. */
async function tellOutput(
  run: OpenRun,
  walked: Walked,
  {watcher, printed}: {readonly watcher: Watcher; readonly printed: Map<string, number>},
): Promise<void> {
  const {at, attempt} = walked.state;
  const key = `${walked.item.id} ${attempt}`;
  const before = printed.get(key) ?? 0;
  const isOver = at === 'told' || (at === 'done' && walked.state.by === 'machine');
  if ((at !== 'running' && !isOver) || before === Infinity) return;
  const text = new TextDecoder().decode(await run.output(walked.item.id));
  const end = isOver ? text.length : text.lastIndexOf('\n') + 1;
  if (end > before) watcher.output(walked, text.slice(before, end));
  printed.set(key, isOver ? Infinity : Math.max(before, end));
}

function lineWatcher(talk: Talk, run: OpenRun): Watcher {
  tellHeader(run.snapshot(), talk);
  talk.out(show('You watch: nothing can be answered here.'));
  const told = new Map<string, string>();
  let last = '';
  return {
    look: async snapshot => {
      for (const walked of snapshot.state.walk) {
        const line = endLine(walked);
        if (line === undefined || told.get(walked.item.id) === line) continue;
        told.set(walked.item.id, line);
        talk.out(show(line));
      }
      const now = standing(snapshot);
      if (now !== last && now !== '') talk.out(show(now));
      last = now;
      return Promise.resolve();
    },
    output: (_, text) => {
      for (const line of showLines(text.replace(/\n$/, ''))) talk.out(say`  | ${line}`);
    },
    over: ({state}) => {
      talk.out(say`Run ${shortRun(state.run)} is over: ${state.over?.result ?? ''}.`);
    },
  };
}

/** Where the run stands, in one line; raw text. */
function standing({state}: RunSnapshot): string {
  if (state.over !== undefined) return '';
  const walked = current(state);
  const {operator, paused} = state;
  if (paused !== undefined) return `… ${paused.operator} has paused it: ${paused.why}`;
  if (walked === undefined) return `… all steps are done; ${operator} is asked whether to finish`;
  const place = `Step ${(currentIndex(state) ?? 0) + 1} of ${state.walk.length}  ${walked.item.step.title}`;
  const words: Record<typeof walked.state.at, string> = {
    waiting: `${operator} is asked`,
    confirmed: `${operator} has confirmed it`,
    running: 'running',
    told: `it ended; ${operator} is asked whether that is as expected`,
    unknown: `outcome unknown; ${operator} is asked`,
    done: `did not pass; ${operator} is asked`,
    skipped: 'skipped',
  };
  return `… ${place}: ${words[walked.state.at]}`;
}

function jsonWatcher(talk: Talk, ledger: Ledger, run: OpenRun): Watcher {
  let next = 0;
  return {
    look: async () => {
      for (const row of await ledger.read({run: run.run, from: next})) {
        talk.json({at: 'entry', ...entryJson(row)});
        next = row.seq + 1;
      }
    },
    output: ({item, state: {attempt}}, text) => {
      talk.json({at: 'output', step: item.id, attempt, text});
    },
    over: ({state}) => {
      talk.json({at: 'over', run: state.run, result: state.over?.result ?? null});
    },
  };
}
