// The verdict with all that is said beside it.
import type {Finding, Report} from '../../domain/evidence.ts';
import {hexOf} from '../bytes.ts';
import type {Verifier} from '../note.ts';
import type {Bad, Facts} from './facts.ts';
import {keyInForce} from './keys.ts';
import {checkpointedIn, missingIn} from './rules.ts';

/** The largest checkpoint that a receipt says was carried to another machine; of equals the first. */
function witnessedIn({scan, context}: Facts): Report['witnessed'] {
  let found: Report['witnessed'] = null;
  for (const {kind, ts, body} of [...scan.said, ...context]) {
    const {anchor, size, ok, offHost} = body;
    if (kind !== 'anchor.receipt' || ok !== true || offHost !== true) continue;
    if (typeof anchor !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size)) continue;
    if (size > (found?.size ?? 0)) found = {size, where: anchor, at: ts};
  }
  return found;
}

const newest = 'that the newest entries were not cut off together with their checkpoints';

/** What holds for any log, however good it is. */
const never = [
  'that everything that happened was written: an act can be kept from the log before it is recorded',
  'that the wall clock was right',
  'acts outside the console',
  'anything against a process of the same account, which could write a new log and sign it',
];

/** They are whatever the exporter put there. */
const programs =
  'what README.txt, verify.py and verify.html in the bundle say: they are not derived from the entries';

const who = (beside: string): string =>
  `who signed: the key was read from the ${beside} that it vouches for (give one from elsewhere with --vkey)`;

export interface Situation {
  readonly source: 'directory' | 'bundle';
  readonly given: Verifier | undefined;
  readonly hasNotes: boolean;
  /** What else remains open here. */
  readonly open: readonly string[];
}

function notProved({source, given, hasNotes, open}: Situation): readonly string[] {
  const later =
    source === 'directory'
      ? `${newest} (give one that was kept elsewhere with --checkpoint)`
      : 'what the log says after this bundle, or whether it was cut since: compare its head with a newer bundle';
  return [
    ...(given === undefined ? [who(source)] : []),
    ...(hasNotes ? [] : [later]),
    ...open,
    ...(source === 'bundle' ? [programs] : []),
    ...never,
  ];
}

/** What a report says when nothing could be read: how many entries and checkpoints there seem to be. */
export interface Unread {
  readonly entries: number;
  readonly checkpoints: number;
  readonly keyId: string;
}

export function findingOf(
  bad: Bad | undefined,
  read: {readonly facts: Facts; readonly checkpoints: number} | Unread,
  situation: Situation,
): Finding {
  const {given, source} = situation;
  const facts = 'facts' in read ? read.facts : undefined;
  const root = facts?.roots.get(facts.size);
  const report: Report = {
    verified: bad === undefined,
    verdict: bad?.verdict ?? 'intact',
    failure_index: bad?.index ?? null,
    failure_reason: bad?.reason ?? null,
    entries: 'facts' in read ? read.facts.lines + read.facts.extraLines : read.entries,
    checkpointed: facts === undefined ? 0 : checkpointedIn(facts),
    witnessed: facts === undefined ? null : witnessedIn(facts),
    redacted: facts === undefined ? 0 : missingIn(facts).redacted,
    head: {
      size: facts?.size ?? ('entries' in read ? read.entries : 0),
      root: root === undefined ? '' : hexOf(root),
    },
    checkpoints: read.checkpoints,
    key: {
      id: given?.id ?? ('facts' in read ? keyInForce(read.facts).id : read.keyId),
      source: given === undefined ? source : 'given',
    },
    not_proved: notProved(situation),
  };
  return {report, proof: bad?.proof};
}
