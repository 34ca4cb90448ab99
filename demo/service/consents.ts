// Consents of tenants: each a small hash chain of its own, exported as a signed lineage and as proofs of its state.
import {type KeyObject, createPublicKey, randomUUID, sign} from 'node:crypto';
import {z} from 'zod';
import type {Query, Sql} from './db.ts';
import {appendEventIn} from './events.ts';
import {Denial, HttpFailure} from '../shared/http.ts';
import type {Tenant} from './credentials.ts';
import {canonical, sha256} from './system-ledger.ts';

const eventSchema = z.object({
  action: z.string(),
  event_hash: z.string(),
  prev_event_hash: z.string().nullable(),
  created_at: z.string(),
});
type ConsentEvent = z.infer<typeof eventSchema>;
type Signer = {readonly signer_identity_fingerprint: string; readonly signer_public_key: string};
export type Lineage = Awaited<ReturnType<typeof lineageOf>>;

export type Asked = {readonly tenant: Tenant; readonly requestId: string};

/** The key's raw 32 bytes in hex, and their SHA-256. */
function signerOf(key: KeyObject): Signer {
  const raw = createPublicKey(key).export({type: 'spki', format: 'der'}).subarray(-32);
  return {signer_identity_fingerprint: sha256(raw), signer_public_key: raw.toString('hex')};
}

const signed = (key: KeyObject, value: unknown): string =>
  sign(null, Buffer.from(canonical(value)), key).toString('hex');

async function addEvent(query: Query, tenant: string, consent: string, action: string): Promise<void> {
  const [head] = await query(
    'select position, event_hash from consent_events where consent_id = $1 order by position desc limit 1',
    [consent],
  );
  const previous = head === undefined ? null : String(head['event_hash']);
  await query(
    `insert into consent_events (consent_id, position, action, prev_event_hash, event_hash, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      consent,
      head === undefined ? 0 : Number(head['position']) + 1,
      action,
      previous,
      sha256([tenant, consent, action, '{}', previous ?? ''].join('|')),
      new Date().toISOString(),
    ],
  );
}

export async function createConsent(
  sql: Sql,
  {subject_id, purpose}: {subject_id: string; purpose: string},
  {tenant, requestId}: Asked,
): Promise<unknown> {
  const id = randomUUID();
  await sql.transaction(async query => {
    await query(
      'insert into consents (id, tenant_id, subject_id, purpose, created_at) values ($1, $2, $3, $4, $5)',
      [id, tenant, subject_id, purpose, new Date().toISOString()],
    );
    await addEvent(query, tenant, id, 'created');
    await appendEventIn(query, {
      type: 'consent.created',
      tenant,
      payload: {purpose},
      requestId,
      resource: {type: 'consent', id},
    });
  });
  return {id, status: 'ACTIVE'};
}

export async function withdrawConsent(sql: Sql, id: string, {tenant, requestId}: Asked): Promise<unknown> {
  await ownConsent(sql, id, tenant);
  await sql.transaction(async query => {
    await query('select id from consents where id = $1 for update', [id]);
    const [last] = await query(
      'select action from consent_events where consent_id = $1 order by position desc limit 1',
      [id],
    );
    if (last?.['action'] === 'revoked')
      throw new HttpFailure(409, 'CONFLICT', 'The consent is withdrawn already.');
    await addEvent(query, tenant, id, 'revoked');
    await appendEventIn(query, {
      type: 'consent.revoked',
      tenant,
      payload: {},
      requestId,
      resource: {type: 'consent', id},
    });
  });
  return {id, status: 'REVOKED'};
}

/** The events of a consent of this tenant; another tenant's is not found, and that is remembered. */
async function ownConsent(sql: Sql, id: string, tenant: Tenant): Promise<{events: ConsentEvent[]}> {
  const [found] = await sql.query('select id from consents where id = $1 and tenant_id = $2', [id, tenant]);
  if (found === undefined) throw new Denial(404, 'NOT_FOUND', 'This tenant has no such consent.', tenant);
  const rows = await sql.query('select * from consent_events where consent_id = $1 order by position', [id]);
  return {events: rows.map(row => eventSchema.parse(row))};
}

const anchorOf = (tenant: string, root: string): string => sha256(`ANCHOR|${tenant}|${root}`);

/** The stored chain of a consent, signed. */
export async function lineageOf(sql: Sql, id: string, tenant: Tenant, key: KeyObject) {
  const {events} = await ownConsent(sql, id, tenant);
  const unsigned = {
    version: 1,
    tenant_id: tenant,
    consent_id: id,
    algorithm: 'SHA256',
    canonicalization: 'sorted-json-no-whitespace',
    tenant_anchor: anchorOf(tenant, events.at(-1)?.event_hash ?? ''),
    events,
    ...signerOf(key),
  };
  return {...unsigned, signature: signed(key, unsigned)};
}

/** That the consent was active or revoked at a moment, with the lineage that shows it. */
export function proofAt(lineage: Lineage, assertedAt: string, key: KeyObject): unknown {
  const until = Date.parse(assertedAt);
  const included = lineage.events
    .filter(({created_at}) => Date.parse(created_at) <= until)
    .map(({action, event_hash, created_at}) => ({action, event_hash, created_at}));
  const last = included.at(-1);
  if (last === undefined) throw new HttpFailure(404, 'NOT_FOUND', 'There was no consent yet at that moment.');
  const state = last.action === 'created' ? 'ACTIVE' : 'REVOKED';
  const {signer_identity_fingerprint, signer_public_key} = lineage;
  return {
    version: 1,
    proof_type: 'CONSENT_STATE_AT_TIME',
    tenant_id: lineage.tenant_id,
    consent_id: lineage.consent_id,
    asserted_at: assertedAt,
    asserted_state: state,
    tenant_anchor: lineage.tenant_anchor,
    lineage,
    included_events: included,
    signer_identity_fingerprint,
    signer_public_key,
    proof_signature: signed(key, {
      asserted_at: assertedAt,
      asserted_state: state,
      lineage_root_hash: last.event_hash,
      signer_identity_fingerprint,
      signer_public_key,
    }),
  };
}

/** The anchors of all consents of all tenants, sorted, under one digest. */
export async function anchorSnapshot(sql: Sql): Promise<unknown> {
  const rows = await sql.query(
    `select distinct on (c.id) c.tenant_id, e.event_hash from consents c
     join consent_events e on e.consent_id = c.id order by c.id, e.position desc`,
  );
  const anchors = [
    ...new Set(rows.map(row => anchorOf(String(row['tenant_id']), String(row['event_hash'])))),
  ].sort();
  return {
    version: 1,
    generated_at: new Date().toISOString(),
    algorithm: 'SHA256',
    anchor_count: anchors.length,
    digest: sha256(anchors.join('\n')),
    anchors,
  };
}
