// Receipts → the footer's truth about how far the log was carried off this machine.
import type {Anchor} from '../../domain/anchor.ts';
import {instantOf} from '../../domain/time.ts';
import {standingOf, type Dated} from '../../evidence/anchors/receipts.ts';
import type {CarriedView} from '../../state/model.ts';

/** From the newest receipts, newest first: what went to another machine, and which of today's anchors do not work. */
export function carriedOf(receipts: readonly Dated[], anchors: readonly Anchor[]): CarriedView {
  const away = receipts.filter(({ok, offHost}) => ok && offHost);
  const largest = away.reduce((most, {size}) => Math.max(most, size), 0);
  const newest = away.find(({size}) => size === largest);
  const last = newest && {size: newest.size, atMs: instantOf(newest.ts) ?? 0};
  const others = anchors.filter(({offHost}) => offHost);
  const failing = others.filter(anchor => standingOf(anchor, receipts).last?.ok === false).length;
  if (failing > 0 && (failing === others.length || last === undefined)) return {at: 'failed', last};
  return last === undefined ? {at: 'local'} : {at: 'off-host', ...last, failing};
}
