// Reads YAML that a stranger may have written: bounded, without aliases, anchors, tags or hidden characters.
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import type {Place, SiteProblem} from './problem.ts';
import {guardedText, maxDepth, maxNodes, tooDeep, tooMany} from './yaml-guard.ts';

export const maxSiteBytes = 1024 * 1024;
export type Path = readonly PropertyKey[];

export interface Tree {
  /** Plain JavaScript values. */
  readonly value: unknown;
  /** Where the value at `path` stands; where it is missing, its nearest parent. */
  readonly at: (path: Path) => Place;
  /** Where the key that ends `path` stands. */
  readonly atKey: (path: Path) => Place;
}

export type YamlAnswer =
  {readonly ok: true; readonly tree: Tree} | {readonly ok: false; readonly problems: readonly SiteProblem[]};

/** YAML 1.2 core schema. Every problem of the syntax is reported; a file with one is not looked at further. */
export function readYaml(bytes: Uint8Array): YamlAnswer {
  if (bytes.length > maxSiteBytes) {
    return refuse(
      {line: 1, column: 1},
      `the file has ${bytes.length} bytes, and ${maxSiteBytes} is the most`,
    );
  }
  const text = guardedText(bytes);
  if (typeof text !== 'string') return {ok: false, problems: text};
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const {line, col} = lines.linePos(offset);
    return {line: Math.max(line, 1), column: Math.max(col, 1)};
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      stringKeys: true,
      merge: false,
      resolveKnownTags: false,
      prettyErrors: false,
      // Not `silent`, which would let a second document pass.
      logLevel: 'error',
      lineCounter: lines,
      // The library compares each key with all others; `walk` does it in one pass.
      uniqueKeys: false,
    });
  } catch (error) {
    // Only the stack can run out here, and only by nesting.
    if (error instanceof RangeError) return refuse({line: 1, column: 1}, tooDeep);
    throw error;
  }
  const problems = [
    ...[...document.errors, ...document.warnings]
      // `walk` says it in our words.
      .filter(({code}) => code !== 'TAG_RESOLVE_FAILED')
      .map(({code, message, pos}) => ({...place(pos[0]), message: explain(code, message)})),
    ...walk(document, place),
  ];
  if (problems.length > 0) return {ok: false, problems};
  return {ok: true, tree: treeOf(document, place)};
}

const refuse = (place: Place, message: string): YamlAnswer => ({ok: false, problems: [{...place, message}]});

function explain(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML wants spaces';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a site file holds one';
  if (code === 'NON_STRING_KEY') return 'a key must be plain text';
  const open = /^Flow (sequence|map) in block collection must be sufficiently/.exec(message);
  if (open !== null) {
    const [bracket, end] = open[1] === 'map' ? '{}' : '[]';
    return `a \`${bracket}\` is not closed by \`${end}\`, or what it holds is not indented enough`;
  }
  if (/call stack|stack overflow/i.test(message)) return tooDeep;
  return message.replace(/\s+/g, ' ').replace(/^./, first => first.toLowerCase());
}

function walk(document: Document.Parsed, place: (offset: number) => Place): SiteProblem[] {
  const problems: SiteProblem[] = [];
  let count = 0;
  const report = (node: Node, message: string) => {
    problems.push({...place(node.range?.[0] ?? 0), message});
  };
  const visit = (node: unknown, depth: number): void => {
    if (!isNode(node) || count > maxNodes) return;
    count += 1;
    if (count > maxNodes) {
      report(node, tooMany);
      return;
    }
    if (isAlias(node)) {
      report(node, `\`*${node.source}\` is an alias; write the value out instead`);
      return;
    }
    if (node.anchor !== undefined && node.anchor !== '') {
      report(node, `\`&${node.anchor}\` is an anchor; anchors and aliases are not supported`);
    }
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.tag !== undefined && explicitTag(node))
        report(
          node,
          `the tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\` is not supported; remove it`,
        );
    }
    if (depth > maxDepth) {
      report(node, tooDeep);
      return;
    }
    if (isSeq(node)) for (const item of node.items) visit(item, depth + 1);
    if (isMap(node)) {
      const seen = new Map<string, Node>();
      for (const {key, value} of node.items) {
        visit(key, depth + 1);
        visit(value, depth + 1);
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const first = seen.get(name);
        if (first !== undefined) {
          report(
            key,
            `\`${name}\` stands here a second time (first on line ${place(first.range?.[0] ?? 0).line})`,
          );
        }
        if (name === '<<') report(key, '`<<` merges are not supported; write the keys out instead');
        if (name === '__proto__') report(key, '`__proto__` cannot be a name');
        seen.set(name, key);
      }
    }
  };
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    problems.push({line: 1, column: 1, message: 'only YAML 1.2 is read; remove the %YAML line'});
  }
  visit(document.contents, 0);
  return problems;
}

/** The composer fills `tag` in for every collection; only one that differs from the default was written. */
function explicitTag(node: Node): boolean {
  const tag: unknown = 'tag' in node ? node.tag : undefined;
  return tag !== undefined && tag !== 'tag:yaml.org,2002:map' && tag !== 'tag:yaml.org,2002:seq';
}

function treeOf(document: Document.Parsed, place: (offset: number) => Place): Tree {
  const start = (node: unknown): Place | undefined =>
    isNode(node) && node.range !== null && node.range !== undefined ? place(node.range[0]) : undefined;
  const find = (path: Path): {key: Place; value: Place} => {
    let node: unknown = document.contents;
    let found = {key: start(node) ?? {line: 1, column: 1}, value: start(node) ?? {line: 1, column: 1}};
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({key}) => isScalar(key) && key.value === step);
        if (pair === undefined) return found;
        const key = start(pair.key) ?? found.key;
        node = pair.value;
        found = {key, value: start(node) ?? key};
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step];
        const value = start(node) ?? found.value;
        found = {key: value, value};
      } else return found;
    }
    return found;
  };
  return {
    value: document.toJS({maxAliasCount: 0}) as unknown,
    at: path => find(path).value,
    atKey: path => find(path).key,
  };
}
