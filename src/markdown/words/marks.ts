// Runs of `*`, `_` and `~`: which of them open and close what (CommonMark, emphasis; GFM, strikethrough).
import {classify} from '../chars.ts';

/** A run of `*`, `_` or `~` that may open or close something. */
export interface Run {
  readonly kind: 'run';
  readonly char: number;
  /** Offset in the content, and the length of the whole run. */
  readonly at: number;
  readonly length: number;
  readonly line: number;
  readonly opens: boolean;
  readonly closes: boolean;
  /** Characters that are not used yet. */
  left: number;
  /** How many characters each thing takes that begins here, the innermost first. */
  readonly begun: number[];
  /** The same for what ends here. */
  readonly ended: number[];
}

const star = 42;
const tilde = 126;

/** What the run in `src[at, at + length)` may do, seen from the characters around it. */
export function runAt(
  src: string,
  {at, length, from, to, line}: {at: number; length: number; from: number; to: number; line: number},
): Run {
  const char = src.charCodeAt(at);
  const previous = at > from ? src.charCodeAt(at - 1) : Number.NaN;
  const next = at + length < to ? src.charCodeAt(at + length) : Number.NaN;
  const before = classify(previous);
  const after = classify(next);
  const left = after === 0 || (after === 2 && before !== 0);
  const right = before === 0 || (before === 2 && after !== 0);
  // Next to a tilde, stars and bars may stand as if next to a letter.
  const mayOpen = left || (char !== tilde && next === tilde);
  const mayClose = right || (char !== tilde && previous === tilde);
  const isBar = char === 95;
  return {
    kind: 'run',
    char,
    at,
    length,
    line,
    opens: mayOpen && !(isBar && before === 0 && mayClose),
    closes: mayClose && !(isBar && after === 0 && mayOpen),
    left: length,
    begun: [],
    ended: [],
  };
}

/** Pairs the runs of one span; `tildesFirst` where strikethrough goes before emphasis. */
export function pairRuns(runs: readonly Run[], tildesFirst: boolean): void {
  if (runs.length === 0) return;
  if (runs.every(({char}) => char !== tilde)) pairStars(runs);
  else if (tildesFirst) {
    pairTildes(runs);
    for (const span of spans(runs)) pairStars(span);
  } else {
    pairStars(runs);
    for (const span of spans(runs)) pairTildes(span);
  }
}

/** Emphasis: each closing run takes the nearest opening one that fits; what stands between them is theirs. */
function pairStars(runs: readonly Run[]): void {
  const openers: Run[] = [];
  /** For each kind of closing run, below which opener none fits it. */
  const floors = new Array<number>(12).fill(0);
  for (const run of runs) {
    if (run.char === tilde) continue;
    while (run.closes && run.left > 0) {
      const kind = (run.char === star ? 0 : 6) + (run.opens ? 3 : 0) + (run.left % 3);
      const floor = floors[kind] ?? 0;
      let i = openers.length - 1;
      while (i >= floor && !fits(openers[i], run)) i--;
      const opener = i < floor ? undefined : openers[i];
      if (opener === undefined) {
        floors[kind] = openers.length;
        break;
      }
      const used = opener.left > 1 && run.left > 1 ? 2 : 1;
      opener.begun.push(used);
      run.ended.push(used);
      opener.left -= used;
      run.left -= used;
      openers.length = opener.left > 0 ? i + 1 : i;
      for (let k = 0; k < floors.length; k++) floors[k] = Math.min(floors[k] ?? 0, i);
    }
    if (run.opens && run.left > 0) openers.push(run);
  }
}

/** The rule of three: a run that both opens and closes does not pair with one when their lengths add up to a multiple. */
const fits = (opener: Run | undefined, run: Run): boolean =>
  opener?.char === run.char &&
  !((opener.closes || run.opens) && run.left % 3 !== 0 && (opener.left + run.left) % 3 === 0);

/** Strikethrough: runs of the same length. */
function pairTildes(runs: readonly Run[]): void {
  const openers: Run[] = [];
  const waiting = [0, 0, 0];
  for (const run of runs) {
    if (run.char !== tilde) continue;
    const {length} = run;
    if (run.closes && (waiting[length] ?? 0) > 0) {
      for (let opener = openers.pop(); opener !== undefined; opener = openers.pop()) {
        waiting[opener.length] = (waiting[opener.length] ?? 0) - 1;
        if (opener.length !== length) continue;
        opener.begun.push(length);
        run.ended.push(length);
        opener.left = 0;
        run.left = 0;
        break;
      }
    } else if (run.opens) {
      openers.push(run);
      waiting[length] = (waiting[length] ?? 0) + 1;
    }
  }
}

/** The runs that stand directly in the same pair, list by list. */
function spans(runs: readonly Run[]): Run[][] {
  const all: Run[][] = [];
  const open: Run[][] = [[]];
  for (const run of runs) {
    for (let i = 0; i < run.ended.length; i++) all.push(open.pop() ?? []);
    if (run.left > 0) open.at(-1)?.push(run);
    for (let i = 0; i < run.begun.length; i++) open.push([]);
  }
  return [...all, ...open];
}
