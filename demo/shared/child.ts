// What every child process of the supervisor does alike: say that it is up, hear the parent, end when the parent is gone.

/** Reads a setting that the supervisor gives; a program of the demo cannot start without it. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set. This program is started by the demo's supervisor.`);
  }
  return value;
}

/** Tells the supervisor something; nothing happens when it is gone. */
export function tellParent(message: {readonly type: string}): void {
  if (process.connected) process.send?.(message);
}

/** Calls back for each message of the supervisor, and ends this process at once when the supervisor dies. */
export function followParent(onMessage: (type: string) => void): void {
  process.on('message', (message: unknown) => {
    if (
      typeof message === 'object' &&
      message !== null &&
      'type' in message &&
      typeof message.type === 'string'
    ) {
      onMessage(message.type);
    }
  });
  process.on('disconnect', () => {
    process.exit(0);
  });
}

/** Runs the main function of a program; a failure is printed and ends it with status 2. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  });
}
