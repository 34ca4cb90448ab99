// Running a program that carries a note, and what its failure comes to in a sentence.
import type {Env, Exec, ExecAnswer, ExecRequest} from '../../ports.ts';

export interface ExecPorts {
  readonly exec: Exec;
  readonly env: Env;
}

const passedOn = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SSH_AUTH_SOCK', 'TZ'] as const;

/** What the program needs of our environment, and messages in one language. */
const environment = ({env}: ExecPorts): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  ...Object.fromEntries(
    passedOn.flatMap(name => {
      const value = env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  ),
  LC_ALL: 'C',
});

export const runProgram = async (
  ports: ExecPorts,
  request: Pick<ExecRequest, 'argv' | 'input' | 'timeoutMs' | 'signal'>,
): Promise<ExecAnswer> =>
  ports.exec.run({...request, env: environment(ports), graceMs: 1_000, maxOutputBytes: 65_536});

/** The last thing that it said, on one line. */
function lastWords(bytes: Uint8Array): string {
  const lines = new TextDecoder().decode(bytes).split(/[\r\n]+/);
  const words = lines.map(line => line.replaceAll(/[\p{C}\s]+/gu, ' ').trim()).filter(line => line !== '');
  return (words.at(-1) ?? '').slice(0, 300);
}

/** Why it did not work; undefined when it did. */
export function problemOf(answer: ExecAnswer, timeoutMs: number): string | undefined {
  if (answer.at === 'spawn') return answer.message;
  const said = lastWords(answer.stderr);
  if (answer.at === 'hang') return `no answer within ${timeoutMs / 1000} s${said === '' ? '' : `: ${said}`}`;
  if (answer.status === 0) return undefined;
  const how = answer.status === null ? `ended by ${answer.bySignal ?? 'a signal'}` : `exit ${answer.status}`;
  return said === '' ? how : `${said} (${how})`;
}
