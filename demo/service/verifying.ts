// The service's own verification of what it hands out: answers {verified, failure_index, failure_reason}.
import {createPublicKey, verify} from 'node:crypto';
import {z} from 'zod';
import {canonical, sha256} from './system-ledger.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Verification = {
  readonly verified: boolean;
  readonly failure_index: number | null;
  readonly failure_reason: string | null;
  readonly event_count: number;
  readonly derived_state?: string;
};

const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const fieldsSchema = z.record(z.string(), z.unknown());
const listSchema = z.array(z.unknown());
const hex = (value: unknown, bytes: number): boolean =>
  typeof value === 'string' && value.length === bytes * 2 && /^[0-9a-fA-F]*$/.test(value);
const hash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const fields = (value: unknown): Fields | undefined => fieldsSchema.safeParse(value).data;
const list = (value: unknown): unknown[] | undefined => listSchema.safeParse(value).data;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const yes = (event_count: number): Verification => ({
  verified: true,
  failure_index: null,
  failure_reason: null,
  event_count,
});
const no = (failure_reason: string, event_count = 0, failure_index: number | null = null): Verification => ({
  verified: false,
  failure_index,
  failure_reason,
  event_count,
});
const missing = (value: Fields, keys: readonly string[]): string[] =>
  keys.filter(key => !Object.hasOwn(value, key));

function isSigned(key: unknown, message: unknown, signature: unknown): boolean {
  if (!hex(key, 32) || !hex(signature, 64)) return false;
  try {
    const spki = Buffer.concat([spkiHead, Buffer.from(text(key), 'hex')]);
    const publicKey = createPublicKey({key: spki, format: 'der', type: 'spki'});
    return verify(null, Buffer.from(canonical(message)), publicKey, Buffer.from(text(signature), 'hex'));
  } catch {
    return false; // no point of the curve
  }
}

const matchesKey = (fingerprint: unknown, key: unknown): boolean =>
  hex(key, 32) && fingerprint === sha256(Buffer.from(text(key), 'hex'));

const systemKeys = [
  'event_type',
  'tenant_id',
  'resource_type',
  'resource_id',
  'payload_hash',
  'prev_hash',
  'event_hash',
];

function systemProblem(event: Fields | undefined, previous: string | null): string | undefined {
  if (event === undefined) return 'event must be an object';
  const [absent] = missing(event, systemKeys);
  if (absent !== undefined) return `missing key: ${absent}`;
  if (typeof event['event_type'] !== 'string') return 'invalid event_type';
  for (const key of ['tenant_id', 'resource_type', 'resource_id'])
    if (event[key] !== null && typeof event[key] !== 'string') return `invalid ${key}`;
  if (!hash(event['payload_hash'])) return 'invalid payload_hash';
  if (event['prev_hash'] !== null && !hash(event['prev_hash'])) return 'invalid prev_hash';
  if (!hash(event['event_hash'])) return 'invalid event_hash';
  if (event['prev_hash'] !== previous) return 'prev_hash continuity failure';
  const words = systemKeys.slice(0, 4).map(key => text(event[key]));
  const inner = canonical({payload_hash: event['payload_hash']});
  const expected = sha256(['SYSTEM', ...words, inner, previous ?? ''].join('|'));
  return event['event_hash'] === expected ? undefined : 'event_hash mismatch';
}

export function verifySystem(body: unknown): Verification {
  const events = list(fields(body)?.['events']);
  if (events === undefined) return no('events must be a list');
  let previous: string | null = null;
  for (const [index, item] of events.entries()) {
    const event = fields(item);
    const problem = systemProblem(event, previous);
    if (problem !== undefined) return no(problem, events.length, index);
    previous = text(event?.['event_hash']);
  }
  return events.length === 0 ? no('no events: nothing is proved') : yes(events.length);
}

export function verifySystemProof(body: unknown): Verification {
  const proof = fields(body) ?? {};
  const [absent] = missing(proof, ['version', 'generated_at', 'event_count', 'last_event_hash', 'events']);
  if (absent !== undefined) return no(`missing key: ${absent}`);
  if (proof['version'] !== 1) return no('unsupported version');
  const events = list(proof['events']);
  if (events === undefined) return no('events must be a list');
  const count = events.length;
  if (!Number.isInteger(proof['event_count'])) return no('event_count must be an integer', count);
  if (proof['event_count'] !== count) return no('event_count mismatch', count);
  const declared = proof['last_event_hash'];
  if (count === 0)
    return no(
      declared === null ? 'no events: nothing is proved' : 'last_event_hash must be null when no events',
    );
  const last = fields(events.at(-1))?.['event_hash'];
  if (typeof last !== 'string') return no('invalid event_hash in last event', count, count - 1);
  if (declared !== last) return no('last_event_hash mismatch', count);
  const chain = verifySystem(proof);
  if (chain.verified) return chain;
  const {failure_index: index, failure_reason: reason} = chain;
  return no(`chain verification failed at index ${String(index)}: ${String(reason)}`, count, index);
}

