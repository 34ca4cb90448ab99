// One variable of the environment of a service: of its running process, or of the file it is started with.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';

const absolute = z.string().startsWith('/', 'expected an absolute path');

export const serviceVariable = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z_]\w*$/)
      .describe('Its name.'),
    file: absolute.optional().describe('A file of NAME=value lines, as systemd and containers read them.'),
    pidFile: absolute.optional().describe('A file with the pid of the process whose environment is read.'),
  })
  .refine(
    ({file, pidFile}) => (file === undefined) !== (pidFile === undefined),
    'say where: file or pidFile',
  );
export type ServiceVariable = z.infer<typeof serviceVariable>;

const maxBytes = 1024 * 1024;

/** The value (undefined: not set), or why it could not be looked at. */
export async function readVariable(
  {name, file, pidFile}: ServiceVariable,
  {files}: Pick<CheckContext, 'files'>,
): Promise<{readonly value: string | undefined} | {readonly problem: string}> {
  const text = async (path: string): Promise<string | {readonly problem: string}> => {
    const read = await files.read(path, maxBytes);
    return read.at === 'failed'
      ? {problem: `${path}: ${read.message}`}
      : new TextDecoder().decode(read.bytes);
  };
  if (file !== undefined) {
    const lines = await text(file);
    return typeof lines === 'string' ? {value: inFile(lines, name)} : lines;
  }
  const pid = await text(pidFile ?? '');
  if (typeof pid !== 'string') return pid;
  const [number] = /^\d+/.exec(pid.trim()) ?? [];
  if (number === undefined) return {problem: `${pidFile ?? ''} holds no pid`};
  const environ = await text(`/proc/${number}/environ`);
  if (typeof environ !== 'string') return {problem: `the process ${number}: ${environ.problem}`};
  const found = environ.split('\0').find(one => one.startsWith(`${name}=`));
  return {value: found?.slice(name.length + 1)};
}

/** The last assignment counts; quotes around the whole value are not part of it. */
function inFile(text: string, name: string): string | undefined {
  const values = text.split('\n').flatMap(line => {
    const [, key, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (key !== name) return [];
    const [, , quoted] = /^(["'])(.*)\1\s*$/.exec(raw.trim()) ?? [];
    return [quoted ?? raw.trim()];
  });
  return values.at(-1);
}
