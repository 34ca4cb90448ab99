// The console on sample states, to look at it by hand and for tests over a PTY: bundle it, then run it in a terminal.
// The question `terminal` lends the terminal to a Node script, which is the second argument.
// Arguments: the name of a state (sample, empty, huge, hostile, or a question such as `confirm`).
import {spawn} from 'node:child_process';
import process from 'node:process';
import {consoleHost} from '../src/adapters/console-host.ts';
import type {Clock} from '../src/ports.ts';
import {createConsoleStore} from '../src/state/store.ts';
import {firstUi, place} from '../src/state/ui.ts';
import type {Actions, AppState, RunAnswer} from '../src/state/model.ts';
import {say, show} from '../src/domain/show.ts';
import {createLender} from '../src/terminal/lend.ts';
import {openConsole} from '../src/terminal/open.ts';
import {asks, empty, hostile, huge, run, sample} from '../test/helpers/sample-state.ts';

const clock: Clock = {
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  bootId: 'sample',
  after: (delayMs, fn) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};

const name = process.argv[2] ?? 'sample';
const states: Record<string, () => AppState> = {sample, empty, huge, hostile};
const ask = Object.values(asks).find(({at}) => at === name);
const app =
  states[name]?.() ?? sample(ask === undefined ? {} : {run: run(ask, {watching: ask.at === 'watch'})});

const store = createConsoleStore(
  app,
  ask === undefined ? firstUi : {...firstUi, stack: [place('services'), place('run')]},
);
const notice = (text: ReturnType<typeof say>): void => store.feed({notice: {level: 'info', text}});

const lender = createLender();
/** Runs the script on this terminal, as a step runner would: in the foreground, in this session. */
const onTerminal = (script: string): void => {
  const work = async (): Promise<string> =>
    new Promise(resolve => {
      const child = spawn(process.execPath, ['-e', script], {stdio: 'inherit'});
      child.on('close', (status, signal) => resolve(String(signal ?? status)));
    });
  lender.lend(work, [say`Step 3  Open a shell`]).then(
    how => notice(show(`the program ended: ${how}`)),
    (error: unknown) => notice(show(String(error))),
  );
};

const actions: Actions = {
  checkNow: id => notice(say`asked to look at ${id}`),
  openRun: () => store.feed({run: run(asks.confirm)}),
  startRun: () => store.feed({run: run(asks.confirm, {run: `started-${Math.round(clock.monoMs())}`})}),
  answer: (answer: RunAnswer) => {
    const script = process.argv[3];
    if (script !== undefined && answer.say === 'yes') {
      onTerminal(script);
      return;
    }
    const waited = Math.round(answer.answeredAtMs - answer.shownAtMs);
    notice(show(`answered ${JSON.stringify({...answer, shownAtMs: 0, answeredAtMs: 0})} after ${waited} ms`));
    if (answer.say === 'yes')
      store.feed({
        run: run({
          at: 'busy',
          text: say`waiting for systemctl, limit 60s`,
          sinceMs: store.api.getState().app.nowMs,
        }),
      });
  },
  showEntry: seq =>
    store.feed({
      ledger: {
        ...app.ledger,
        detail:
          seq === undefined
            ? undefined
            : {
                seq,
                run: undefined,
                intent: undefined,
                lines: [say`seq ${seq}`, say`kind step.intent`, say`body {"argv":["systemctl","start"]}`],
              },
      },
    }),
  ledgerWindow: () => undefined,
  entriesOf: () => undefined,
  exportEvidence: () => undefined,
  ackAlerts: on => notice(say`asked to take ${on}`),
  silence: ({on}) => notice(say`asked to silence ${on}`),
  liftSilence: id => notice(say`asked to lift ${id}`),
  runJob: job => notice(say`asked to run ${job}`),
  pauseJob: job => notice(say`asked to pause ${job}`),
  resumeJob: job => notice(say`asked to resume ${job}`),
  verify: () =>
    store.feed({
      ledger: {
        ...app.ledger,
        verify: {at: 'done', verified: true, size: app.ledger.size, text: say`signed checkpoint at 4,190`},
      },
    }),
  dismissNotice: () => store.feed({notice: undefined}),
};

const tick =
  process.env['QD_TICK'] === undefined
    ? undefined
    : setInterval(
        () => store.feed({nowMs: store.api.getState().app.nowMs + 1_000}),
        Number(process.env['QD_TICK']),
      );
openConsole({store, actions, host: consoleHost(clock), lender}).then(
  exit => {
    clearInterval(tick);
    process.stdout.write(`${JSON.stringify(exit)}\n`);
    if (exit.how !== 'signal') return;
    // As the program does: a library that still listens would keep it from ending by the signal.
    process.removeAllListeners(exit.signal);
    process.kill(process.pid, exit.signal);
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 2;
  },
);
