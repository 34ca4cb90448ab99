// Break-glasses that ran out are closed by an entry, by whoever sees it first.
import {glassKinds, isOver, unclosedGlasses} from '../domain/breakglass.ts';
import type {NewEntry} from '../domain/entry.ts';
import type {Clock, Ledger} from '../ports.ts';

/** Records the end of every glass that is over; resolves with their ids, none when there was nothing to do. */
export async function closeExpired(
  ledger: Pick<Ledger, 'read' | 'append' | 'readOnly'>,
  clock: Pick<Clock, 'nowMs'>,
): Promise<readonly string[]> {
  if (ledger.readOnly !== undefined) return [];
  const unclosed = unclosedGlasses(await ledger.read({kinds: [...glassKinds]}));
  const over = unclosed.filter(glass => isOver(glass, clock.nowMs()));
  const [first, ...rest] = over.map(({glass, used}): NewEntry => ({
    kind: 'breakglass.close',
    body: {glass, why: 'expired', used},
  }));
  if (first === undefined) return [];
  const result = await ledger.append({entries: [first, ...rest]});
  return result.ok ? over.map(({glass}) => glass) : [];
}
