// What an entry holds besides its sentence: every member of the body, by shape alone, so that nothing stays unsaid.
import {blockOf, lookOfBytes, lookOfCommand, lookOfText, type Look} from './block.ts';
import {commitmentsIn, isCommitment, isFields, jsonOf, keysOf, member, numberIn} from './json.ts';
import {pointerTo, textIn, type Fields} from './json.ts';
import {scalar} from './sentence.ts';
import {count, inline, lengthOf} from './text.ts';

/** The value behind a commitment. `by`: the lowest `seq` of an entry (of the slice or its context) that says it was erased. */
export type Value = {readonly bytes: Uint8Array} | {readonly erased: true; readonly by: number};

export interface Detail {
  readonly label: string;
  readonly look: Look;
  /** Minor ones share one small line. */
  readonly minor: boolean;
  /** Long or rarely wanted: closed until somebody opens it. */
  readonly folded: boolean;
  /** An entry that it points at. */
  readonly entry?: number;
  readonly erased?: true;
}

/** Members that come first, in this order; all others follow in the order of their names. */
const first = [
  'title',
  'argv',
  'request',
  'shown',
  'text',
  'message',
  'why',
  'reason',
  'note',
  'output',
  'results',
  'survivors',
];

const labels: Readonly<Record<string, string>> = {
  argv: 'command',
  delayMs: 'answered after',
  say: 'answer',
  shown: 'shown to the operator',
  vars: 'variables',
};

/** Values that are folded however short they are. */
const alwaysFolded = new Set(['output', 'source', 'siteSource']);
/** More lines than this are folded. */
const mostOpen = 12;
/** Members that name another entry. */
const pointing = new Set(['confirm', 'of']);

/** `siteSha256` → `site sha256`, `graceMs` → `grace`. */
function labelOf(key: string): string {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (label !== undefined) return label;
  const words = (key.endsWith('Ms') ? key.slice(0, -2) : key).replace(
    /[A-Z]/g,
    big => ` ${big.toLowerCase()}`,
  );
  return inline(words, 60).text;
}

/** Items that may stand beside each other, with commas between them. */
const word = /^[A-Za-z0-9_@%+=:./-]+$/;

/** A member that is no commitment, by its shape. */
function lookOf(key: string, value: unknown): Look {
  const one = typeof value === 'string' ? undefined : scalar(key, value);
  if (one !== undefined) return {line: one.text};
  if (typeof value === 'string') return lookOfText(value);
  if (!Array.isArray(value)) return lookOfText(jsonOf(value));
  if (value.length === 0) return {line: '(none)'};
  const texts = value.map(item => (typeof item === 'string' ? item : jsonOf(item)));
  if (key === 'argv' && value.every(item => typeof item === 'string')) return lookOfCommand(texts);
  const [only = ''] = texts;
  const joined = texts.join(', ');
  if (key !== 'shown' && texts.every(text => word.test(text)) && lengthOf(joined) <= 120)
    return {line: joined};
  return texts.length === 1
    ? lookOfText(only)
    : {
        block: blockOf(
          texts.flatMap(text => text.split('\n')),
          count(texts.length, 'item'),
        ),
      };
}

function lookOfCommitment(fields: Fields, value: Value | undefined): Look {
  if (value === undefined) return {line: 'not in this bundle'};
  if ('erased' in value) return {line: `erased (see entry ${value.by})`};
  const size = numberIn(fields, 'size');
  const kept = numberIn(fields, 'kept');
  const cut = size !== undefined && kept !== undefined && kept < size;
  return lookOfBytes(value.bytes, cut ? `, cut: ${kept} of ${count(size, 'byte')} were kept` : '');
}

const isFolded = (key: string, look: Look): boolean =>
  'block' in look && (alwaysFolded.has(key) || look.block.left > 0 || look.block.first.length > mostOpen);

/** Every detail of an entry, those that matter first. `said` is what its sentence has said already. */
export function detailsOf(
  entry: Fields,
  {values, said}: {readonly values: ReadonlyMap<string, Value>; readonly said: ReadonlySet<string>},
): Detail[] {
  const body = member(entry, 'body');
  const details: Detail[] = [];
  const committed = (key: string, label: string, {ptr, fields}: {ptr: string; fields: Fields}): void => {
    const value = values.get(ptr);
    const look = lookOfCommitment(fields, value);
    const erased = value !== undefined && 'erased' in value ? ({erased: true, entry: value.by} as const) : {};
    details.push({label, look, minor: false, folded: isFolded(key, look), ...erased});
  };
  const keys = isFields(body) ? keysOf(body) : [];
  const ordered = [...first.filter(key => keys.includes(key)), ...keys.filter(key => !first.includes(key))];
  for (const key of ordered) {
    const value = member(body, key);
    if (said.has(key)) continue;
    const ptr = pointerTo('/body', key);
    if (isCommitment(value)) {
      committed(key, labelOf(key), {ptr, fields: value});
      continue;
    }
    const look = lookOf(key, value);
    const minor = 'line' in look && !first.includes(key);
    const points = pointing.has(key) && typeof value === 'number' ? {entry: value} : {};
    details.push({label: labelOf(key), look, minor, folded: isFolded(key, look), ...points});
  }
  // Commitments deeper in the body stand as hashes in the JSON above; their values follow, named by pointer.
  for (const found of commitmentsIn(body, '/body')) {
    if (/^\/[^/]*\/[^/]*$/.test(found.ptr)) continue;
    committed('', inline(found.ptr, 120).text, found);
  }
  return [...details, ...envelope(entry, said)];
}

/** Members of the entry itself; text of an actor's `from` and `key` too. */
function envelope(entry: Fields, said: ReadonlySet<string>): Detail[] {
  const details: Detail[] = [];
  const add = (label: string, value: unknown, points = false): void => {
    const text = scalar(label, value)?.text;
    if (text === undefined || said.has(`.${label}`)) return;
    const entryNumber = points && typeof value === 'number' ? {entry: value} : {};
    details.push({label, look: {line: text}, minor: true, folded: false, ...entryNumber});
  };
  const actor = member(entry, 'actor');
  add('step', member(entry, 'step'));
  add('of', member(entry, 'of'), true);
  add('fence', member(entry, 'fence'));
  add('session', member(entry, 'session'));
  add('actor from', textIn(actor, 'from'));
  add('actor key', textIn(actor, 'key'));
  return details;
}
