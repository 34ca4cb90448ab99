// Bytes → text → Markdown tree, with what is wrong with either; never throws.
import type {Code, Node, Root} from '../markdown/index.ts';
import {maxDepth, parseMarkdown, plain} from '../markdown/index.ts';
import type {Problem} from '../domain/runbook.ts';

export const maxFileBytes = 5 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8');

/** The text of a file with LF line ends, and its tree; an empty tree when it cannot be read as Markdown. */
export function readMarkdown(
  bytes: Uint8Array,
  problems: Problem[],
): {readonly text: string; readonly root: Root} {
  const empty: Root = {type: 'root', children: []};
  const refuse = (code: string, message: string, text = ''): {text: string; root: Root} => {
    problems.push({code, line: 1, level: 'error', message});
    return {text, root: empty};
  };
  if (bytes.byteLength > maxFileBytes)
    return refuse(
      'file-too-large',
      `The file has ${bytes.byteLength} bytes; a runbook may have at most ${maxFileBytes} (5 MiB).`,
    );
  if (bytes.includes(0)) return refuse('not-text', 'The file holds NUL bytes: it is not a text file.');
  const raw = utf8.decode(bytes);
  if (raw.includes('\r')) {
    const message = 'The file has carriage returns; commands are run with plain line feeds.';
    problems.push({code: 'line-endings', line: 1, level: 'warning', message});
  }
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  // Text of one byte for each character is ASCII.
  if (raw.length !== bytes.byteLength) reportMisdecoded(text, problems);
  const parsed = parseMarkdown(text);
  return parsed.at === 'tree'
    ? {text, root: parsed.root}
    : refuse('too-deep', `Line ${parsed.line} nests more than ${maxDepth} quotes or lists.`, text);
}

const misdecoded =
  /\uFFFD|[\u00C2\u00C3][\u0080-\u00BF]|\u00E2[\u0080-\u00BF\u20AC\u201A\u0192\u0152\u0153\u2020\u2021\u2030\u02C6\u02DC\u2122\u0160\u0161\u017D\u017E]|\u00F0\u0178/;

/** UTF-8 read as Windows-1252 (`âœ…`, `â€™`, `Ã©`), and bytes that were no UTF-8 at all. */
function reportMisdecoded(text: string, problems: Problem[]): void {
  const at = misdecoded.exec(text)?.index;
  if (at === undefined) return;
  const before = text.slice(0, at).split('\n');
  const near = `${(before.at(-1) ?? '').slice(-10)}${text.slice(at, at + 4).split('\n')[0] ?? ''}`.trim();
  const message = `The text looks mis-decoded near "${near}"; save the file as UTF-8.`;
  problems.push({code: 'mis-decoded', line: before.length, level: 'warning', message});
}

/** The raw source of a node. */
export const slice = (text: string, {start, end}: {readonly start: number; readonly end: number}): string =>
  text.slice(start, end);

/** Characters before a node on its line. */
export const columnOf = (text: string, {start}: {readonly start: number}): number =>
  start - text.lastIndexOf('\n', start - 1) - 1;

/** Plain text of a block; a table keeps its rows, one text each under no heading. */
export const paragraphs = (node: Node): readonly string[] =>
  node.type === 'table'
    ? node.children.slice(1).map(row => `- ${row.children.map(plain).join(': ')}`)
    : [plain(node)];

export interface FenceInfo {
  /** Lower case; empty for none. */
  readonly lang: string;
  /** What follows the language in the info string, from the raw source. */
  readonly meta: string;
  readonly fenced: boolean;
  readonly closed: boolean;
}

/** Reads the opening line of a code block as it is written: with its escapes decoded, JSON in it would break. */
export function readFence({info, closed}: Code): FenceInfo {
  if (info === undefined) return {lang: '', meta: '', fenced: false, closed};
  const found = /^([^\s{]*)\s*(.*)$/.exec(info);
  return {lang: (found?.[1] ?? '').toLowerCase(), meta: found?.[2] ?? '', fenced: true, closed};
}
