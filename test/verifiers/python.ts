// verify.py in one Python process that lives as long as the tests of a file: a question a line, an answer a line.
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {z} from 'zod';
import {root} from '../helpers/programs.ts';

export const program = join(root, 'verifiers/verify.py');

/** Why there is no Python to run it with; undefined when there is one. */
export function pythonProblem(): string | undefined {
  const code = 'import sys; sys.exit(0 if sys.version_info >= (3, 8) else 1)';
  const {error, status} = spawnSync('python3', ['-I', '-c', code]);
  if (error !== undefined) return 'python3 is not installed';
  return status === 0 ? undefined : 'python3 is older than 3.8';
}

const answer = z.looseObject({internal: z.string().optional()});

export interface Python {
  /** Answers in the order of the questions. Throws what Python did not expect, with its traceback. */
  readonly ask: (question: object) => Promise<Readonly<Record<string, unknown>>>;
  readonly stop: () => Promise<void>;
}

export function startPython(): Python {
  const child: ChildProcess = spawn('python3', ['-I', join(import.meta.dirname, 'driver.py'), program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const {stdin, stdout} = child;
  if (stdin === null || stdout === null) throw new Error('the process has no pipes');
  const ended = once(child, 'exit');
  const lines = createInterface({input: stdout})[Symbol.asyncIterator]();
  let before: Promise<unknown> = Promise.resolve();
  async function talk(question: object): Promise<Readonly<Record<string, unknown>>> {
    stdin?.write(`${JSON.stringify(question)}\n`);
    const next = await lines.next();
    if (next.done === true) throw new Error('verify.py ended');
    const told = answer.parse(JSON.parse(next.value));
    if (told.internal !== undefined) throw new Error(told.internal);
    return told;
  }
  return {
    ask: question => {
      const told = before.then(() => talk(question));
      before = told.catch(() => undefined);
      return told;
    },
    stop: async () => {
      stdin.end();
      await ended;
    },
  };
}
