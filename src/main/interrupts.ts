// Signals as an AbortSignal for commands; a second Ctrl-C ends the process as it always would.

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Leaves the signals to somebody else. */
  readonly forget: () => void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function interrupts(): Interrupts {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) forget();
    controller.abort();
  };
  const forget = (): void => {
    for (const name of names) process.off(name, onSignal);
  };
  for (const name of names) process.on(name, onSignal);
  return {signal: controller.signal, forget};
}
