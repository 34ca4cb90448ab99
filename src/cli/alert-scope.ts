// What `SERVICE[/CHECK]` and `label:NAME` on a command line mean, the book of alerts, and reading it.
import type {CommandContext} from '../define.ts';
import {bookAfter, bookKinds, emptyBook, type AlertBook} from '../domain/alert.ts';
import {QdError} from '../domain/error.ts';
import {toldBy} from '../domain/maintenance.ts';
import {didYouMean} from '../domain/nearest.ts';
import {everything, scopesOf} from '../domain/scope.ts';
import {showBytes, type Shown} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import type {Ledger} from '../ports.ts';

/** The scopes as typed; throws UNKNOWN_NAME naming the nearest that there is. */
export function scopesTyped(names: readonly string[], site: Pick<Site, 'services'>): readonly string[] {
  const known = [...scopesOf(site), everything];
  const unknown = names.find(name => !known.includes(name));
  if (unknown === undefined) return [...new Set(names)];
  throw new QdError(
    'UNKNOWN_NAME',
    `There is no service, check or label ${unknown}.${didYouMean(unknown, known)}`,
    {
      hint: 'A service, service/check, label:NAME, or * for everything.',
    },
  );
}

export const bookIn = async (ledger: Ledger): Promise<AlertBook> => {
  const entries = await ledger.read({kinds: [...bookKinds]});
  return bookAfter(
    emptyBook,
    entries.flatMap(stored => toldBy(stored) ?? []),
  );
};

/** Reads a ledger that may be written by others meanwhile, and puts it away. */
export async function reading<T>(context: CommandContext, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await context.ledgerFiles.openToRead(await context.homeDir());
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** A text that lies beside an entry; undefined when it was erased or there is none. */
export async function textBeside(
  ledger: Pick<Ledger, 'disclosure'>,
  seq: number | undefined,
  pointer: string,
): Promise<Shown | undefined> {
  const bytes = seq === undefined ? undefined : await ledger.disclosure(seq, pointer);
  return bytes === undefined ? undefined : showBytes(bytes);
}
