// A file on another host as an anchor, over stock OpenSSH; the other side needs sh, cat, sync and tail.
import type {SshAnchor} from '../../domain/anchor.ts';
import {problemOf, runProgram, type ExecPorts} from './exec.ts';
import {compared, failed, tailBytes, type Carry} from './note.ts';

const timeoutMs = 20_000;

/** Nothing is asked, nothing is forwarded, and a line that is dead is noticed. */
const options = [
  'BatchMode=yes',
  'ConnectTimeout=10',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=2',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'ControlMaster=no',
  'ControlPath=none',
];

/**
 * What the other host runs. The note comes on standard input and is added only when all of it arrived, so that a line
 * that drops leaves nothing half. The path has no character that a shell reads (src/site/schema.ts).
 */
const script = (path: string, sizeBytes: number): string =>
  [
    'umask 077',
    'n=$(cat; echo .)',
    `test \${#n} -eq ${sizeBytes + 1} || { echo "only a part of the note arrived" >&2; exit 1; }`,
    `test ! -h ${path} || { echo "${path} is a link, which is not followed" >&2; exit 1; }`,
    `printf %s "\${n%.}" >>${path} || exit 1`,
    `sync ${path} 2>/dev/null || sync || exit 1`,
    `exec tail -c ${tailBytes} ${path}`,
  ].join('; ');

/** A forced command on the other side takes the place of ours; it gets the same input and gives the same answer. */
export const carryOverSsh: Carry<SshAnchor, ExecPorts> = async ({host, path}, cargo, ports, signal) => {
  const command = `env LC_ALL=C sh -c '${script(path, cargo.raw.length)}'`;
  const answer = await runProgram(ports, {
    argv: ['ssh', '-T', ...options.flatMap(option => ['-o', option]), '--', host, command],
    input: cargo.raw,
    timeoutMs,
    signal,
  });
  const problem = problemOf(answer, timeoutMs);
  if (problem !== undefined || answer.at !== 'exited') return failed(problem ?? 'no answer');
  return compared(answer.stdout, cargo);
};
