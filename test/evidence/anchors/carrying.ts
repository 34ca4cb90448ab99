// Anchors for tests: programs that are faked at the Exec port, with all that is asked of them.
import type {Anchor, FileAnchor, SshAnchor, SyslogAnchor} from '../../../src/domain/anchor.ts';
import {realFiles} from '../../../src/adapters/files.ts';
import {sendCheckpoint, type Anchored, type SendTools} from '../../../src/evidence/anchors.ts';
import type {Exec, ExecAnswer, ExecRequest, Ledger} from '../../../src/ports.ts';
import {fakeClock, fakeEnv} from '../../helpers/fakes.ts';

export const sshAnchor: SshAnchor = {
  name: 'witness',
  type: 'ssh',
  host: 'ops@w',
  path: 'qd/notes',
  offHost: true,
};
export const syslogAnchor: SyslogAnchor = {name: 'log', type: 'syslog', socket: undefined, offHost: false};
export const fileAnchor = (path: string): FileAnchor => ({name: 'disk', type: 'file', path, offHost: false});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const exited = (status: number, stdout: Uint8Array | string = '', stderr = ''): ExecAnswer => ({
  at: 'exited',
  status,
  bySignal: null,
  stdout: typeof stdout === 'string' ? bytes(stdout) : stdout,
  stderr: bytes(stderr),
  cut: false,
  durationMs: 1,
});

export interface Programs extends Exec {
  readonly asked: ExecRequest[];
  /** What it answers next; without one a call fails the test. */
  readonly answers: ((request: ExecRequest) => ExecAnswer | Promise<ExecAnswer>)[];
}

export function programs(): Programs {
  const asked: ExecRequest[] = [];
  const answers: Programs['answers'] = [];
  return {
    asked,
    answers,
    run: async request => {
      asked.push(request);
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`nobody expected ${request.argv.join(' ')}`);
      return answer(request);
    },
  };
}

/** The other side of ssh: a file that holds what it was sent. */
export function remote(): {readonly take: (request: ExecRequest) => ExecAnswer; file: string} {
  const other = {
    file: '',
    take: ({input}: ExecRequest): ExecAnswer => {
      other.file += new TextDecoder().decode(input);
      return exited(0, bytes(other.file).slice(-16_384));
    },
  };
  return other;
}

export const toolsOf = (ledger: Ledger, exec: Exec = programs()): SendTools => ({
  ledger,
  files: realFiles,
  exec,
  env: fakeEnv({PATH: '/bin', HOME: '/home/ada', SECRET: 'x'}),
  clock: fakeClock(),
});

export async function sendOne(
  anchor: Anchor,
  tools: SendTools,
  {always = false, signal = new AbortController().signal} = {},
): Promise<Anchored> {
  const [answer] = await sendCheckpoint([anchor], tools, {signal, always});
  if (answer === undefined) throw new Error('no answer');
  return answer;
}
