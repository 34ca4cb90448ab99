// Conditions on a text of which perhaps only the beginning was read: what the rest could change is not decided.
import type {Assertion} from '../expect.ts';
import type {Given} from '../condition.ts';
import {isObject} from '../json.ts';
import {meets} from '../operators.ts';

/** What a longer text cannot take back: found once, it is there. */
const final: Readonly<Record<string, boolean>> = {
  contains: true,
  notContains: false,
  matches: true,
  notMatches: false,
  startsWith: true,
  exists: true,
};

/** Assertions on the text; with `cut`, those that the unread part could change are undecided. */
export function meetsText(
  what: string,
  text: string,
  {given, cut, nowMs}: {readonly given: Given; readonly cut: boolean; readonly nowMs: number},
): Assertion[] {
  if (!cut) return meets(what, text, given, nowMs);
  const conditions: Readonly<Record<string, unknown>> = isObject(given) ? given : {eq: given};
  return Object.entries(conditions).flatMap(([name, want]) =>
    meets(what, text, {[name]: want}, nowMs).map(one =>
      one.ok === final[name] ? one : {...one, ok: undefined, actual: 'a text too long to be read whole'},
    ),
  );
}
