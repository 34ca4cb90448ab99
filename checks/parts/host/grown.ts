// Whether a file only ever grew: what is remembered of it from look to look, as a part of the result.
import {createHash} from 'node:crypto';
import type {CheckResult, Look, Part} from '../../../src/domain/verdict.ts';
import type {Host} from '../../../src/host-ports.ts';
import type {Assertion} from '../expect.ts';

interface Seen {
  readonly inode: number;
  readonly sizeBytes: number;
  /** SHA-256 of so many bytes at the beginning. */
  readonly headBytes: number;
  readonly head: string;
}

const partName = 'remembered';
const mostHead = 4096;

function readSeen(previous: CheckResult | undefined): Seen | undefined {
  const text = previous?.parts?.find(({name}) => name === partName)?.actual;
  const [, inode, sizeBytes, headBytes, head] = /^(\d+):(\d+):(\d+):([0-9a-f]{64})$/.exec(text ?? '') ?? [];
  if (head === undefined) return undefined;
  return {inode: Number(inode), sizeBytes: Number(sizeBytes), headBytes: Number(headBytes), head};
}

const written = ({inode, sizeBytes, headBytes, head}: Seen): string =>
  [inode, sizeBytes, headBytes, head].join(':');

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What it shrank or was replaced by stays a failure until somebody has looked into it. */
const wayOut = 'once it is explained, give the check another name to begin anew';

/** A look that could not be forgets nothing. */
export function remembering(look: Look, previous: CheckResult | undefined): Look {
  const part = previous?.parts?.find(({name}) => name === partName);
  if (part === undefined || look.parts !== undefined) return look;
  return {...look, parts: [{...part, verdict: 'unknown'}]};
}

export interface Grown {
  readonly assertions: readonly Assertion[];
  readonly part: Part;
}

/** Undefined: the file vanished, or could not be read any more. */
export async function grownSince(
  host: Host,
  path: string,
  {previous, rotates}: {readonly previous: CheckResult | undefined; readonly rotates: boolean},
): Promise<Grown | undefined> {
  const before = readSeen(previous);
  const answer = await host.read(path, {maxBytes: mostHead});
  if (answer.at !== 'read') return undefined;
  const {bytes, sizeBytes, inode} = answer;
  const now: Seen = {inode, sizeBytes, headBytes: bytes.length, head: hashOf(bytes)};
  if (before === undefined || (rotates && before.inode !== inode)) {
    const message =
      before === undefined ? 'the first look: nothing to compare with' : 'a new file since the last look';
    return {assertions: [], part: {name: partName, verdict: 'pass', message, actual: written(now)}};
  }
  const isSame = before.inode === inode;
  const isLonger = sizeBytes >= before.sizeBytes;
  const isKept = hashOf(bytes.subarray(0, before.headBytes)) === before.head;
  const assertions: Assertion[] = [
    {
      what: 'file',
      ok: isSame,
      expected: `the same as before (inode ${before.inode})`,
      actual: isSame ? 'the same' : `another (inode ${inode}); ${wayOut}`,
    },
    {
      what: 'size',
      ok: isLonger,
      expected: `at least the ${before.sizeBytes} bytes that it had`,
      actual: isLonger ? `${sizeBytes}` : `${sizeBytes}; ${wayOut}`,
    },
    {
      what: 'beginning',
      ok: isKept,
      expected: `the ${before.headBytes} bytes that it began with`,
      actual: isKept ? 'they' : `others; ${wayOut}`,
    },
  ];
  const isGood = assertions.every(({ok}) => ok === true);
  const message = isGood
    ? `inode ${inode}, ${sizeBytes} bytes`
    : `inode ${before.inode}, ${before.sizeBytes} bytes`;
  return {
    assertions,
    part: {
      name: partName,
      verdict: isGood ? 'pass' : 'fail',
      message,
      actual: written(isGood ? now : before),
    },
  };
}
