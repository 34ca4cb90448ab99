// Remembers how the terminal behaves (echo, lines, signal keys) and puts that back, whatever a program left behind.
import {spawn} from 'node:child_process';
import {Duplex} from 'node:stream';

/** A Node process notes the modes of its terminal when it starts and restores them when it ends; this one only waits. */
const waiting =
  "const s=new(require('node:net').Socket)({fd:3});s.on('error',()=>{}).on('close',()=>process.exit(0)).resume().write('r')";

/** A keeper that does not answer is done without: the step runner restores the modes as well, when it ends by itself. */
const patienceMs = 3_000;

/** Resolves once the modes are noted; what it gives puts them back, and is done by itself when this process is gone. */
export async function keepTerminalModes(node: string): Promise<() => Promise<void>> {
  // In a session of its own no key of the terminal reaches it, and it may still set the modes.
  const child = spawn(node, ['-e', waiting], {
    detached: true,
    env: {},
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const line = child.stdio[3];
  const over = new Promise<void>(resolve => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });
  if (!(line instanceof Duplex)) return async () => Promise.resolve();
  line.on('error', () => undefined);
  await within(
    new Promise<void>(resolve => {
      line.once('data', () => resolve());
    }),
    over,
  );
  return async () => {
    line.destroy();
    await within(over);
  };
}

async function within(...work: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>(resolve => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([...work, limit]);
  clearTimeout(timer);
}
