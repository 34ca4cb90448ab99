// A review that is overdue, in words.
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {RunbookView} from '../../src/state/model.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** `review overdue 12d`; undefined when it is not. */
export function overdue({reviewDueMs}: RunbookView, nowMs: number): Shown | undefined {
  if (reviewDueMs === undefined || nowMs <= reviewDueMs) return undefined;
  const days = Math.floor((nowMs - reviewDueMs) / dayMs);
  return days === 0 ? say`review due` : say`review overdue ${days}d`;
}
