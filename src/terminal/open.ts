// The one entry: opens the console on a terminal and gives the terminal back on every way out.
import type {Desk} from '../define-screen.ts';
import type {Actions} from '../state/model.ts';
import type {ConsoleStore} from '../state/store.ts';
import {QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Shown} from '../domain/show.ts';
import {colourLevel, wantsAscii, withColour} from './appearance.ts';
import {createArming} from './arming.ts';
import type {Arming} from './arming.ts';
import type {Frame} from './compose.ts';
import {drawFrames} from './frames.ts';
import {clipboard} from './clipboard.ts';
import {dispatch} from './dispatch.ts';
import type {Cancel, ConsoleHost, EndSignal} from '../ports.ts';
import {guardInput} from './input.ts';
import {createLending, statusQuestion, statusReply} from './lend.ts';
import type {Lender} from './lend.ts';
import {takeTerminal} from './lifecycle.ts';
import {ScreenStream} from './screen.ts';

/** How the console ended. After a signal the caller cleans up and raises it again. */
export type ConsoleExit =
  | {readonly how: 'left'}
  | {readonly how: 'signal'; readonly signal: EndSignal}
  | {readonly how: 'hangup'}
  | {readonly how: 'failed'; readonly error: unknown};

export interface ConsoleOptions {
  readonly store: ConsoleStore;
  readonly actions: Actions;
  readonly host: ConsoleHost;
  /** Whoever runs steps asks it for this terminal. */
  readonly lender?: Lender;
  /** When keys may confirm, measured here and asked by whoever judges answers. */
  readonly arming?: Arming;
  /** Aborted with an error when there is nothing to show after all. */
  readonly failed?: AbortSignal;
}

/** Ctrl-Z that nobody took up: the screen comes back by itself. */
const unstoppedMs = 1_000;

/** Resolves when the operator leaves or the terminal goes away. Throws NOT_A_TERMINAL before touching anything. */
export async function openConsole(options: ConsoleOptions): Promise<ConsoleExit> {
  const {store, actions, host, lender, arming = createArming(), failed} = options;
  const {stdin, stdout, env, clock} = host;
  if (stdout.isTTY !== true || stdin.isTTY !== true) {
    throw new QdError('NOT_A_TERMINAL', 'The console needs a terminal for its input and output.', {
      hint: 'Use `quarterdeck status` or `quarterdeck check` in scripts.',
    });
  }
  const can = {suspend: host.canSuspend, fault: actions.fault !== undefined};
  const ended = Promise.withResolvers<ConsoleExit>();
  failed?.addEventListener('abort', () => ended.resolve({how: 'failed', error: failed.reason}));
  const terminal = takeTerminal(host, exit => ended.resolve(exit));
  const screen = new ScreenStream(terminal, {isAscii: wantsAscii(env)});
  let isAway = false;
  let cancelWait: Cancel | undefined;

  const comeBack = (): void => {
    if (!isAway || lending.isLent()) return;
    isAway = false;
    cancelWait?.();
    terminal.enter();
    screen.resized();
    screen.resume();
    frames.again();
  };
  const goAway = (): void => {
    isAway = true;
    screen.pause();
    terminal.leave();
  };

  const lending = createLending({
    host,
    terminal,
    onAway: () => {
      isAway = true;
      screen.pause();
    },
    roundTripMs: arming.roundTripMs,
  });
  lender?.attach(lending.lend);

  const desk: Desk = {
    actions,
    go: to => store.go(to),
    back: () => store.back(),
    change: patch => store.change(patch),
    open: dialog => store.open(dialog),
    close: () => store.open(undefined),
    tell: (level, text) => store.notice({level, text}),
    answer: answer => {
      const nowMs = clock.monoMs();
      actions.answer({...answer, shownAtMs: arming.shownAtMs(nowMs), answeredAtMs: nowMs});
    },
    start: run => {
      store.expectRun();
      const doing = run.mode === 'rehearsal' ? say`Rehearsing` : say`Starting`;
      store.notice({level: 'info', text: say`${doing} ${run.runbook} on ${run.service} …`});
      actions.startRun(run);
    },
    copy: (lines: readonly Shown[]) => {
      const text = lines.join('\n');
      const page = clipboard(text);
      goAway();
      terminal.bare(page);
      actions.copy?.(text);
    },
    repaint: () => screen.repaint(),
    suspend: () => {
      goAway();
      host.stop();
      cancelWait = clock.after(unstoppedMs, comeBack);
    },
    leave: () => ended.resolve({how: 'left'}),
  };

  const input = guardInput(clock, {
    onReply: text => {
      if (text === statusReply) arming.replied(clock.monoMs());
    },
    onKey: key => {
      if (isAway) {
        comeBack();
        return;
      }
      const nowMs = clock.monoMs();
      const state = store.api.getState();
      if (state.ui.notice !== undefined) store.notice(undefined);
      if (state.app.notice !== undefined) actions.dismissNotice();
      const frame = frames.current();
      dispatch(frame, key, {desk, isArmed: arming.isArmed(frame.token, nowMs)});
      frames.now();
    },
  });

  const onPainted = (frame: Frame): void => {
    // Nothing was painted while something else has the terminal.
    if (isAway) return;
    const must = frame.look.body?.mustSee;
    if (arming.painted(frame.token, clock.monoMs())) terminal.write(statusQuestion);
    if (must !== undefined) store.saw(must.token, must.shown);
  };

  const frames = drawFrames({
    store,
    screen,
    can,
    clock,
    hasColour: colourLevel(env) === '1',
    onPainted,
    onFailed: error => ended.resolve({how: 'failed', error}),
  });

  terminal.listen({
    onData: chunk => {
      if (!lending.swallows(chunk)) input.push(chunk);
    },
    onResize: () => {
      screen.resized();
      frames.again();
    },
    onContinue: comeBack,
  });
  try {
    terminal.enter();
    // Ink takes longer to load than the frame takes to draw.
    frames.again();
    const mount = await withColour(env, async () => {
      const ink = await import('./mount.tsx');
      return ink.mount;
    });
    const mounted = mount(screen, frames.settled);
    mounted.ended.catch((error: unknown) => ended.resolve({how: 'failed', error}));
    const exit = await ended.promise;
    screen.pause();
    mounted.unmount();
    return exit;
  } finally {
    frames.stop();
    screen.pause();
    terminal.release();
  }
}
