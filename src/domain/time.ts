// Instants as text and back, without the global clock: RFC 3339 UTC with milliseconds, as entries carry them.

const pattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?Z$/;
const dayMs = 86_400_000;

/** Days since 1970-01-01 of a Gregorian date; months count from 1. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Milliseconds since the epoch; undefined when `text` is no RFC 3339 UTC time. */
export function instantOf(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = match
    .slice(1)
    .map(part => Number(part));
  return (
    daysOf(year, month, day) * dayMs +
    ((hour * 60 + minute) * 60 + second) * 1000 +
    (Number.isNaN(ms) ? 0 : ms)
  );
}

const anyPattern =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;

/** The same for times of others: any RFC 3339 offset and fraction; milliseconds, finer parts cut. */
export function foreignInstant(text: string): number | undefined {
  const [, date, time, fraction = '', sign, hours, minutes] = anyPattern.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const ms = instantOf(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return ms === undefined ? undefined : sign === '-' ? ms + offsetMs : ms - offsetMs;
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ` of milliseconds since the epoch. */
export function timestamp(ms: number): string {
  const days = Math.floor(ms / dayMs);
  const rest = ms - days * dayMs;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [3_600_000, 60_000, 1000].map((unit, i) =>
    two(Math.floor(rest / unit) % (i === 0 ? 24 : 60)),
  );
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock.join(':')}.${String(rest % 1000).padStart(3, '0')}Z`;
}

/** `YYYYMMDDTHHMMSSZ-<8 hex>`: the name of a run. */
export const runId = (ms: number, random: Uint8Array): string =>
  `${timestamp(ms).slice(0, 19).replaceAll(/[-:]/g, '')}Z-${Buffer.from(random).toString('hex').slice(0, 8)}`;
