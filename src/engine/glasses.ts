// Closing break-glasses: one entry each, whoever else does it at the same time; what ran out is closed by whoever sees it first.
import {glassKinds, isOver, unclosedGlasses, type Glass} from '../domain/breakglass.ts';
import type {AppendResult, NewEntry} from '../domain/entry.ts';
import type {Clock, Ledger} from '../ports.ts';

/** Whenever somebody else has opened, used or closed one, it is looked again. */
const tries = 20;

export type GlassesClosed =
  {readonly ok: true; readonly closed: readonly Glass[]} | (AppendResult & {readonly ok: false});

/** Closes every glass that is `meant` and that nobody has closed; the count of its uses is the one at that moment. */
export async function closeGlasses(
  ledger: Pick<Ledger, 'read' | 'append'>,
  {why, meant}: {readonly why: 'closed' | 'expired'; readonly meant: (glass: Glass) => boolean},
): Promise<GlassesClosed> {
  for (let round = 1; ; round += 1) {
    const entries = await ledger.read({kinds: [...glassKinds]});
    const closed = unclosedGlasses(entries).filter(meant);
    const [first, ...rest] = closed.map(({glass, used}): NewEntry => ({
      kind: 'breakglass.close',
      body: {glass, why, used},
    }));
    if (first === undefined) return {ok: true, closed: []};
    const result = await ledger.append({
      entries: [first, ...rest],
      ifNewest: {kinds: [...glassKinds], seq: entries.at(-1)?.seq ?? -1},
    });
    if (result.ok) return {ok: true, closed};
    if (result.why !== 'moved' || round >= tries) return result;
  }
}

/** Records the end of every glass that is over; resolves with the ids that this call closed. */
export async function closeExpired(
  ledger: Pick<Ledger, 'read' | 'append' | 'readOnly'>,
  clock: Pick<Clock, 'nowMs'>,
): Promise<readonly string[]> {
  if (ledger.readOnly !== undefined) return [];
  const result = await closeGlasses(ledger, {why: 'expired', meant: glass => isOver(glass, clock.nowMs())});
  return result.ok ? result.closed.map(({glass}) => glass) : [];
}
