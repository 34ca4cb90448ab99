// The environment of a service as it runs: of its unit's main process, of the process that a file or a pattern names,
// or of the file that it is started with. Never the console's own, unless that is said.
import {z} from 'zod';
import type {CheckContext} from '../../../src/define.ts';
import type {Host, HostProcess} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {absolutePath} from '../fields.ts';
import {couldNot, unknown} from './could-not.ts';
import {readEnvFile} from './env-file.ts';
import {findProcesses, matchSaid, processMatch, processSaid, type ProcessMatch} from './processes.ts';
import {readText} from './text.ts';
import {scope, showUnit, unitName} from './unit.ts';

export const environmentOf = z
  .union(
    [
      z.literal('self'),
      z.strictObject({unit: unitName, scope}),
      z.strictObject({pidFile: absolutePath}),
      z.strictObject({process: processMatch}),
      z.strictObject({file: z.union([absolutePath, z.array(absolutePath).min(1).max(16)])}),
    ],
    {error: 'expected one of unit, pidFile, process or file, such as {unit: api}, or the word self'},
  )
  .describe(
    'Whose environment: `{unit: api}` its main process, `{pidFile: …}`, `{process: {command: …}}` each that matches, `{file: …}` assignments in files (the last counts), or `self`, the console’s own.',
  );
export type EnvironmentOf = z.infer<typeof environmentOf>;

export interface Environment {
  /** Whose it is, for a message. */
  readonly of: string;
  /** A variable of white space alone counts as not set. */
  readonly get: (name: string) => string | undefined;
}

export type EnvironmentAnswer =
  | {readonly at: 'read'; readonly environments: readonly Environment[]}
  | {readonly at: 'look'; readonly look: Look};

const mostProcesses = 16;
const maxFileBytes = 256 * 1024;

const look = (one: Look): EnvironmentAnswer => ({at: 'look', look: one});

const environment = (of: string, variables: Readonly<Record<string, string>>): Environment => ({
  of,
  get: name => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value?.trim() === '' ? undefined : value;
  },
});

async function ofPids(
  host: Host,
  processes: readonly Pick<HostProcess, 'pid'>[],
  said: (one: number) => string,
): Promise<EnvironmentAnswer> {
  const environments: Environment[] = [];
  for (const {pid} of processes) {
    const answer = await host.environ(pid);
    if (answer.at === 'failed') return look(couldNot(answer));
    if (answer.at === 'missing') return look(unknown('noData', `${said(pid)} ended while it was looked at`));
    environments.push(environment(said(pid), answer.variables));
  }
  return {at: 'read', environments};
}

async function ofUnit(host: Host, {unit, scope: manager}: {unit: string; scope: 'system' | 'user'}) {
  const shown = await showUnit(host, {
    unit,
    scope: manager,
    properties: ['LoadState', 'ActiveState', 'MainPID'],
  });
  if (shown.at === 'look') return shown;
  const {found} = shown;
  if (found.get('LoadState') === 'not-found')
    return look(unknown('notInstalled', `there is no unit ${unit}`));
  const pid = Number(found.get('MainPID') ?? '0');
  if (!Number.isInteger(pid) || pid < 1)
    return look(
      unknown(
        'noData',
        `${unit} is ${found.get('ActiveState') ?? 'in no known state'} and has no main process, so it has no environment`,
      ),
    );
  return ofPids(host, [{pid}], () => `${unit} (pid ${pid})`);
}

async function ofProcesses(host: Host, match: ProcessMatch): Promise<EnvironmentAnswer> {
  const answer = await findProcesses(host, match);
  if (answer.at === 'look') return answer;
  const {processes} = answer;
  if (processes.length === 0)
    return look(
      unknown('noData', `no process ${matchSaid(match)} runs${answer.partial ? ' that may be seen' : ''}`),
    );
  if (processes.length > mostProcesses)
    return look(
      unknown(
        'config',
        `${processes.length} processes ${matchSaid(match)} run; at most ${mostProcesses} are read`,
      ),
    );
  const words = new Map(processes.map(one => [one.pid, processSaid(one)]));
  return ofPids(host, processes, pid => words.get(pid) ?? `pid ${pid}`);
}

async function ofFiles(host: Host, files: readonly string[]): Promise<EnvironmentAnswer> {
  let all: Readonly<Record<string, string>> = {};
  for (const file of files) {
    const answer = await readText(host, file, {maxBytes: maxFileBytes});
    if (answer.at === 'look') return answer;
    if (answer.at === 'missing') return look(unknown('noData', `there is no file ${file}`));
    if (answer.cut) return look(unknown('config', `${file} is longer than ${maxFileBytes} bytes`));
    const read = readEnvFile(answer.text);
    if ('line' in read)
      return look(unknown('config', `line ${read.line} of ${file} is no assignment such as NAME=value`));
    all = {...all, ...read.variables};
  }
  return {at: 'read', environments: [environment(files.join(', '), all)]};
}

/** The environments that are meant, at least one; or why they cannot be known. */
export async function readEnvironments(
  of: EnvironmentOf,
  {host, env}: Pick<CheckContext, 'host' | 'env'>,
): Promise<EnvironmentAnswer> {
  if (of === 'self') {
    const get = (name: string): string | undefined => {
      const value = env.get(name);
      return value?.trim() === '' ? undefined : value;
    };
    return {at: 'read', environments: [{of: 'the console itself', get}]};
  }
  if ('unit' in of) return ofUnit(host, of);
  if ('pidFile' in of) return ofProcesses(host, {pidFile: of.pidFile});
  if ('process' in of) return ofProcesses(host, of.process);
  return ofFiles(host, typeof of.file === 'string' ? [of.file] : of.file);
}
