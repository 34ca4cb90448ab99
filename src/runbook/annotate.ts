// Writes every guess into the file itself: a copy in which each step says what it is, and which reads as the same steps.
import type {Block, Code, ListItem, Node, Root} from '../markdown/index.ts';
import type {Problem, Procedure, Runbook, Step} from '../domain/runbook.ts';
import {columnOf, readFence, readMarkdown} from './markdown.ts';
import {parseRunbook} from './parse.ts';
import type {ParseRequest} from './parse.ts';

export interface Annotated {
  readonly text: string;
  /** Steps that now say what they are. */
  readonly written: number;
  /** Steps whose place in the file takes no annotation (a row of a table, a bare heading): they stay guesses. */
  readonly left: readonly Step[];
}

/** One change: a line's new text, or a line that goes in after it. */
type Edit = {readonly line: number; readonly text: string; readonly after: boolean};

/** The annotated copy of a file that can be parsed; the text itself is changed nowhere else. */
export function annotate(request: ParseRequest): Annotated {
  const runbook = parseRunbook(request);
  const problems: Problem[] = [];
  const {text, root} = readMarkdown(new TextEncoder().encode(runbook.source), problems);
  const lines = text.split('\n');
  const guessed = ownSteps(runbook).filter(({certainty}) => certainty === 'guessed');
  const edits = guessed.flatMap(step => {
    const edit = editFor(step, {root, text, lines, shell: runbook.meta.shell});
    return edit === undefined ? [] : [{step, edit}];
  });
  const good = keepGood(edits, {request, lines, wanted: shape(runbook)});
  const done = new Set(good.map(({step}) => step));
  return {
    text: apply(
      lines,
      good.map(({edit}) => edit),
    ),
    written: good.length,
    left: guessed.filter(step => !done.has(step)),
  };
}

/** Each step once, with its sub-steps; blocks repeated from the file are left out where the file has its own. */
function ownSteps({procedures}: Runbook): Step[] {
  const seen = new Set<string>();
  const out: Step[] = [];
  const add = (step: Step): void => {
    const key = `${step.line} ${step.title} ${step.command ?? ''}`;
    if (!seen.has(key)) {
      seen.add(key);
      out.push(step);
    }
    step.children.forEach(add);
  };
  for (const {phases} of procedures) for (const block of phases) block.steps.forEach(add);
  return out;
}

interface Place {
  readonly root: Root;
  readonly text: string;
  readonly lines: readonly string[];
  readonly shell: string | undefined;
}

function editFor(step: Step, {root, text, lines, shell}: Place): Edit | undefined {
  const json = JSON.stringify({type: step.type, effect: step.effect});
  const from = nodeAt(root, step.line);
  if (from === undefined) return undefined;
  const code =
    from.type === 'code'
      ? from
      : step.command === undefined || step.argv !== undefined
        ? undefined
        : codeOf(from, root, step);
  if (code !== undefined) {
    const info = readFence(code);
    const line = code.line;
    const open = lines[line - 1] ?? '';
    // An info string with words of its own (`bash title=x`) is another tool's.
    if (!info.fenced || info.meta !== '') return undefined;
    const lang =
      info.lang === ''
        ? ` ${shell === undefined && !/^\s*(?:\S*[$#%>]\s)/m.test(code.value) ? 'sh' : 'console'}`
        : '';
    return {line, text: `${open.trimEnd()}${lang === '' ? '' : lang.trim()} ${json}`, after: false};
  }
  const paragraph = from.type === 'listItem' ? from.children.find(({type}) => type === 'paragraph') : from;
  if (paragraph?.type !== 'paragraph') return undefined;
  const column = columnOf(text, paragraph);
  return {
    line: paragraph.endLine,
    text: `${' '.repeat(column)}<!-- qd: ${json} -->`,
    after: true,
  };
}

/** The list item, paragraph or block of code that begins on a line; the outermost but for lists and quotes. */
function nodeAt(root: Root, line: number): Block | ListItem | undefined {
  let found: Block | ListItem | undefined;
  const visit = (node: Node): void => {
    if (found !== undefined || !('endLine' in node) || node.endLine < line || node.line > line) return;
    if (node.line === line && (node.type === 'listItem' || node.type === 'paragraph' || node.type === 'code'))
      found = node;
    else if ('children' in node) node.children.forEach(visit);
  };
  root.children.forEach(visit);
  return found;
}

/** The block of code that a step's command came from: inside its item, or right below its words. */
function codeOf(from: Block | ListItem, root: Root, step: Step): Code | undefined {
  const first = (step.command ?? '').split('\n')[0]?.trim() ?? '';
  let found: Code | undefined;
  const last = from.endLine + 3;
  const visit = (node: Node): void => {
    if (found !== undefined || node.line > last) return;
    if (node.type === 'code') {
      if (node.line >= step.line && node.value.includes(first)) found = node;
    } else if ('children' in node) node.children.forEach(visit);
  };
  root.children.forEach(visit);
  return found;
}

function apply(lines: readonly string[], edits: readonly Edit[]): string {
  const replaced = new Map(edits.filter(({after}) => !after).map(({line, text}) => [line, text]));
  const added = new Map<number, string>();
  for (const {line, text, after} of edits) if (after) added.set(line, text);
  return lines
    .flatMap((line, i) => {
      const more = added.get(i + 1);
      return more === undefined ? [replaced.get(i + 1) ?? line] : [replaced.get(i + 1) ?? line, more];
    })
    .join('\n');
}

/** What must stay the same: procedures, phases, steps, commands, effects; lines move, and ids stay. */
const shape = ({procedures, prohibitions}: Runbook): string =>
  JSON.stringify([procedures.map(procedureShape), prohibitions.map(({text}) => text)]);

const procedureShape = ({id, title, phases, prohibitions}: Procedure): unknown => [
  id,
  title,
  phases.map(({phase, title: name, steps, prose}) => [phase, name, steps.map(stepShape), prose]),
  prohibitions.map(({text}) => text),
];

const stepShape = ({
  id,
  type,
  title,
  command,
  argv,
  expectedOutput,
  expected,
  effect,
  options,
  detail,
  children,
}: Step): unknown => [
  id.replace(/-\d+\//, '/'),
  type,
  title,
  command,
  argv,
  expectedOutput,
  expected,
  effect,
  options,
  detail,
  children.map(stepShape),
];

interface Trial {
  readonly request: ParseRequest;
  readonly lines: readonly string[];
  readonly wanted: string;
}

type Candidate = {readonly step: Step; readonly edit: Edit};

/** The edits that change nothing about what the file says: all of them, or the good ones of each half. */
function keepGood(edits: readonly Candidate[], {request, lines, wanted}: Trial): readonly Candidate[] {
  const holds = (some: readonly Candidate[]): boolean => {
    const text = apply(
      lines,
      some.map(({edit}) => edit),
    );
    return shape(parseRunbook({...request, bytes: new TextEncoder().encode(text)})) === wanted;
  };
  let good: readonly Candidate[] = [];
  let left = 400;
  const tryOut = (some: readonly Candidate[]): void => {
    if (some.length === 0 || left-- <= 0) return;
    if (holds([...good, ...some])) good = [...good, ...some];
    else if (some.length > 1) {
      tryOut(some.slice(0, some.length >> 1));
      tryOut(some.slice(some.length >> 1));
    }
  };
  tryOut(edits);
  return good;
}
