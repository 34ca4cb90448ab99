// A look that could not be: unknown, with the reason, and never a pass or a fail.
import type {Kind, Look} from '../../../src/domain/verdict.ts';
import type {FileKind, HostFailure} from '../../../src/host-ports.ts';

export const unknown = (kind: Kind, message: string): Look => ({
  verdict: 'unknown',
  kind,
  checked: 0,
  message,
});

export const couldNot = ({kind, message}: HostFailure): Look => unknown(kind, message);

/** The thing was looked for and is not as it must be, by itself. */
export const wrong = (message: string, {expected, actual}: {expected: string; actual: string}): Look => ({
  verdict: 'fail',
  kind: 'assertion',
  checked: 1,
  message,
  expected,
  actual,
});

const names: Record<FileKind, string> = {
  file: 'a regular file',
  directory: 'a directory',
  link: 'a link',
  fifo: 'a FIFO',
  socket: 'a socket',
  device: 'a device',
};

/** `a FIFO`, for a message. */
export const kindName = (kind: FileKind): string => names[kind];
