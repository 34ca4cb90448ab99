// Consent proofs: that a consent was active or revoked at a moment, derived from the lineage that comes with it.
import {instantOf, timestamp} from '../domain/time.ts';
import {bad, good, missingOf, type ForeignAnswer} from './answer.ts';
import {oddNumbersReason, signerKeys, verifyLineage} from './lineage.ts';
import {fingerprintOf, isSignedBy} from './signature.ts';
import {isList, isObject, textAt, type JsonObject, type JsonValue} from './strict-json.ts';

type State = 'ACTIVE' | 'REVOKED' | 'UNKNOWN';

const timeForm =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Nanoseconds since the epoch of an RFC 3339 time; undefined when it is none. */
function nanos(value: JsonValue | undefined): bigint | undefined {
  const match = typeof value === 'string' ? timeForm.exec(value) : null;
  if (match === null) return undefined;
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const plain = `${date ?? ''}T${time ?? ''}Z`;
  const ms = instantOf(plain);
  // A date that does not exist comes back as another one.
  if (ms === undefined || timestamp(ms).slice(0, 19) !== plain.slice(0, 19)) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return BigInt(ms - offsetMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function stateAfter(events: readonly JsonObject[]): State {
  let state: State = 'UNKNOWN';
  for (const event of events) {
    switch (textAt(event, 'action')) {
      case 'created':
        state = 'ACTIVE';
        break;
      case 'revoked':
        state = 'REVOKED';
        break;
      case 'updated':
        if (state === 'UNKNOWN') return 'UNKNOWN';
        state = state === 'ACTIVE' ? 'REVOKED' : 'ACTIVE';
        break;
      case 'noop':
        break;
      default:
        return 'UNKNOWN';
    }
  }
  return state;
}

const proofSignerKeys = ['signer_identity_fingerprint', 'signer_public_key', 'proof_signature'] as const;

/** Undefined when the proof is not signed, or its signature holds and its lineage is signed by the same key. */
function signatureProblem(proof: JsonObject, oddNumbers: boolean): string | undefined {
  const missing = missingOf(proof, proofSignerKeys);
  if (missing.length === proofSignerKeys.length) return undefined;
  if (missing.length > 0) return 'incomplete proof signature fields';
  const lineage = proof.get('lineage');
  if (!isObject(lineage) || missingOf(lineage, signerKeys).length > 0)
    return 'signed proof requires signed lineage';
  for (const key of ['signer_identity_fingerprint', 'signer_public_key'])
    if (proof.get(key) !== lineage.get(key)) return 'proof and lineage signer mismatch';
  const key = proof.get('signer_public_key');
  const fingerprint = fingerprintOf(key);
  if (fingerprint === undefined || fingerprint !== proof.get('signer_identity_fingerprint'))
    return 'proof signer fingerprint mismatch';
  if (oddNumbers) return oddNumbersReason;
  const included = proof.get('included_events');
  const last = isList(included) ? included.at(-1) : undefined;
  const signed = new Map<string, JsonValue>([
    ['asserted_at', proof.get('asserted_at') ?? null],
    ['asserted_state', proof.get('asserted_state') ?? null],
    ['lineage_root_hash', isObject(last) ? (last.get('event_hash') ?? '') : ''],
    ['signer_identity_fingerprint', fingerprint],
    ['signer_public_key', key ?? null],
  ]);
  return isSignedBy(key, signed, proof.get('proof_signature'))
    ? undefined
    : 'proof signature verification failed';
}

const topKeys = [
  'version',
  'proof_type',
  'tenant_id',
  'consent_id',
  'asserted_at',
  'asserted_state',
  'tenant_anchor',
  'lineage',
  'included_events',
];

function formProblem(proof: JsonObject): string | undefined {
  const missing = missingOf(proof, topKeys);
  if (missing.length > 0) return `missing keys: ${missing.join(', ')}`;
  if (proof.get('version') !== 1) return 'unsupported version';
  if (proof.get('proof_type') !== 'CONSENT_STATE_AT_TIME') return 'unsupported proof_type';
  if (!['ACTIVE', 'REVOKED'].includes(textAt(proof, 'asserted_state'))) return 'invalid asserted_state';
  if (!isList(proof.get('included_events'))) return 'included_events must be a list';
  if (!isObject(proof.get('lineage'))) return 'lineage must be an object';
  return nanos(proof.get('asserted_at')) === undefined ? 'invalid asserted_at timestamp' : undefined;
}

/** The first included event that is not the lineage's event of that place, or lies after the asserted moment. */
function includedProblem(
  included: readonly JsonValue[],
  lineage: readonly JsonValue[],
  assertedAt: bigint,
): {readonly index: number | null; readonly why: string} | undefined {
  if (included.length === 0) return {index: null, why: 'included_events cannot be empty'};
  if (included.length > lineage.length) return {index: null, why: 'included_events exceeds lineage length'};
  for (const [index, event] of included.entries()) {
    if (!isObject(event)) return {index, why: `included event ${index} must be object`};
    const [missing] = missingOf(event, ['action', 'event_hash', 'created_at']);
    if (missing !== undefined) return {index, why: `missing included event field: ${missing}`};
    const same = lineage[index];
    const isSame =
      isObject(same) &&
      event.size === 3 &&
      ['action', 'event_hash', 'created_at'].every(key => event.get(key) === same.get(key));
    if (!isSame) return {index, why: `included event ${index} does not match lineage`};
    const at = nanos(event.get('created_at'));
    if (at === undefined) return {index, why: 'invalid event timestamp'};
    if (at > assertedAt) return {index, why: 'included event is after asserted_at'};
  }
  const next = lineage[included.length];
  if (next === undefined) return undefined;
  const nextAt = isObject(next) ? nanos(next.get('created_at')) : undefined;
  if (nextAt === undefined) return {index: included.length, why: 'invalid event timestamp'};
  return nextAt <= assertedAt
    ? {index: included.length, why: 'included_events is incomplete for asserted_at'}
    : undefined;
}

export function verifyConsentProof(proof: JsonObject, oddNumbers: boolean): ForeignAnswer {
  const unknown = {derived_state: 'UNKNOWN'} as const;
  const problem = signatureProblem(proof, oddNumbers) ?? formProblem(proof);
  const lineage = proof.get('lineage');
  const included = proof.get('included_events');
  const assertedAt = nanos(proof.get('asserted_at'));
  if (problem !== undefined || !isObject(lineage) || !isList(included) || assertedAt === undefined)
    return {...bad(problem ?? 'lineage must be an object'), ...unknown};
  const chain = verifyLineage(lineage, oddNumbers);
  if (!chain.verified) return {...chain, ...unknown};
  const count = chain.event_count;
  const refuse = (why: string, index: number | null = null): ForeignAnswer => ({
    ...bad(why, count, index),
    ...unknown,
  });
  if (proof.get('tenant_anchor') !== lineage.get('tenant_anchor'))
    return refuse('proof tenant_anchor mismatch');
  if (proof.get('tenant_id') !== lineage.get('tenant_id'))
    return refuse('tenant mismatch between proof and lineage');
  if (proof.get('consent_id') !== lineage.get('consent_id'))
    return refuse('consent mismatch between proof and lineage');
  const list = lineage.get('events');
  const wrong = includedProblem(included, isList(list) ? list : [], assertedAt);
  if (wrong !== undefined) return refuse(wrong.why, wrong.index);
  const state = stateAfter(included.filter(isObject));
  if (state === 'UNKNOWN') return refuse('unable to derive state from included_events');
  if (state !== proof.get('asserted_state'))
    return {...bad('asserted_state mismatch', count), derived_state: state};
  return {
    ...good(count),
    derived_state: state,
    ...(chain.signer === undefined ? {} : {signer: chain.signer}),
  };
}
