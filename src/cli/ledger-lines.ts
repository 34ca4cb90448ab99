// How entries are printed: one line each, or one entry in full.
import type {Entry, StoredEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {clip, say, show, type Shown} from '../domain/show.ts';
import type {Ledger} from '../ports.ts';

const scalar = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;

/** The plain fields of a body, in its order. */
function summaryOf({body}: Entry): string {
  const parts = Object.entries(body).flatMap(([key, value]) => {
    const text = scalar(value);
    return text === undefined || /^[0-9a-f]{64}$/.test(text) ? [] : [`${key}=${text}`];
  });
  return parts.join(' ');
}

/** `seq time kind operator run step summary`, cut to the width. */
export function entryLine({seq, entry}: StoredEntry, columns: number): Shown {
  const {ts, kind, actor, run, step} = entry;
  const where = [run?.slice(-8), step].filter(word => word !== undefined).join(' ');
  const words = [
    String(seq).padStart(6),
    ts.slice(0, 19).replace('T', ' '),
    kind.padEnd(14),
    actor.operator,
    where,
    summaryOf(entry),
  ];
  return clip(show(words.filter(word => word !== '').join('  ')), columns);
}

/** What `--json` prints for one entry. */
export const entryJson = ({seq, leaf, entry}: StoredEntry): Record<string, unknown> => ({seq, leaf, entry});

/** The id of the run that `name` is, or is the end of; throws RUN_NOT_FOUND. */
export async function runNamed(ledger: Ledger, name: string): Promise<string> {
  const starts = await ledger.read({kinds: ['run.start']});
  const ids = [...new Set(starts.map(({entry}) => entry.run).filter(run => run !== undefined))];
  const found = ids.filter(id => id === name || id.endsWith(name));
  const [only] = found;
  if (only !== undefined && (found.length === 1 || only === name)) return only;
  const hint =
    found.length > 1
      ? `It could be ${found.slice(0, 5).join(', ')}: give more of it.`
      : 'The runs are listed by: quarterdeck runbook list, and by: quarterdeck ledger tail';
  throw new QdError(
    'RUN_NOT_FOUND',
    found.length > 1 ? `Several runs end in "${name}".` : `There is no run "${name}".`,
    {hint},
  );
}

export const headLine = (size: number, root: string): Shown =>
  say`checkpoint: ${size} entries, root ${root.slice(0, 16)}`;
