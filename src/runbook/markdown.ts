// Bytes → text → Markdown tree, with what is wrong with either; never throws.
import type {Code, Nodes, Root} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {frontmatterFromMarkdown} from 'mdast-util-frontmatter';
import {gfmFromMarkdown} from 'mdast-util-gfm';
import {frontmatter} from 'micromark-extension-frontmatter';
import {gfm} from 'micromark-extension-gfm';
import type {Problem} from '../domain/runbook.ts';

export const maxFileBytes = 5 * 1024 * 1024;
const maxDepth = 100;

/** Bare addresses stay text: nothing here follows them, and looking for them costs a fifth of the time. */
const bareLinks: ReadonlySet<string | undefined> = new Set([
  'emailAutolink',
  'protocolAutolink',
  'wwwAutolink',
]);

/** Made once: making them costs as much as a small file. */
const syntax = [withoutBareLinks(gfm()), frontmatter(['yaml', 'toml'])];
const trees = [
  ...gfmFromMarkdown().filter(({transforms}) => transforms === undefined),
  frontmatterFromMarkdown(['yaml', 'toml']),
];

function withoutBareLinks(extension: ReturnType<typeof gfm>): ReturnType<typeof gfm> {
  const text = Object.fromEntries(
    Object.entries(extension.text ?? {}).map(([code, found]) => [
      code,
      [found ?? []].flat().filter(({name}) => !bareLinks.has(name)),
    ]),
  );
  return {...extension, text};
}

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
  const raw = new TextDecoder('utf-8').decode(bytes);
  if (raw.includes('\r')) {
    const message = 'The file has carriage returns; commands are run with plain line feeds.';
    problems.push({code: 'line-endings', line: 1, level: 'warning', message});
  }
  const text = raw.replace(/\r\n?/g, '\n');
  reportMisdecoded(text, problems);
  const deep = deepLine(text);
  if (deep !== undefined)
    return refuse('too-deep', `Line ${deep} nests more than ${maxDepth} quotes or lists.`, text);
  try {
    const root = fromMarkdown(text, {extensions: syntax, mdastExtensions: trees});
    return {text, root};
  } catch (error) {
    const why = error instanceof Error ? error.message : 'the parser gave up';
    return refuse('unparsable', `The file cannot be read as Markdown: ${why}.`, text);
  }
}

/** UTF-8 read as Windows-1252 (`âœ…`, `â€™`, `Ã©`), and bytes that were no UTF-8 at all. */
function reportMisdecoded(text: string, problems: Problem[]): void {
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    const found =
      /\uFFFD|[\u00C2\u00C3][\u0080-\u00BF]|\u00E2[\u0080-\u00BF\u20AC\u201A\u0192\u0152\u0153\u2020\u2021\u2030\u02C6\u02DC\u2122\u0160\u0161\u017D\u017E]|\u00F0\u0178/.exec(
        line,
      );
    if (found === null) continue;
    const message = `The text looks mis-decoded near "${line.slice(Math.max(0, found.index - 10), found.index + 4).trim()}"; save the file as UTF-8.`;
    problems.push({code: 'mis-decoded', line: i + 1, level: 'warning', message});
    return;
  }
}

/** The first line with more container marks than any real document has: the parser's time grows with their square. */
function deepLine(text: string): number | undefined {
  let line = 0;
  for (const each of text.split('\n')) {
    line++;
    const prefix = /^(?:[ \t>*+-]|\d{1,9}[.)])*/.exec(each)?.[0] ?? '';
    const marks = prefix.match(/>|[*+-](?=[ \t])|\d[.)]/g)?.length ?? 0;
    if (marks > maxDepth || prefix.length > maxDepth * 20) return line;
  }
  return undefined;
}

/** The raw source of a node. */
export function slice(text: string, node: Nodes): string {
  return text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}

export const lineOf = (node: Nodes): number => node.position?.start.line ?? 1;

/** Plain text of a block; a table keeps its rows, one text each under no heading. */
export const paragraphs = (node: Nodes): readonly string[] =>
  node.type === 'table'
    ? node.children.slice(1).map(row => `- ${row.children.map(plain).join(': ')}`)
    : [plain(node)];

/** Plain text: inline code and link texts without their marks, line breaks as spaces, HTML left out. */
export function plain(node: Nodes): string {
  return gather(node).replace(/\s+/g, ' ').trim();
}

function gather(node: Nodes): string {
  if (node.type === 'html' || node.type === 'footnoteReference') return '';
  if (node.type === 'break') return ' ';
  if (node.type === 'image') return node.alt ?? '';
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(gather).join(isFlow(node) ? ' ' : '') : '';
}

const isFlow = (node: Nodes): boolean =>
  ['root', 'blockquote', 'list', 'listItem', 'table', 'tableRow', 'footnoteDefinition'].includes(node.type);

export interface FenceInfo {
  /** Lower case; empty for none. */
  readonly lang: string;
  /** What follows the language in the info string, from the raw source. */
  readonly meta: string;
  readonly fenced: boolean;
  readonly closed: boolean;
}

/** Reads a code block's opening line from the source: the parser decodes escapes in it, which would break JSON. */
export function readFence(text: string, node: Code): FenceInfo {
  const lines = slice(text, node).split('\n');
  const mark = /^(`{3,}|~{3,})/.exec(lines[0] ?? '')?.[1];
  if (mark === undefined) return {lang: '', meta: '', fenced: false, closed: true};
  const info = (lines[0] ?? '').slice(mark.length).trim();
  const found = /^([^\s{]*)\s*(.*)$/.exec(info);
  const last = (lines.at(-1) ?? '').replace(/^[\s>]*/, '').trimEnd();
  const closed = lines.length > 1 && last.length >= mark.length && last.replaceAll(mark.charAt(0), '') === '';
  return {lang: (found?.[1] ?? '').toLowerCase(), meta: found?.[2] ?? '', fenced: true, closed};
}
