// Whether the session that walks a run is still there.
import {sessionOpen} from '../../domain/kinds-session.ts';
import type {Ledger, Processes} from '../../ports.ts';

/** `gone` only when that is proven: it was closed, or its process is not there any more. */
export async function sessionState(
  session: string,
  {ledger, processes}: {readonly ledger: Ledger; readonly processes: Processes},
): Promise<'live' | 'gone'> {
  const entries = await ledger.read({kinds: ['session.open', 'session.close'], reverse: true});
  for (const {entry} of entries) {
    if (entry.session !== session) continue;
    if (entry.kind === 'session.close') return 'gone';
    const name = sessionOpen.safeParse(entry.body).data?.process;
    if (name !== undefined) return processes.alive(name) ? 'live' : 'gone';
  }
  return 'live';
}
