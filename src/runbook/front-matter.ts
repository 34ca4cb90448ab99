// Front matter: flat `key: value` lines, lists (`[a, b]` or `- a`), and one level of names under `vars` and `secrets`.
import type {Paragraph, Root} from '../markdown/index.ts';
import type {Problem, RunbookMeta, Variable} from '../domain/runbook.ts';
import {nameProblem} from '../domain/variables.ts';
import {secretReference} from '../domain/secret.ts';
import {slice} from './markdown.ts';
import {plain} from '../markdown/index.ts';
import {readToml} from './toml.ts';

type Value = string | readonly string[] | Map<string, string>;

const known = [
  'title',
  'id',
  'owner',
  'severity',
  'tags',
  'services',
  'version',
  'reviewed',
  'review_every',
  'environments',
  'requires',
  'roles',
  'vars',
  'secrets',
  'kind',
  'shell',
  'cwd',
];

/** A runbook's metadata with its title and id, from the front matter and the `Key: value` lines under the title. */
export function readMeta(
  root: Root,
  text: string,
  problems: Problem[],
): {readonly meta: RunbookMeta; readonly title: string | undefined; readonly id: string | undefined} {
  const values = new Map<string, Value>();
  const [first] = root.children;
  const inside = 1 + (first?.line ?? 1);
  if (first?.type === 'yaml') readBlock(first.value, inside, values, problems);
  else if (first?.type === 'toml')
    readToml(first.value, values, (line, odd) => problems.push(leftOut(inside + line, odd)));
  for (const [key, value] of metadataLines(root, text)) if (!values.has(key)) values.set(key, value);
  const kind = one(values.get('kind')) ?? 'runbook';
  if (kind !== 'runbook' && kind !== 'drill')
    problems.push({
      code: 'front-matter',
      line: 1,
      level: 'error',
      message: `"kind" must be runbook or drill, not "${kind}".`,
    });
  const other = Object.fromEntries(
    [...values].filter(([key]) => !known.includes(key)).map(([key, value]) => [key, one(value) ?? '']),
  );
  const text1 = (key: string): string | undefined => one(values.get(key));
  const optional = {
    owner: text1('owner'),
    severity: text1('severity'),
    version: text1('version'),
    reviewed: text1('reviewed'),
    reviewEvery: text1('review_every'),
    shell: text1('shell'),
    cwd: text1('cwd'),
  };
  const meta: RunbookMeta = {
    ...present(optional),
    tags: many(values.get('tags')),
    services: many(values.get('services')),
    environments: many(values.get('environments')),
    requires: many(values.get('requires')),
    roles: many(values.get('roles')),
    vars: variables(values.get('vars'), problems),
    secrets: secrets(values.get('secrets'), problems),
    kind: kind === 'drill' || (!values.has('kind') && isDrill(root, text1('title'))) ? 'drill' : 'runbook',
    other,
  };
  return {meta, title: text1('title'), id: text1('id')};
}

/** A file whose title says that it is a drill is one, when its front matter does not say otherwise. */
function isDrill(root: Root, title: string | undefined): boolean {
  const heading = root.children.find(node => node.type === 'heading');
  return /\b(?:drill|game ?day|fire drill|exercise|übung)\b/i.test(
    title ?? (heading === undefined ? '' : plain(heading)),
  );
}

/** Without the keys whose value is undefined. */
function present<T extends Record<string, string | undefined>>(values: T): {[K in keyof T]?: string} {
  const out: {[K in keyof T]?: string} = {};
  for (const key in values) if (values[key] !== undefined) out[key] = values[key];
  return out;
}

const leftOut = (line: number, text: string): Problem => ({
  code: 'front-matter',
  line,
  level: 'warning',
  message: `Front matter line "${text.trim().slice(0, 60)}" is not "key: value", and was left out.`,
});

const isNames = (value: Value | undefined): value is Map<string, string> => value instanceof Map;

const pairs = (value: Value | undefined): [string, string][] => (isNames(value) ? [...value.entries()] : []);

function one(value: Value | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
  return isNames(value)
    ? pairs(value)
        .map(([key, each]) => `${key}: ${each}`)
        .join(', ')
    : many(value).join(', ');
}

function many(value: Value | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  if (typeof value === 'string')
    return value
      .split(',')
      .map(each => each.trim())
      .filter(each => each !== '');
  return isNames(value) ? pairs(value).map(([key]) => key) : [...value.values()];
}

/** Whether a name may be given to a step's child process. */
const isVariableName = (name: string): boolean => nameProblem(name) === undefined;

/** Names with what is said of them: a map, a list of `NAME: …`, or one such line; a bare name is one too. */
function specs(value: Value | undefined, problems: Problem[]): readonly (readonly [string, string])[] {
  if (value === undefined || value === '') return [];
  if (isNames(value)) return pairs(value);
  const lines = typeof value === 'string' ? [value] : [...value.values()];
  return lines.flatMap(line => {
    const [, name, spec = ''] = /^([^\s:|]+)\s*(?::(?:\s+(.*))?)?$/s.exec(line.trim()) ?? [];
    if (name !== undefined) return [[name, scalar(spec)] as const];
    const message = `"${line.slice(0, 60)}" under "vars" is not "NAME: description | default | pattern".`;
    problems.push({code: 'front-matter', line: 1, level: 'error', message});
    return [];
  });
}

