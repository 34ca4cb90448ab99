// The newest lines of a log, back to a moment, over its rotation; and whether all of them could be read.
import type {Host, HostEntry} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {couldNot} from './could-not.ts';
import {readText, type TextFile} from './text.ts';

export interface Line {
  readonly text: string;
  /** Of the line, or of the nearest one before it that has a time. */
  readonly ms: number | undefined;
}

export interface Lines {
  readonly at: 'lines';
  readonly lines: readonly Line[];
  /** Nothing between the moment and now was left out. */
  readonly whole: boolean;
  /** Lines before the moment, as far as they were read. */
  readonly earlier: readonly Line[];
  /** How many lines were read at all. */
  readonly read: number;
}

export type LinesAnswer = Lines | {readonly at: 'missing'} | {readonly at: 'look'; readonly look: Look};

/** Read from the end, more and more of it, until it reaches back far enough. */
const tails = [256 * 1024, 2 * 1024 * 1024, 16 * 1024 * 1024];

const mostRotated = 8;

/** Longer lines are cut: nobody wrote them to be read. */
const longestLine = 64 * 1024;

interface Wanted {
  /** Undefined: the whole of the newest file. */
  readonly sinceMs: number | undefined;
  readonly timeOf: (line: string) => number | undefined;
}

/** Lines in their order, without the half line that a tail begins with. */
function split({text, from}: TextFile, timeOf: Wanted['timeOf']): Line[] {
  const parts = text.split(/\r?\n/);
  if (from > 0) parts.shift();
  if (parts.at(-1) === '') parts.pop();
  let ms: number | undefined;
  return parts.map(part => {
    const line = part.length > longestLine ? part.slice(0, longestLine) : part;
    ms = timeOf(line) ?? ms;
    return {text: line, ms};
  });
}

interface FileLines {
  readonly at: 'read';
  readonly lines: readonly Line[];
  /** It was read to its beginning. */
  readonly isAll: boolean;
}

type FileAnswer = FileLines | Exclude<LinesAnswer, Lines>;

const reaches = (lines: readonly Line[], sinceMs: number | undefined): boolean => {
  const first = lines.find(({ms}) => ms !== undefined)?.ms;
  return sinceMs !== undefined && first !== undefined && first < sinceMs;
};

async function tailOf(host: Host, path: string, {sinceMs, timeOf}: Wanted): Promise<FileAnswer> {
  let last: FileLines = {at: 'read', lines: [], isAll: false};
  for (const maxBytes of tails) {
    const answer = await readText(host, path, {maxBytes, from: -maxBytes});
    if (answer.at !== 'text') return answer;
    last = {at: 'read', lines: split(answer, timeOf), isAll: answer.from === 0};
    if (last.isAll || reaches(last.lines, sinceMs)) return last;
  }
  return last;
}

/** Files that the log was moved to: `app.log.1`, `app.log-20260102`, newest first. */
async function rotatedOf(host: Host, path: string): Promise<readonly HostEntry[] | Look> {
  const cut = path.lastIndexOf('/');
  const name = path.slice(cut + 1);
  const listed = await host.list(path.slice(0, cut) || '/');
  if (listed.at === 'failed') return couldNot(listed);
  if (listed.at === 'missing') return [];
  return listed.entries
    .filter(
      entry =>
        entry.kind === 'file' &&
        entry.name.startsWith(name) &&
        /^[.-]\d[\w.-]*$/.test(entry.name.slice(name.length)),
    )
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
}

/** What is packed is not read: what stood in it is not known. */
const isPacked = (name: string): boolean => /\.(?:gz|bz2|xz|zst|Z)$/.test(name);

/** Goes on in older files until the moment is reached; false where one that holds lines after it cannot be read. */
async function older(
  host: Host,
  path: string,
  wanted: Wanted & {readonly sinceMs: number},
): Promise<{readonly lines: readonly Line[]; readonly whole: boolean} | Look> {
  const rotated = await rotatedOf(host, path);
  if ('verdict' in rotated) return rotated;
  const folder = path.slice(0, path.lastIndexOf('/'));
  let lines: readonly Line[] = [];
  // A file that was changed last before the moment holds nothing of after it; clocks of files have whole seconds.
  const late = rotated.filter(entry => entry.modifiedMs + 1000 > wanted.sinceMs);
  for (const entry of late.slice(0, mostRotated)) {
    if (isPacked(entry.name)) return {lines, whole: false};
    const answer = await tailOf(host, `${folder}/${entry.name}`, wanted);
    if (answer.at === 'look') return answer.look;
    if (answer.at === 'missing') return {lines, whole: false};
    lines = [...answer.lines, ...lines];
    if (reaches(answer.lines, wanted.sinceMs)) return {lines, whole: true};
    if (!answer.isAll) return {lines, whole: false};
  }
  return {lines, whole: late.length <= mostRotated};
}

/** The lines since the moment, oldest first. */
export async function readLines(host: Host, path: string, wanted: Wanted): Promise<LinesAnswer> {
  const {sinceMs} = wanted;
  const newest = await tailOf(host, path, wanted);
  if (newest.at === 'look') return newest;
  const lines = newest.at === 'missing' ? [] : newest.lines;
  if (sinceMs === undefined)
    return newest.at === 'missing'
      ? newest
      : {at: 'lines', lines, whole: newest.isAll, earlier: [], read: lines.length};
  if (newest.at === 'read' && (reaches(lines, sinceMs) || !newest.isAll))
    return since(lines, sinceMs, reaches(lines, sinceMs));
  // Between the moving of a log and its next line there is no file, or an empty one.
  const before = await older(host, path, {...wanted, sinceMs});
  if ('verdict' in before) return {at: 'look', look: before};
  if (newest.at === 'missing' && before.lines.length === 0 && before.whole) return newest;
  return since([...before.lines, ...lines], sinceMs, before.whole);
}

function since(lines: readonly Line[], sinceMs: number, whole: boolean): Lines {
  const isLate = ({ms}: Line): boolean => ms !== undefined && ms >= sinceMs;
  return {
    at: 'lines',
    lines: lines.filter(isLate),
    earlier: lines.filter(line => !isLate(line)),
    whole,
    read: lines.length,
  };
}
