// System ledger exports and system proofs: the hash chain over every event of a service.
import {bad, good, isHash, missingOf, type ForeignAnswer} from './answer.ts';
import {canonical, sha256} from './canonical.ts';
import {isList, isObject, textAt, type JsonObject, type JsonValue} from './strict-json.ts';

const eventKeys = [
  'event_type',
  'tenant_id',
  'resource_type',
  'resource_id',
  'payload_hash',
  'prev_hash',
  'event_hash',
] as const;

const noEvents = 'no events: nothing is proved';

/** SHA-256 of `SYSTEM|type|tenant|resource type|resource id|{"payload_hash":…}|prev`, where null counts as empty. */
function eventHash(event: JsonObject): string {
  const payload = canonical(new Map([['payload_hash', event.get('payload_hash') ?? null]]));
  const words = ['event_type', 'tenant_id', 'resource_type', 'resource_id'].map(key => textAt(event, key));
  return sha256(['SYSTEM', ...words, payload, textAt(event, 'prev_hash')].join('|'));
}

const isTextOrNull = (value: JsonValue | undefined): boolean => value === null || typeof value === 'string';

/** Why this event does not go behind the one with the hash `previous` (null: it is the first); undefined when it does. */
export function systemEventProblem(event: JsonValue, previous: string | null): string | undefined {
  if (!isObject(event)) return 'event must be an object';
  const [missing] = missingOf(event, eventKeys);
  if (missing !== undefined) return `missing key: ${missing}`;
  if (typeof event.get('event_type') !== 'string') return 'invalid event_type';
  for (const key of ['tenant_id', 'resource_type', 'resource_id'])
    if (!isTextOrNull(event.get(key))) return `invalid ${key}`;
  if (!isHash(event.get('payload_hash'))) return 'invalid payload_hash';
  const prev = event.get('prev_hash');
  if (prev !== null && !isHash(prev)) return 'invalid prev_hash';
  if (!isHash(event.get('event_hash'))) return 'invalid event_hash';
  if (prev !== previous) return 'prev_hash continuity failure';
  return event.get('event_hash') === eventHash(event) ? undefined : 'event_hash mismatch';
}

function verifyChain(events: readonly JsonValue[]): ForeignAnswer {
  let previous: string | null = null;
  for (const [index, event] of events.entries()) {
    const problem = systemEventProblem(event, previous);
    if (problem !== undefined) return bad(problem, events.length, index);
    previous = isObject(event) ? textAt(event, 'event_hash') : null;
  }
  return events.length === 0 ? bad(noEvents) : good(events.length);
}

export function verifySystemExport(file: JsonObject): ForeignAnswer {
  const events = file.get('events');
  return isList(events) ? verifyChain(events) : bad('events must be a list');
}

export function verifySystemProof(proof: JsonObject): ForeignAnswer {
  const [missing] = missingOf(proof, ['version', 'generated_at', 'event_count', 'last_event_hash', 'events']);
  if (missing !== undefined) return bad(`missing key: ${missing}`);
  if (proof.get('version') !== 1) return bad('unsupported version');
  const events = proof.get('events');
  if (!isList(events)) return bad('events must be a list');
  const count = events.length;
  if (!Number.isInteger(proof.get('event_count'))) return bad('event_count must be an integer', count);
  if (proof.get('event_count') !== count) return bad('event_count mismatch', count);
  const declared = proof.get('last_event_hash');
  const last = events.at(-1);
  if (last === undefined) {
    return bad(declared === null ? noEvents : 'last_event_hash must be null when no events');
  }
  if (!isObject(last) || typeof last.get('event_hash') !== 'string') {
    return bad('invalid event_hash in last event', count, count - 1);
  }
  if (declared !== last.get('event_hash')) return bad('last_event_hash mismatch', count);
  const chain = verifyChain(events);
  if (chain.verified || chain.failure_index === null) return chain;
  const {failure_index: index, failure_reason: reason} = chain;
  return bad(`chain verification failed at index ${index}: ${reason ?? ''}`, count, index);
}
