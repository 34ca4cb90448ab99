// The packet filter in front of the database: real silence, made by a full accept queue that nobody empties.
import {type ChildProcess, spawn} from 'node:child_process';
import {type Socket, connect} from 'node:net';
import {DemoError} from '../shared/text.ts';

const maxFillers = 32;
const hangMs = 250;

export type Filter = {on(): Promise<void>; off(): Promise<void>};

/** Holds `port` with a program that never accepts and fills its queue, so that later connection attempts get no answer at all. */
export function makeFilter({
  command,
  port,
  env,
}: {
  command: readonly [string, ...string[]];
  port: number;
  env: Readonly<Record<string, string>>;
}): Filter {
  let holder: ChildProcess | undefined;
  let fillers: Socket[] = [];

  return {
    on: async () => {
      if (holder !== undefined) return;
      const [program, ...args] = command;
      const started = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: {...process.env, ...env, QD_DEMO_PORT: String(port)},
      });
      holder = started;
      const isListening = await new Promise<boolean>(resolve => {
        started.stdout.once('data', () => {
          resolve(true);
        });
        started.once('error', () => {
          resolve(false);
        });
        started.once('exit', () => {
          resolve(false);
        });
      });
      if (!isListening) {
        holder = undefined;
        throw new DemoError('FILTER_FAILED', `The filter could not take port ${String(port)}.`, {
          exit: 2,
          hint: 'See what holds the port, then try again.',
        });
      }
      while (fillers.length < maxFillers) {
        const {socket, connected} = await tryConnect(port);
        fillers.push(socket);
        if (!connected) return;
      }
    },
    off: async () => {
      const current = holder;
      holder = undefined;
      for (const filler of fillers) filler.destroy();
      fillers = [];
      if (current === undefined || current.exitCode !== null) return;
      const gone = new Promise(resolve => current.once('exit', resolve));
      current.kill('SIGKILL');
      await gone;
    },
  };
}

async function tryConnect(port: number): Promise<{socket: Socket; connected: boolean}> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      resolve({socket, connected: false});
    }, hangMs);
    socket.on('error', () => undefined); // it is reset when the filter is lifted
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve({socket, connected: true});
    });
  });
}
