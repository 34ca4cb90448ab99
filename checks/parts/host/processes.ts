// Processes of a host that are meant by a name, a command line, a unit or a file with their pid.
import {z} from 'zod';
import type {Host, HostProcess} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {readPattern} from '../../../src/pattern.ts';
import {pattern} from '../condition.ts';
import {excerpt, type Assertion} from '../expect.ts';
import {absolutePath} from '../fields.ts';
import {couldNot, unknown} from './could-not.ts';
import {readText} from './text.ts';
import {fullName, unitName} from './unit.ts';

export const processMatch = z
  .strictObject({
    command: pattern
      .optional()
      .describe('RE2 pattern found in the command line, its words joined by a space.'),
    name: z.string().min(1).max(64).optional().describe('The short name that the kernel knows it by.'),
    unit: unitName.optional().describe('The service or scope of systemd that it belongs to.'),
    pidFile: absolutePath.optional().describe('A file that holds its number.'),
  })
  .refine(match => Object.values(match).some(value => value !== undefined), 'say how it is recognised')
  .describe('How the processes are recognised; all that is given must hold.');
export type ProcessMatch = z.infer<typeof processMatch>;

export type FoundProcesses =
  | {readonly at: 'found'; readonly processes: readonly HostProcess[]; readonly partial: boolean}
  | {readonly at: 'look'; readonly look: Look};

/** A pid file that is missing, or names a process that is over, matches nothing; that is an answer. */
async function pidIn(host: Host, file: string): Promise<number | undefined | Look> {
  const answer = await readText(host, file, {maxBytes: 64});
  if (answer.at === 'look') return answer.look;
  if (answer.at === 'missing') return undefined;
  const [, pid] = /^\s*(\d{1,10})\s*$/.exec(answer.text) ?? [];
  return pid === undefined ? unknown('config', `${file} holds no number of a process`) : Number(pid);
}

/** The live processes that are meant. Zombies run nothing and are left out. */
export async function findProcesses(host: Host, match: ProcessMatch): Promise<FoundProcesses> {
  const {command, name, unit, pidFile} = match;
  const pid = pidFile === undefined ? undefined : await pidIn(host, pidFile);
  if (typeof pid === 'object') return {at: 'look', look: pid};
  const answer = await host.processes();
  if (answer.at === 'failed') return {at: 'look', look: couldNot(answer)};
  const words = command === undefined ? undefined : readPattern(command);
  const isMeant = (one: HostProcess): boolean =>
    !one.isZombie &&
    (pidFile === undefined || one.pid === pid) &&
    (name === undefined || one.name === name) &&
    (unit === undefined || one.unit === fullName(unit)) &&
    (words === undefined || (!('problem' in words) && words.first(one.argv.join(' ')) !== undefined));
  const processes = answer.processes.filter(isMeant);
  const isHidden = unit !== undefined && answer.processes.some(one => one.unit === undefined);
  return {at: 'found', processes, partial: answer.partial || isHidden};
}

/** `pid 42 (node app.js)`, short enough for a line and without what looks like a secret. */
export const processSaid = ({pid, argv, name}: HostProcess): string =>
  `pid ${pid} (${excerpt(argv.length === 0 ? name : argv.join(' '), 80)})`;

/** Whether a process belongs to a unit; undecided where its cgroup may not be seen. */
export const belongsTo = ({unit}: HostProcess, wanted: string): Omit<Assertion, 'what'> => ({
  ok: unit === undefined ? undefined : unit === fullName(wanted),
  expected: fullName(wanted),
  actual: unit === undefined ? 'nothing that may be seen' : unit === '' ? 'no unit' : unit,
});

/** What is meant, in words. */
export const matchSaid = ({command, name, unit, pidFile}: ProcessMatch): string =>
  [
    command === undefined ? '' : `with ${JSON.stringify(command)} in its command line`,
    name === undefined ? '' : `named ${name}`,
    unit === undefined ? '' : `of ${fullName(unit)}`,
    pidFile === undefined ? '' : `whose number stands in ${pidFile}`,
  ]
    .filter(Boolean)
    .join(', ');
