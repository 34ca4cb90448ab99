// When a runbook is due to be read again, from `reviewed` and `review_every`.
import {durationMs} from './duration.ts';
import type {RunbookMeta} from './runbook.ts';
import {instantOf} from './time.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** When it is due to be read again, in milliseconds; undefined: no two dates say so. */
export function reviewDueMs({
  reviewed,
  reviewEvery,
}: Pick<RunbookMeta, 'reviewed' | 'reviewEvery'>): number | undefined {
  if (reviewed === undefined || reviewEvery === undefined) return undefined;
  const every = durationMs(reviewEvery);
  const at = /^\d{4}-\d\d-\d\d$/.test(reviewed) ? instantOf(`${reviewed}T00:00:00Z`) : instantOf(reviewed);
  return every === undefined || at === undefined ? undefined : at + every;
}

/** Whole days that the review is overdue (0 = since less than a day); undefined: it is not, or no date says so. */
export function overdueDays(
  meta: Pick<RunbookMeta, 'reviewed' | 'reviewEvery'>,
  nowMs: number,
): number | undefined {
  const due = reviewDueMs(meta);
  return due === undefined || nowMs <= due ? undefined : Math.floor((nowMs - due) / dayMs);
}
