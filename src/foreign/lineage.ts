// Consent lineages: the chain of one consent of one tenant, bound to the tenant by its anchor, signed or not.
import {bad, good, isHash, missingOf, type ForeignAnswer} from './answer.ts';
import {sha256, without} from './canonical.ts';
import {fingerprintOf, isSignedBy} from './signature.ts';
import {isList, isObject, textAt, type JsonObject, type JsonValue} from './strict-json.ts';

export const signerKeys = ['signer_identity_fingerprint', 'signer_public_key', 'signature'] as const;

/** Numbers that no two languages write alike leave the signed bytes open. */
export const oddNumbersReason = 'a number in the signed part has no canonical form';

const anchorOf = (tenant: string, root: string): string => sha256(`ANCHOR|${tenant}|${root}`);

/** The signature first, whatever else is wrong: undefined when there is none, or it holds. */
function signatureProblem(lineage: JsonObject, oddNumbers: boolean): string | undefined {
  const missing = missingOf(lineage, signerKeys);
  if (missing.length === signerKeys.length) return undefined;
  if (missing.length > 0) return 'incomplete lineage signature fields';
  const key = lineage.get('signer_public_key');
  const fingerprint = fingerprintOf(key);
  if (fingerprint === undefined || fingerprint !== lineage.get('signer_identity_fingerprint'))
    return 'lineage signer fingerprint mismatch';
  if (oddNumbers) return oddNumbersReason;
  return isSignedBy(key, without(lineage, 'signature'), lineage.get('signature'))
    ? undefined
    : 'lineage signature verification failed';
}

const topKeys = [
  'version',
  'tenant_id',
  'consent_id',
  'algorithm',
  'canonicalization',
  'tenant_anchor',
  'events',
];

function formProblem(lineage: JsonObject): string | undefined {
  const missing = missingOf(lineage, topKeys);
  if (missing.length > 0) return `missing keys: ${missing.join(', ')}`;
  if (lineage.get('version') !== 1) return 'unsupported version';
  if (lineage.get('algorithm') !== 'SHA256') return 'unsupported algorithm';
  if (lineage.get('canonicalization') !== 'sorted-json-no-whitespace') return 'unsupported canonicalization';
  for (const key of ['tenant_id', 'consent_id'])
    if (typeof lineage.get(key) !== 'string') return `invalid ${key}`;
  return isList(lineage.get('events')) ? undefined : 'events must be a list';
}

/** Why this event does not go here. Its hash covers tenant, consent, action, the empty payload and the hash before it. */
function eventProblem(event: JsonValue, before: string, previous: string | null): string | undefined {
  if (!isObject(event)) return 'event must be an object';
  const [missing] = missingOf(event, ['action', 'event_hash', 'prev_event_hash', 'created_at']);
  if (missing !== undefined) return `missing event field: ${missing}`;
  const action = event.get('action');
  if (typeof action !== 'string') return 'action must be a string';
  const hash = event.get('event_hash');
  const prev = event.get('prev_event_hash');
  if (!isHash(hash)) return 'event_hash must be a 64-character hex string';
  if (prev !== null && typeof prev !== 'string') return 'prev_event_hash must be string or null';
  if (prev !== null && !isHash(prev)) return 'prev_event_hash must be a 64-character hex string';
  if (prev !== previous) return 'prev_event_hash does not match chain';
  return hash === sha256(`${before}|${action}|{}|${previous ?? ''}`) ? undefined : 'event_hash mismatch';
}

export function verifyLineage(lineage: JsonObject, oddNumbers: boolean): ForeignAnswer {
  const list = lineage.get('events');
  const events = isList(list) ? list : [];
  const problem = signatureProblem(lineage, oddNumbers) ?? formProblem(lineage);
  if (problem !== undefined) return bad(problem, events.length);
  const tenant = textAt(lineage, 'tenant_id');
  const before = `${tenant}|${textAt(lineage, 'consent_id')}`;
  let previous: string | null = null;
  for (const [index, event] of events.entries()) {
    const wrong = eventProblem(event, before, previous);
    if (wrong !== undefined) return bad(wrong, events.length, index);
    previous = isObject(event) ? textAt(event, 'event_hash') : null;
  }
  if (lineage.get('tenant_anchor') !== anchorOf(tenant, previous ?? '')) {
    return bad('tenant_anchor mismatch', events.length);
  }
  if (events.length === 0) return bad('no events: nothing is proved');
  const signer = lineage.get('signer_identity_fingerprint');
  return {...good(events.length), ...(typeof signer === 'string' ? {signer} : {})};
}
