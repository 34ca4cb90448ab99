// Compares what the product made of one file with what the plain scanner saw in it.
import type {Runbook, Step} from '../src/domain/runbook.ts';
import {scan, type ScannedBlock} from './corpus-scan.ts';

export interface Findings {
  readonly blocks: number;
  readonly mapped: number;
  readonly titled: number;
  readonly commands: number;
  readonly bans: number;
  /** `line: text`, for a person to look at. */
  readonly unmapped: readonly string[];
  readonly untitled: readonly string[];
  readonly falseCommands: readonly string[];
  readonly unpinned: readonly string[];
}

export function judgeFile(runbook: Runbook, steps: readonly Step[]): Findings {
  const seen = scan(runbook.source);
  const commands = steps.filter(
    ({command, type}) => command !== undefined && (type === 'command' || type === 'terminal'),
  );
  const unmapped: string[] = [];
  const untitled: string[] = [];
  let mapped = 0;
  let titled = 0;
  for (const block of seen.blocks) {
    const step = commands.find(each => isOf(each, block));
    if (step === undefined) {
      unmapped.push(`${block.line}: ${short(block.command)}`);
      continue;
    }
    mapped++;
    if (isTitled(step)) titled++;
    else untitled.push(`${block.line}: ${short(step.title)}`);
  }
  const pinned = new Set(runbook.procedures.flatMap(({prohibitions}) => prohibitions));
  const isPinned = ({line, text}: {line: number; text: string}): boolean =>
    [...pinned].some(each => each.line === line || plain(each.text).includes(plain(text).slice(0, 24)));
  return {
    blocks: seen.blocks.length,
    mapped,
    titled,
    commands: commands.length,
    bans: seen.bans.length,
    unmapped,
    untitled,
    falseCommands: commands.flatMap(step => {
      const why = isFalse(step, seen.data, runbook.source);
      return why === undefined ? [] : [`${step.line}: ${why}: ${short(step.command ?? '')}`];
    }),
    unpinned: seen.bans.filter(ban => !isPinned(ban)).map(({line, text}) => `${line}: ${short(text)}`),
  };
}

const short = (text: string): string => {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
};

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

const bare = (text: string): string =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join('\n');

/** The right text, on a line between the beginning of the words above the fence and the fence itself. */
const isOf = (step: Step, block: ScannedBlock): boolean =>
  bare(step.command ?? '') === bare(block.command) && step.line <= block.line && step.line >= block.from - 12;

const isTitled = ({title, command = ''}: Step): boolean =>
  title.trim() !== '' && title.trim() !== (command.trim().split('\n')[0] ?? '').trim();

/** Why a command is none, or undefined. */
function isFalse(
  step: Step,
  data: readonly {line: number; end: number; text: string}[],
  source: string,
): string | undefined {
  const text = bare(step.command ?? '');
  if (!source.includes(text.split('\n')[0] ?? '')) return 'not in the file';
  const inData = data.find(
    each =>
      step.line <= each.end &&
      step.line >= each.line - 1 &&
      bare(each.text).includes(text) &&
      text.length > 3,
  );
  // A block of data on the lines of the step itself: the step was made of it.
  if (inData !== undefined && step.argv === undefined) return 'data';
  const [first = ''] = text.split('\n').filter(line => !line.startsWith('#'));
  if (/^[A-Z][a-z]+(?: [a-z]+){2,}[.:]?$/.test(first)) return 'prose';
  if (/^[A-Z][A-Z0-9_()-]+(?:\s{2,}[A-Z][A-Z0-9_()% -]+)+$/.test(first)) return 'a table';
  if (/^(?:\{|\[\{|apiVersion:|\d{4}-\d{2}-\d{2}[T ]|\|)/.test(first)) return 'output';
  if (
    /\b(?:the|is|are|was|should|will)\b.*\b(?:the|to|of|and|be)\b/i.test(first) &&
    !/["'`$|=/-]/.test(first)
  )
    return 'prose';
  return undefined;
}
