// The system's log as an anchor: the whole note in one message.
import type {SyslogAnchor} from '../../domain/anchor.ts';
import {problemOf, runProgram, type ExecPorts} from './exec.ts';
import {failed, type Carry} from './note.ts';

const timeoutMs = 10_000;

/** A JSON string in ASCII: no daemon on the way changes it, and every JSON parser gives the note back. */
export const syslogLine = (note: string): string =>
  `checkpoint ${JSON.stringify(note).replaceAll(/[\u007f-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}`;

/** Handed over is all that can be known: syslog answers nobody. */
export const carryToSyslog: Carry<SyslogAnchor, ExecPorts> = async ({socket}, {raw}, ports, signal) => {
  const line = syslogLine(new TextDecoder().decode(raw));
  const answer = await runProgram(ports, {
    argv: [
      ...(['logger', '--socket-errors=on', '--size', '8192', '--tag', 'quarterdeck'] as const),
      ...(socket === undefined ? [] : ['--socket', socket]),
      ...['--priority', 'user.notice', '--', line],
    ],
    timeoutMs,
    signal,
  });
  const problem = problemOf(answer, timeoutMs);
  return problem === undefined
    ? {ok: true, message: 'handed to syslog, which confirms nothing'}
    : failed(problem);
};
