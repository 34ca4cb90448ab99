// When a line of a log was written, from the line itself. A time without a zone is read as UTC.
import {foreignInstant} from '../../../src/domain/time.ts';
import {readPattern} from '../../../src/pattern.ts';
import {isObject, parseJson} from '../json.ts';
import {valuesAt} from '../json-path.ts';
import {timeOf} from '../operators.ts';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const two = (text: string | undefined): string => (text ?? '').trim().padStart(2, '0');

const monthOf = (name: string | undefined): string => two(String(months.indexOf(name ?? '') + 1));

const iso =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s?(Z|z|UTC|[+-]\d{2}:?\d{2})?(?![\d:])/;
const syslog = /^([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2})(?!\d)/;
const common = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})\]/;
const epoch = /^\[?(\d{9,13}(?:\.\d+)?)(?=[\]\s:,]|$)/;

/** What may stand before the time: brackets, and the priority of syslog. */
const before = /^(?:<\d{1,3}>\d? ?)?[[({"]?/;

/** A time that people and programs write; `nowMs` gives syslog's times their year. */
export function readTime(text: string, nowMs: number): number | undefined {
  const rest = text.replace(before, '');
  const [, date, time, fraction = '0', zone] = iso.exec(rest) ?? [];
  if (date !== undefined && time !== undefined)
    return foreignInstant(`${date}T${time}.${fraction}${/^[+-]/.test(zone ?? '') ? (zone ?? 'Z') : 'Z'}`);
  const [, day, month, year, clock, offset] = common.exec(text) ?? [];
  if (month !== undefined && clock !== undefined)
    return foreignInstant(`${year ?? ''}-${monthOf(month)}-${day ?? ''}T${clock}${offset ?? 'Z'}`);
  const [, name, date2, clock2] = syslog.exec(rest) ?? [];
  if (name !== undefined && clock2 !== undefined && months.includes(name)) {
    const thisYear = yearOf(nowMs);
    const at = (which: number): number | undefined =>
      foreignInstant(`${which}-${monthOf(name)}-${two(date2)}T${clock2}Z`);
    const now = at(thisYear);
    // December's lines in January.
    return now !== undefined && now > nowMs + 86_400_000 ? at(thisYear - 1) : now;
  }
  const [, number] = epoch.exec(rest) ?? [];
  return number === undefined ? undefined : timeOf(Number(number));
}

/** The civil year of a moment in UTC. */
function yearOf(ms: number): number {
  let year = 1970 + Math.floor(ms / 31_556_952_000);
  if ((foreignInstant(`${year}-01-01T00:00:00Z`) ?? 0) > ms) year -= 1;
  return year;
}

/** Names under which programs write the time of a record. */
const fields = ['ts', 'time', 'timestamp', '@timestamp', 'at', 'date'];

/** The time of a record: at the path that is given, else under a usual name. */
export function recordTime(record: unknown, path: string | undefined, nowMs: number): number | undefined {
  const values =
    path === undefined
      ? isObject(record)
        ? fields.flatMap(name => (Object.hasOwn(record, name) ? [record[name]] : []))
        : []
      : valuesAt(record, path).values;
  for (const value of values) {
    const ms = timeOf(value) ?? (typeof value === 'string' ? readTime(value, nowMs) : undefined);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

/** How the time of a line is found: its field in JSON, a pattern whose first group it is, or by its look. */
export interface TimeOf {
  readonly json?: string | undefined;
  readonly pattern?: string | undefined;
}

/** A function that reads the time of a line; the pattern is read once. */
export function lineTimes({json, pattern}: TimeOf, nowMs: number): (line: string) => number | undefined {
  const read = pattern === undefined ? undefined : readPattern(pattern);
  return line => {
    if (read !== undefined) {
      const found = 'problem' in read ? undefined : read.first(line);
      return found === undefined ? undefined : readTime(found, nowMs);
    }
    if (json === undefined && !line.startsWith('{')) return readTime(line, nowMs);
    const parsed = parseJson(line);
    return parsed === undefined ? undefined : recordTime(parsed.value, json, nowMs);
  };
}
