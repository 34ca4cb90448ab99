// Ledger entries → rows, the detail of one, and the footer's truth.
import type {Entry, Json, StoredEntry} from '../../domain/entry.ts';
import {say, show, showLines, type Shown} from '../../domain/show.ts';
import type {LedgerRow, LedgerView} from '../../state/model.ts';

export const ledgerRow = ({seq, entry}: StoredEntry): LedgerRow => ({
  seq,
  time: show(`${entry.ts.slice(0, 10)} ${entry.ts.slice(11, 19)}`),
  kind: show(entry.kind),
  operator: show(entry.actor.operator),
  summary: show(summaryOf(entry)),
});

/** What the body says, in one line: the words that tell one entry of a kind from another. */
function summaryOf({run, step, body}: Entry): string {
  const words = [
    run === undefined ? '' : run.slice(-8, -4),
    ...['verdict', 'result', 'say', 'answer', 'service', 'check', 'was', 'now'].map(key => text(body[key])),
    step ?? '',
    ...['message', 'title', 'program', 'why', 'path'].map(key => text(body[key])),
    argvOf(body['argv']),
  ];
  return words.filter(word => word !== '').join('  ');
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const argvOf = (value: Json | undefined): string => (Array.isArray(value) ? value.map(String).join(' ') : '');

/** Everything about one entry: its hashes and the line, spread out for reading. */
export function entryDetail({seq, leaf, entry, line}: StoredEntry): NonNullable<LedgerView['detail']> {
  const bytes = Buffer.byteLength(line);
  return {
    seq,
    lines: [
      say`seq    ${seq}`,
      say`leaf   ${leaf}`,
      say`prev   ${entry.prev}`,
      say`bytes  ${bytes}`,
      say``,
      ...showLines(JSON.stringify(entry, undefined, 2)),
    ],
  };
}

/** The footer's words about how far the log was carried off this machine; anchors come with their feature. */
export const carriedWords: Shown = say`local only`;