function variables(value: Value | undefined, problems: Problem[]): Variable[] {
  const out: Variable[] = [];
  for (const [name, spec] of specs(value, problems)) {
    if (!isVariableName(name)) {
      const message = `The variable name "${name}" is refused: capital letters, digits and _, and none that changes how programs run.`;
      problems.push({code: 'variable-name', line: 1, level: 'error', message});
      continue;
    }
    const [description = '', preset] = spec.split('|').map(each => each.trim());
    // A pattern may have alternatives of its own.
    const pattern = spec.split('|').slice(2).join('|').trim();
    out.push({
      name,
      description,
      ...(preset === undefined || preset === '' ? {} : {default: preset}),
      ...(pattern === '' ? {} : {pattern}),
    });
  }
  return out;
}

/** Names and references; what is wrong with one is said without repeating it, for it may be the secret itself. */
function secrets(value: Value | undefined, problems: Problem[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, text] of pairs(value)) {
    const reference = secretReference(text);
    const isName = isVariableName(name);
    if (isName && reference.at !== 'wrong') out[name] = text;
    else {
      const message = isName
        ? `The secret ${name}: ${reference.at === 'wrong' ? reference.problem : ''}.`
        : 'The name of a secret is refused: capital letters, digits and _, and none that changes how programs run.';
      problems.push({code: 'secret', line: 1, level: 'error', message});
    }
  }
  return out;
}

function readBlock(yaml: string, startLine: number, values: Map<string, Value>, problems: Problem[]): void {
  let open: {key: string; list: string[]; names: Map<string, string>} | undefined;
  const close = (): void => {
    if (open === undefined) return;
    if (open.names.size > 0) values.set(open.key, open.names);
    else values.set(open.key, open.list);
    open = undefined;
  };
  for (const [i, raw] of yaml.split('\n').entries()) {
    const line = raw.trimEnd();
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    const pair = /^(\s*)([^\s:#][^:]*):(?:\s+(.*))?$/.exec(line);
    if (item !== undefined && open !== undefined) open.list.push(scalar(item));
    else if (pair !== null && (pair[1] ?? '') !== '' && open !== undefined)
      open.names.set(unquote((pair[2] ?? '').trim()), scalar(pair[3] ?? ''));
    else if (pair?.[1] === '') {
      close();
      const key = unquote((pair[2] ?? '').trim());
      const value = (pair[3] ?? '').trim();
      if (value === '') open = {key, list: [], names: new Map()};
      else if (value.startsWith('[') && value.endsWith(']')) values.set(key, splitList(value.slice(1, -1)));
      else values.set(key, scalar(value));
    } else problems.push(leftOut(startLine + i, line));
  }
  close();
}

const splitList = (text: string): string[] =>
  (text.match(/\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^,"'][^,]*)/g) ?? [])
    .map(each => scalar(each.trim()))
    .filter(each => each !== '');

function scalar(text: string): string {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*(?:#.*)?$/.exec(text);
  if (quoted?.[1] !== undefined)
    return quoted[1].replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  if (quoted?.[2] !== undefined) return quoted[2].replaceAll("''", "'");
  return text.replace(/\s+#.*$/, '').trim();
}

const unquote = (text: string): string => text.replace(/^["']|["']$/g, '');

/** `Status: Active` lines right under the title, as one paragraph; undefined keys are kept too. */
function metadataLines(root: Root, text: string): [string, string][] {
  const at = root.children.findIndex(node => node.type === 'heading');
  const paragraph = root.children[at + 1];
  if (at < 0 || paragraph?.type !== 'paragraph' || !isMetadata(paragraph, text)) return [];
  return slice(text, paragraph)
    .split('\n')
    .map(line => {
      const colon = line.indexOf(':');
      const key = line.slice(0, colon).replace(/[*_]/g, '').trim().toLowerCase().replace(/\s+/g, '_');
      return [
        key,
        line
          .slice(colon + 1)
          .replace(/^\**\s*/, '')
          .trim()
          .replace(/\\$/, ''),
      ];
    });
}

/** Whether a paragraph is nothing but `Key: value` lines, at least one of them with a key that is known or usual. */
export function isMetadata(node: Paragraph, text: string): boolean {
  const lines = slice(text, node).split('\n');
  const usual =
    /^\**(?:status|owner|owners|last updated|last reviewed|reviewed|applies to|version|severity|team|service|services|tags|date|author|id)\b/i;
  return (
    plain(node) !== '' &&
    lines.every(line => /^\**[A-Z][A-Za-z _-]{0,30}\**:\**\s+\S/.test(line)) &&
    lines.some(line => usual.test(line))
  );
}
