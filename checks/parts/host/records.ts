// The newest records of a file with one JSON object a line.
import type {CheckContext} from '../../../src/define.ts';
import type {Host} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {parseJson} from '../json.ts';
import {recordTime} from './line-time.ts';
import {readText, type TextFile} from './text.ts';

export interface Record {
  readonly value: unknown;
  readonly ms: number | undefined;
}

export interface Records {
  readonly at: 'records';
  /** Oldest first. */
  readonly records: readonly Record[];
  /** Lines that are no JSON; one that is just being written is not among them. */
  readonly bad: number;
  /** The newest whole line is one of them. */
  readonly isLastBad: boolean;
  /** The file was read from its beginning. */
  readonly whole: boolean;
  readonly sizeBytes: number;
  readonly inode: number;
}

export type RecordsAnswer = Records | {readonly at: 'missing'} | {readonly at: 'look'; readonly look: Look};

export interface Wanted {
  /** Path into a record at which its time stands; undefined: a usual name. */
  readonly time: string | undefined;
  readonly nowMs: number;
  /** Read back at least to here, if the file reaches so far. */
  readonly sinceMs: number | undefined;
}

const tails = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024];

/** After so long a line that was being written is there. */
const writingMs = 150;

interface Parsed extends Pick<Records, 'records' | 'bad' | 'isLastBad'> {
  /** The text ends in a line that is no JSON yet. */
  readonly isHalf: boolean;
}

function parse({text, from}: TextFile, {time, nowMs}: Wanted): Parsed {
  const parts = text.split('\n');
  if (from > 0) parts.shift();
  const tail = parts.pop() ?? '';
  const lines = parts.filter(line => line.trim() !== '');
  const isHalf = tail.trim() !== '' && parseJson(tail) === undefined;
  if (!isHalf && tail.trim() !== '') lines.push(tail);
  const records: Record[] = [];
  let bad = 0;
  let isLastBad = false;
  for (const line of lines) {
    const parsed = parseJson(line);
    isLastBad = parsed === undefined;
    if (parsed === undefined) bad += 1;
    else records.push({value: parsed.value, ms: recordTime(parsed.value, time, nowMs)});
  }
  return {records, bad, isLastBad, isHalf};
}

async function readOnce(
  host: Host,
  path: string,
  wanted: Wanted,
): Promise<(Records & {isHalf: boolean}) | Exclude<RecordsAnswer, Records>> {
  const {sinceMs} = wanted;
  for (const [i, maxBytes] of tails.entries()) {
    const answer = await readText(host, path, {maxBytes, from: -maxBytes});
    if (answer.at !== 'text') return answer;
    const parsed = parse(answer, wanted);
    const oldest = parsed.records.find(({ms}) => ms !== undefined)?.ms;
    const reaches =
      sinceMs === undefined ? parsed.records.length > 0 : oldest !== undefined && oldest < sinceMs;
    const whole = answer.from === 0;
    if (whole || reaches || i === tails.length - 1)
      return {at: 'records', ...parsed, whole, sizeBytes: answer.sizeBytes, inode: answer.inode};
  }
  return {at: 'missing'};
}

async function pause({clock, signal}: Pick<CheckContext, 'clock' | 'signal'>): Promise<void> {
  await new Promise<void>(resolve => {
    const cancel = clock.after(writingMs, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      {once: true},
    );
  });
}

/** A file whose last line is half of one, or no JSON, is read a second time: somebody may just be writing it. */
export async function readRecords(
  {host, clock, signal}: Pick<CheckContext, 'host' | 'clock' | 'signal'>,
  path: string,
  wanted: Wanted,
): Promise<RecordsAnswer> {
  const first = await readOnce(host, path, wanted);
  if (first.at !== 'records' || !(first.isHalf || first.isLastBad)) return first;
  await pause({clock, signal});
  return readOnce(host, path, wanted);
}
