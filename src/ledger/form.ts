// The form of an entry's line: a lint after the hashes hold, never what integrity rests on.
import canonicalize from 'canonicalize';
import {maxEntryBytes} from '../domain/limits.ts';
import {maxBrackets} from './canonical.ts';
import {parseJson} from './json.ts';
import {valueProblem} from './values.ts';
import {isOrigin} from './origin.ts';

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether brackets outside strings nest deeper than they may: such text is not parsed at all. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) isQuoted = !isQuoted;
    else if (isQuoted) i += code === 0x5c ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x5d || code === 0x7d) depth -= 1;
    if (depth > maxBrackets) return true;
  }
  return false;
}

/** The fields of a line; undefined when it is no JSON object in UTF-8, nested at most 64 deep. */
export function fieldsOf(line: Uint8Array): {readonly text: string; readonly fields: Fields} | undefined {
  try {
    const text = utf8.decode(line);
    if (isTooDeep(text)) return undefined;
    const fields = parseJson(text);
    return isFields(fields) ? {text, fields} : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isTime = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);

const required: Readonly<Record<string, (value: unknown) => boolean>> = {
  v: value => value === 1,
  log: value => typeof value === 'string' && isOrigin(value),
  seq: isCount,
  prev: isHash,
  ts: isTime,
  mono: Number.isSafeInteger,
  boot: isText,
  session: isText,
  actor: isFields,
  kind: isText,
  body: isFields,
};
const optional: Readonly<Record<string, (value: unknown) => boolean>> = {
  run: isText,
  step: isText,
  of: isCount,
  fence: isCount,
};

const actorFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  operator: isText,
  uid: Number.isSafeInteger,
  user: isText,
  via: isText,
};
const actorMay: Readonly<Record<string, (value: unknown) => boolean>> = {from: isText, key: isText};

/** What is wrong with an entry's form; undefined when nothing is. `log` is the origin of the log it stands in. */
export function formProblem(line: Uint8Array, log: string): string | undefined {
  if (line.length > maxEntryBytes) return `it has ${line.length} bytes, more than ${maxEntryBytes}`;
  const parsed = fieldsOf(line);
  if (parsed === undefined) return 'it is not a JSON object in UTF-8';
  const {text, fields} = parsed;
  if (fields['v'] !== 1) return `its version is ${JSON.stringify(fields['v'])}, not 1`;
  for (const [name, isGood] of Object.entries(required)) {
    if (!Object.hasOwn(fields, name)) return `its field ${name} is missing`;
    if (!isGood(fields[name])) return `its field ${name} is not what it must be`;
  }
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(required, name)) continue;
    const isGood = Object.hasOwn(optional, name) ? optional[name] : undefined;
    if (isGood === undefined) return `it has an unknown field ${JSON.stringify(name)}`;
    if (!isGood(value)) return `its field ${name} is not what it must be`;
  }
  const {actor} = fields;
  for (const [name, isGood] of Object.entries(actorFields)) {
    if (!isFields(actor) || !isGood(actor[name])) return `its actor's ${name} is not what it must be`;
  }
  for (const [name, isGood] of Object.entries(actorMay)) {
    if (isFields(actor) && Object.hasOwn(actor, name) && !isGood(actor[name]))
      return `its actor's ${name} is not what it must be`;
  }
  if (fields['log'] !== log) return 'it names another log';
  const problem = valueProblem(fields, '', maxBrackets);
  if (problem !== undefined) return problem;
  return canonicalize(fields) === text ? undefined : 'it is not in canonical form';
}
