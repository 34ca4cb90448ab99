// When a runbook is due to be read again, from `reviewed` and `review_every`.
import {durationMs} from './duration.ts';
import type {RunbookMeta} from './runbook.ts';
import {instantOf} from './time.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Whole days that the review is overdue (0 = since less than a day); undefined: it is not, or no date says so. */
export function overdueDays(
  {reviewed, reviewEvery}: Pick<RunbookMeta, 'reviewed' | 'reviewEvery'>,
  nowMs: number,
): number | undefined {
  if (reviewed === undefined || reviewEvery === undefined) return undefined;
  const every = durationMs(reviewEvery);
  const at = /^\d{4}-\d\d-\d\d$/.test(reviewed) ? instantOf(`${reviewed}T00:00:00Z`) : instantOf(reviewed);
  if (every === undefined || at === undefined || nowMs <= at + every) return undefined;
  return Math.floor((nowMs - at - every) / dayMs);
}
