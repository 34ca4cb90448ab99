// An entry as one sentence, in parts that each page writes in its own way, and the mark beside it.
import {isFields, keysOf, member, textIn, type Fields} from './json.ts';
import {rows, tones, type Mark, type Tone} from './kinds.ts';
import {duration, inline} from './text.ts';

/** `text` is ours; `value` is somebody's: shown and cut, but not escaped for any format. */
export type Part = {readonly text: string} | {readonly value: string};

export interface Sentence {
  readonly parts: readonly Part[];
  /** Members (`key` of the body, `.key` of the entry) that stand in it whole; the details leave them out. */
  readonly said: ReadonlySet<string>;
}

/** How many members the sentence of an unknown kind names. */
const mostNamed = 8;

/** A value that can stand in a sentence; undefined for objects and arrays. Milliseconds read as durations. */
export function scalar(key: string, value: unknown, most?: number): ReturnType<typeof inline> | undefined {
  if (typeof value === 'string') return inline(value, most);
  if (typeof value === 'number')
    return {text: key.endsWith('Ms') && value >= 0 ? duration(value) : String(value), cut: false};
  return typeof value === 'boolean' || value === null ? {text: String(value), cut: false} : undefined;
}

/** A template as its pieces: text, key, text, key, …, text. */
type Template = readonly string[];

function filled(template: Template, entry: Fields): Sentence | undefined {
  const body = member(entry, 'body');
  const parts: Part[] = [];
  const said = new Set<string>();
  for (const [i, piece] of template.entries()) {
    if (i % 2 === 0) {
      if (piece !== '') parts.push({text: piece});
      continue;
    }
    const value = piece.startsWith('.')
      ? scalar(piece, member(entry, piece.slice(1)))
      : scalar(piece, member(body, piece));
    if (value === undefined) return undefined;
    parts.push({value: value.text});
    if (!value.cut) said.add(piece);
  }
  return {parts, said};
}

/** A template with its one optional part `[…]`, then without it. */
function compiled(text: string): Template[] {
  const [before = '', rest] = text.split('[');
  const [optional = '', after = ''] = (rest ?? ']').split(']');
  return [before + optional + after, ...(rest === undefined ? [] : [before + after])].map(each =>
    each.split(/[{}]/),
  );
}

const templates: ReadonlyMap<string, readonly Template[]> = new Map(
  Object.entries(rows).map(([kind, {says}]) => [kind, says.flatMap(compiled)]),
);

function generic(entry: Fields): Sentence {
  const parts: Part[] = [{value: inline(textIn(entry, 'kind') ?? '').text}];
  const said = new Set<string>();
  const body = member(entry, 'body');
  let named = 0;
  for (const key of isFields(body) ? keysOf(body) : []) {
    const value = scalar(key, member(body, key), 60);
    if (value === undefined || named >= mostNamed) continue;
    parts.push({text: named === 0 ? ': ' : ' '}, {value: `${inline(key, 60).text}=${value.text}`});
    if (!value.cut) said.add(key);
    named += 1;
  }
  return {parts, said};
}

export function sentenceOf(entry: Fields): Sentence {
  for (const template of templates.get(textIn(entry, 'kind') ?? '') ?? []) {
    const sentence = filled(template, entry);
    if (sentence !== undefined) return sentence;
  }
  return generic(entry);
}

/** The sentence as plain text. */
export const plainOf = ({parts}: Sentence): string =>
  parts.map(part => ('text' in part ? part.text : part.value)).join('');

export interface Marked {
  readonly tone: Tone;
  readonly glyph: string;
  readonly word: string;
}

const byWord: ReadonlyMap<string, Marked> = new Map(
  (['good', 'bad', 'warn', 'unknown', 'quiet'] as const).flatMap(tone =>
    tones[tone].words.map(word => [word, {tone, glyph: tones[tone].glyph, word}]),
  ),
);

function wordOf(mark: Mark, body: unknown): string | undefined {
  if ('word' in mark) return mark.word;
  const value = member(body, mark.key);
  if (!('yes' in mark)) return typeof value === 'string' ? value : undefined;
  return value === true ? mark.yes : value === false ? mark.no : undefined;
}

/** The mark of an entry; undefined when its kind has none or its word is not in the list. `says`: the member it shows. */
export function markOf(entry: Fields): (Marked & {readonly says?: string}) | undefined {
  const kind = textIn(entry, 'kind') ?? '';
  const mark = Object.hasOwn(rows, kind) ? rows[kind]?.mark : undefined;
  const found = mark === undefined ? undefined : byWord.get(wordOf(mark, member(entry, 'body')) ?? '');
  return found !== undefined && mark !== undefined && 'key' in mark ? {...found, says: mark.key} : found;
}

/** The mark of a run's result. */
export const markOfWord = (word: string): Marked | undefined => byWord.get(word);
