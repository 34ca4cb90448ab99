// Logging in over ssh to a sshd of our own, with the console at the other end; and losing the connection.
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {withEnvironment} from '../helpers/processes.ts';
import {waitFor} from '../helpers/wait.ts';
import {launcher, type Place} from '../e2e/place.ts';
import {afterwards, program} from './needs.ts';
import {sshServer, type Sshd} from './sshd.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The console as a shell line, with its environment. */
export const lineOf = ({env}: Place): string =>
  [
    'env',
    ...Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`)),
    quoted(process.execPath),
    quoted(launcher),
  ].join(' ');

/** Ended with the test. */
export function ended(on: PtyRobot): PtyRobot {
  afterwards(() => on.kill());
  return on;
}

/** Each call logs in once more: `ssh -tt`, with the console as its command. */
export async function logins(here: Place, server?: Sshd): Promise<() => PtyRobot> {
  const ssh = program('ssh', 'openssh-client');
  const {options, destination} = server ?? (await sshServer());
  return () =>
    ended(robot({command: ssh, args: ['-tt', ...options, destination, lineOf(here)], env: here.env}));
}

/** The consoles that work with the data directory of this place. */
const consolesOf = ({home}: Place): number =>
  withEnvironment(`QUARTERDECK_HOME=${home}`).filter(({command}) => command.endsWith('bin/quarterdeck'))
    .length;

/** Ways in which a connection is lost; `during` is what happens while it is. */
export const losses: Readonly<
  Record<'killed' | 'frozen' | 'closed', (on: PtyRobot, during: () => Promise<unknown>) => Promise<void>>
> = {
  killed: async (on, during) => {
    on.kill('SIGKILL');
    await during();
  },
  frozen: async (on, during) => {
    process.kill(on.pid, 'SIGSTOP');
    await during();
    on.kill('SIGKILL');
  },
  closed: async (on, during) => {
    on.hangUp();
    await during();
  },
};

/** Until the console at the end of the lost connection has noticed and is gone. */
export const isGone = async (here: Place): Promise<unknown> =>
  waitFor(() => consolesOf(here) === 0, {
    what: 'the console at the end of the lost connection to end',
    timeoutMs: 30_000,
  });
