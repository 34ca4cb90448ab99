// Evidence of other systems, judged by its bytes alone (R15, R16): what it is, whether it holds, and what that leaves open.
import type {ForeignAnswer, Shape} from './answer.ts';
import {verifyAnchors} from './anchors.ts';
import {verifyConsentProof} from './consent-proof.ts';
import {verifyLineage} from './lineage.ts';
import {isList, isObject, readStrictJson, textAt, type JsonObject} from './strict-json.ts';
import {verifySystemExport, verifySystemProof} from './system.ts';

export type {ForeignAnswer, Shape} from './answer.ts';

/** The most that is read of one file. */
export const maxForeignBytes = 64 * 1024 * 1024;

export interface Expected {
  /** The tenant that the file must be about. */
  readonly tenant?: string;
  /** Fingerprint of the key that must have signed it. */
  readonly signer?: string;
}

export type ForeignVerdict =
  | {
      readonly at: 'judged';
      readonly what: Shape;
      readonly answer: ForeignAnswer;
      /** What a good answer does not show. */
      readonly notProved: readonly string[];
    }
  /** Not strict JSON, or nothing that is known. */
  | {readonly at: 'unreadable'; readonly why: string};

/** Which artifact an object is, by the members that only it has. */
function shapeOf(file: JsonObject): Shape | undefined {
  if (file.has('proof_type')) return 'consent proof';
  if (file.has('anchors')) return 'anchor snapshot';
  if (file.has('canonicalization') || file.has('tenant_anchor') || file.has('consent_id'))
    return 'consent lineage';
  if (!file.has('events')) return undefined;
  return file.has('event_count') || file.has('last_event_hash') ? 'system proof' : 'system ledger export';
}

function judge(what: Shape, file: JsonObject, oddNumbers: boolean): ForeignAnswer {
  switch (what) {
    case 'system ledger export':
      return verifySystemExport(file);
    case 'system proof':
      return verifySystemProof(file);
    case 'consent lineage':
      return verifyLineage(file, oddNumbers);
    case 'consent proof':
      return verifyConsentProof(file, oddNumbers);
    case 'anchor snapshot':
      return verifyAnchors(file);
  }
}

/** What was expected and is not so; looked at only when everything else holds. */
function unexpected(file: JsonObject, answer: ForeignAnswer, {tenant, signer}: Expected): string | undefined {
  if (tenant !== undefined && file.get('tenant_id') !== tenant) {
    const says = file.get('tenant_id');
    return typeof says === 'string'
      ? `tenant mismatch: it is about ${says}`
      : 'tenant mismatch: it names no tenant';
  }
  if (signer !== undefined && answer.signer !== signer)
    return answer.signer === undefined
      ? 'signer mismatch: it is not signed'
      : `signer mismatch: ${answer.signer}`;
  return undefined;
}

const barFields = ['event_type', 'tenant_id', 'resource_type', 'resource_id', 'action'];

function hasBar(file: JsonObject): boolean {
  const events = file.get('events');
  return (
    isList(events) &&
    events.some(event => isObject(event) && barFields.some(key => textAt(event, key).includes('|')))
  );
}

function leftOpen(what: Shape, file: JsonObject, answer: ForeignAnswer, {signer}: Expected): string[] {
  const lines: string[] = [];
  if (what === 'system ledger export')
    lines.push('that no events are missing at the end: the format has no count');
  if (what === 'system proof')
    lines.push('that the events are all that there were: whoever made the file wrote its count');
  if (what.startsWith('system')) lines.push('when events happened: their times are not under the hashes');
  if (what === 'consent lineage' || what === 'consent proof') {
    if (answer.signer === undefined) lines.push('who made it: it is not signed');
    else if (signer === undefined)
      lines.push(`whose key signed it: compare the fingerprint ${answer.signer} with one obtained elsewhere`);
    if (answer.signer === undefined) lines.push('when events happened: their times are not under the hashes');
  }
  if (what === 'anchor snapshot')
    lines.push('that the anchors belong to real lineages: compare them with exports');
  if (hasBar(file)) lines.push('where fields with "|" end: other fields would give the same hash');
  return lines;
}

/** Whether the bytes look like evidence of another system: a JSON object. What it is, `verifyForeign` says. */
export function isForeign(bytes: Uint8Array): boolean {
  const first = bytes.find(byte => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b;
}

/** Judges one artifact. The same bytes give the same answer, here and everywhere. */
export function verifyForeign(bytes: Uint8Array, expected: Expected = {}): ForeignVerdict {
  const read = readStrictJson(bytes, maxForeignBytes);
  if (read.at === 'refused') return {at: 'unreadable', why: read.why};
  const file = read.value;
  if (!isObject(file)) return {at: 'unreadable', why: 'it is not a JSON object'};
  const what = shapeOf(file);
  if (what === undefined) {
    const keys = [...file.keys()].slice(0, 8).map(key => JSON.stringify(key));
    return {
      at: 'unreadable',
      why: `no known artifact has the keys ${keys.join(', ') || '(none)'}; known are exports with "events", system proofs, consent lineages and proofs, and anchor snapshots`,
    };
  }
  const answer = judge(what, file, read.oddNumbers);
  if (!answer.verified) return {at: 'judged', what, answer, notProved: []};
  const wrong = unexpected(file, answer, expected);
  if (wrong !== undefined)
    return {at: 'judged', what, answer: {...answer, verified: false, failure_reason: wrong}, notProved: []};
  return {at: 'judged', what, answer, notProved: leftOpen(what, file, answer, expected)};
}
