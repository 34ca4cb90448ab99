// `npm run bench -- corpus [DIR]`: how a folder of public runbooks is read, judged by a scanner of its own.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import type {Runbook, Step} from '../src/domain/runbook.ts';
import {lintRunbook, parseRunbook, stepsOf} from '../src/runbook/index.ts';
import {judgeFile, type Findings} from './corpus-judge.ts';
import {median, type Figure} from './figure.ts';

/** How long the parser is warmed up, in milliseconds. */
const warmMs = 3_000;

const own = resolve(import.meta.dirname, '../../shared/corpus');

interface Timed extends Findings {
  readonly threw: boolean;
  readonly file: string;
  readonly bytes: number;
  readonly ms: number;
}

/** Figures with their budgets; the details are printed to standard error, so that a person can look at each. */
export function corpusBench({
  dir = own,
  details = true,
}: {
  dir?: string;
  details?: boolean;
}): readonly Figure[] {
  if (!existsSync(dir)) {
    process.stderr.write(`corpus: ${dir} is not there; nothing was measured\n`);
    return [];
  }
  const names = readdirSync(dir, {recursive: true, encoding: 'utf8'})
    .filter(name => /\.(?:md|markdown)$/i.test(name) || (/\.txt$/i.test(name) && dir.includes('seeds')))
    .sort();
  const files = names.map(name => ({name, bytes: readFileSync(join(dir, name))}));
  const began = performance.now();
  const sound = files.filter(({name, bytes}) => safely(() => parseRunbook({file: name, bytes}), name));
  const coldMs = performance.now() - began;
  const pass = (): number => {
    const from = performance.now();
    for (const {name, bytes} of sound) parseRunbook({file: name, bytes});
    return performance.now() - from;
  };
  // The first passes compile the parser, which takes a while; throughput is measured after them.
  for (const from = performance.now(); performance.now() - from < warmMs;) pass();
  const read = files.map(({name, bytes}): Timed => {
    const from = performance.now();
    const runbook = safely(() => parseRunbook({file: name, bytes}), name);
    const ms = performance.now() - from;
    if (runbook === undefined) return {...nothing, file: name, bytes: bytes.byteLength, ms, threw: true};
    safely(() => lintRunbook(runbook), name);
    return {...judgeFile(runbook, allSteps(runbook)), threw: false, file: name, bytes: bytes.byteLength, ms};
  });
  const warm = median(Array.from({length: 9}, pass));
  if (details) report(read, relative(process.cwd(), dir) || dir);
  return figures(read, {coldMs, warmMs: warm});
}

const nothing: Findings & {readonly threw: boolean} = {
  blocks: 0,
  mapped: 0,
  titled: 0,
  unmapped: [],
  untitled: [],
  falseCommands: [],
  bans: 0,
  unpinned: [],
  commands: 0,
  threw: false,
};

function safely<T>(work: () => T, name: string): T | undefined {
  try {
    return work();
  } catch (error) {
    process.stderr.write(
      `${name}: THREW ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return undefined;
  }
}

const allSteps = (runbook: Runbook): readonly Step[] => [...new Set(runbook.procedures.flatMap(stepsOf))];

function figures(read: readonly Timed[], took: {readonly coldMs: number; readonly warmMs: number}): Figure[] {
  const sum = (pick: (each: Timed) => number): number => read.reduce((total, each) => total + pick(each), 0);
  const bytes = sum(each => each.bytes);
  const blocks = sum(each => each.blocks);
  const share = (part: number): number => (blocks === 0 ? 100 : (100 * part) / blocks);
  const times = read.map(({ms}) => ms).sort((a, b) => a - b);
  return [
    {name: 'files', ...plainly(read.length, 'files')},
    {name: 'files that threw', ...within(read.filter(each => each.threw).length, 0, 'files')},
    {name: 'shell command blocks (independent scan)', ...plainly(blocks, 'blocks')},
    {name: 'mapped to a step: right text, right line', ...atLeast(share(sum(each => each.mapped)), 95, '%')},
    {name: 'mapped and titled', ...atLeast(share(sum(each => each.titled)), 95, '%')},
    {
      name: 'commands of our own, inline ones too',
      ...plainly(
        sum(each => each.commands),
        'steps',
      ),
    },
    {
      name: 'false commands (output or prose)',
      ...within(
        sum(each => each.falseCommands.length),
        0,
        'steps',
      ),
    },
    {
      name: 'prohibitions (independent scan)',
      ...plainly(
        sum(each => each.bans),
        'lines',
      ),
    },
    {
      name: 'prohibitions not pinned',
      ...within(
        sum(each => each.unpinned.length),
        0,
        'lines',
      ),
    },
    {name: 'parse, median file', ...within(times[times.length >> 1] ?? 0, 50, 'ms')},
    {name: 'parse, slowest file', ...plainly(times.at(-1) ?? 0, 'ms')},
    {name: 'parse, the whole, the first time', ...plainly(bytes / 1e3 / took.coldMs, 'MB/s')},
    {name: 'parse, the whole, median of 9 warm passes', ...atLeast(bytes / 1e3 / took.warmMs, 5, 'MB/s')},
  ];
}

const plainly = (value: number, unit: string): Omit<Figure, 'name'> => ({value, unit, ok: true});

const within = (value: number, most: number, unit: string): Omit<Figure, 'name'> => ({
  value,
  unit,
  budget: most === 0 ? 'none' : `≤ ${most} ${unit}`,
  ok: value <= most,
});

const atLeast = (value: number, least: number, unit: string): Omit<Figure, 'name'> => ({
  value,
  unit,
  budget: `≥ ${least} ${unit}`,
  ok: value >= least,
});

function report(read: readonly Timed[], dir: string): void {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  say(`corpus ${dir}`);
  for (const {file, unmapped, untitled, falseCommands, unpinned} of read) {
    for (const each of unmapped) say(`  not mapped    ${file}:${each}`);
    for (const each of untitled) say(`  not titled    ${file}:${each}`);
    for (const each of falseCommands) say(`  false command ${file}:${each}`);
    for (const each of unpinned) say(`  not pinned    ${file}:${each}`);
  }
  const slowest = [...read].sort((a, b) => b.ms - a.ms).slice(0, 5);
  const worst = [...read]
    .filter(each => each.blocks > each.titled)
    .sort((a, b) => b.blocks - b.titled - (a.blocks - a.titled))
    .slice(0, 5);
  for (const {file, ms, bytes} of slowest)
    say(`  slow          ${file}: ${ms.toFixed(1)} ms for ${bytes} bytes`);
  for (const {file, blocks, titled} of worst) say(`  worst         ${file}: ${titled} of ${blocks} blocks`);
}