const lineageSigner = ['signer_identity_fingerprint', 'signer_public_key', 'signature'];

function lineageSignature(lineage: Fields): string | undefined {
  const absent = missing(lineage, lineageSigner).length;
  if (absent === 3) return undefined;
  if (absent > 0) return 'incomplete lineage signature fields';
  const {signature, ...rest} = lineage;
  const key = lineage['signer_public_key'];
  if (!matchesKey(lineage['signer_identity_fingerprint'], key)) return 'lineage signer fingerprint mismatch';
  return isSigned(key, rest, signature) ? undefined : 'lineage signature verification failed';
}

function lineageForm(lineage: Fields): string | undefined {
  const keys = [
    'version',
    'tenant_id',
    'consent_id',
    'algorithm',
    'canonicalization',
    'tenant_anchor',
    'events',
  ];
  const absent = missing(lineage, keys);
  if (absent.length > 0) return `missing keys: ${absent.join(', ')}`;
  if (lineage['version'] !== 1) return 'unsupported version';
  if (lineage['algorithm'] !== 'SHA256') return 'unsupported algorithm';
  if (lineage['canonicalization'] !== 'sorted-json-no-whitespace') return 'unsupported canonicalization';
  for (const key of ['tenant_id', 'consent_id'])
    if (typeof lineage[key] !== 'string') return `invalid ${key}`;
  return list(lineage['events']) === undefined ? 'events must be a list' : undefined;
}

function lineageEvent(event: Fields | undefined, head: string, previous: string | null): string | undefined {
  if (event === undefined) return 'event must be an object';
  const [absent] = missing(event, ['action', 'event_hash', 'prev_event_hash', 'created_at']);
  if (absent !== undefined) return `missing event field: ${absent}`;
  const {action, event_hash: own, prev_event_hash: before} = event;
  if (typeof action !== 'string') return 'action must be a string';
  if (!hash(own)) return 'event_hash must be a 64-character hex string';
  if (before !== null && typeof before !== 'string') return 'prev_event_hash must be string or null';
  if (before !== null && !hash(before)) return 'prev_event_hash must be a 64-character hex string';
  if (before !== previous) return 'prev_event_hash does not match chain';
  return own === sha256(`${head}|${action}|{}|${previous ?? ''}`) ? undefined : 'event_hash mismatch';
}

export function verifyLineage(body: unknown): Verification {
  const lineage = fields(body) ?? {};
  const events = list(lineage['events']) ?? [];
  const problem = lineageSignature(lineage) ?? lineageForm(lineage);
  if (problem !== undefined) return no(problem, events.length);
  const tenant = text(lineage['tenant_id']);
  let previous: string | null = null;
  for (const [index, item] of events.entries()) {
    const event = fields(item);
    const wrong = lineageEvent(event, `${tenant}|${text(lineage['consent_id'])}`, previous);
    if (wrong !== undefined) return no(wrong, events.length, index);
    previous = text(event?.['event_hash']);
  }
  if (lineage['tenant_anchor'] !== sha256(`ANCHOR|${tenant}|${previous ?? ''}`))
    return no('tenant_anchor mismatch', events.length);
  return events.length === 0 ? no('no events: nothing is proved') : yes(events.length);
}

export function verifyAnchors(body: unknown): Verification {
  const snapshot = fields(body) ?? {};
  const absent = missing(snapshot, [
    'version',
    'generated_at',
    'algorithm',
    'anchor_count',
    'digest',
    'anchors',
  ]);
  if (absent.length > 0) return no(`missing keys: ${absent.join(', ')}`);
  if (snapshot['version'] !== 1) return no('unsupported version');
  if (snapshot['algorithm'] !== 'SHA256') return no('unsupported algorithm');
  const anchors = list(snapshot['anchors']);
  if (anchors === undefined) return no('anchors must be a list');
  const hashes = anchors.filter(hash);
  if (hashes.length < anchors.length)
    return no(
      'invalid anchor',
      anchors.length,
      anchors.findIndex(anchor => !hash(anchor)),
    );
  const unsorted = hashes.findIndex((anchor, index) => (hashes[index - 1] ?? '') > anchor);
  if (unsorted !== -1) return no('anchors must be sorted', anchors.length, unsorted);
  if (snapshot['anchor_count'] !== anchors.length) return no('anchor_count mismatch', anchors.length);
  if (snapshot['digest'] !== sha256(hashes.join('\n'))) return no('digest mismatch', anchors.length);
  return anchors.length === 0 ? no('no anchors: nothing is proved') : yes(anchors.length);
}
