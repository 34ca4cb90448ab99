// Ledger entries → rows, and the detail of one.
import type {Entry, Json, LedgerHead, StoredEntry} from '../../domain/entry.ts';
import {say, show, showByteLines, showLines, type Shown} from '../../domain/show.ts';
import type {LedgerRow, LedgerView} from '../../state/model.ts';

export const ledgerRow = ({seq, entry}: StoredEntry): LedgerRow => ({
  seq,
  run: entry.run,
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

/** A commitment of an entry, and the value behind it when that is still there. */
export interface Disclosure {
  readonly ptr: string;
  readonly sd: string;
  readonly bytes: Uint8Array | undefined;
}

/** What is known around an entry: who follows, what covers it, and the values beside it. */
export interface Surroundings {
  readonly head: LedgerHead;
  readonly values: readonly Disclosure[];
}

/** Everything about one entry: its place in the chain, what covers it, the values beside it, and the line. */
export function entryDetail(
  {seq, leaf, entry, line}: StoredEntry,
  {head, values}: Surroundings,
): NonNullable<LedgerView['detail']> {
  const {prev, ts, kind, actor, of, run, session} = entry;
  const signed =
    head.checkpointSize > seq
      ? say`yes, by the checkpoint of size ${head.checkpointSize}`
      : say`not yet: the newest checkpoint covers ${head.checkpointSize} entries`;
  return {
    seq,
    run,
    intent: of,
    lines: [
      say`${seq}  ${kind}  ${ts}`,
      say`by ${actor.operator} (${actor.via}, uid ${actor.uid})  session ${session}`,
      say``,
      say`leaf    ${leaf}`,
      seq === 0 ? say`prev    ${prev}  the name of the log` : say`prev    ${prev}  entry ${seq - 1}`,
      say`bytes   ${Buffer.byteLength(line)}`,
      say`signed  ${signed}`,
      ...values.flatMap(disclosureLines),
      say``,
      ...showLines(JSON.stringify(entry, undefined, 2)),
    ],
  };
}

/** More of a value is read with `quarterdeck ledger show`. */
const maxValueLines = 200;

function disclosureLines({ptr, sd, bytes}: Disclosure): readonly Shown[] {
  if (bytes === undefined) return [say``, say`${ptr}  erased; the commitment ${sd} stays`];
  const lines = showByteLines(bytes);
  const rest = lines.length - maxValueLines;
  return [
    say``,
    say`${ptr}  ${bytes.length} bytes, behind the commitment ${sd}`,
    ...lines.slice(0, maxValueLines).map(text => say`  ${text}`),
    ...(rest > 0 ? [say`  … ${rest} more lines: quarterdeck ledger show`] : []),
  ];
}
