// The service's own append-only event ledger: a hash chain over all fields, kept in the database. Each event also gets a
// row of the system ledger, in the same transaction.
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import type {Query, Sql} from './db.ts';
import {appendSystem, canonical, sha256} from './system-ledger.ts';

const eventSchema = z.object({
  seq: z.coerce.number().int(),
  id: z.string(),
  type: z.string(),
  tenant: z.string(),
  payload: z.string(),
  payload_hash: z.string(),
  request_id: z.string(),
  created_at: z.string(),
  prev_hash: z.string().nullable(),
  hash: z.string(),
});
export type LedgerEvent = z.infer<typeof eventSchema>;
export type NewEvent = {
  readonly type: string;
  readonly tenant: string;
  readonly payload: unknown;
  readonly requestId: string;
  /** What it is about; without it, the event itself. */
  readonly resource?: {readonly type: string; readonly id: string};
};
export type ChainReport = {
  readonly verified: boolean;
  readonly event_count: number;
  readonly last_hash: string | null;
  readonly failure_index: number | null;
  readonly failure_reason: string | null;
};

/** SHA-256 (lowercase hex) of the canonical JSON (RFC 8785) of every field except `hash` itself. */
function eventHash(event: Omit<LedgerEvent, 'hash'>): string {
  const {seq, id, type, tenant, payload, payload_hash, request_id, created_at, prev_hash} = event;
  return sha256(canonical({seq, id, type, tenant, payload, payload_hash, request_id, created_at, prev_hash}));
}

/** Appends one event at the head of the chain; the table lock makes writers take turns, so the chain never forks. */
export async function appendEvent(sql: Sql, event: NewEvent): Promise<LedgerEvent> {
  return await sql.transaction(query => appendEventIn(query, event));
}

/** The same inside a transaction that does more. */
export async function appendEventIn(
  query: Query,
  {type, tenant, payload, requestId, resource}: NewEvent,
): Promise<LedgerEvent> {
  await query('lock table events in exclusive mode');
  const [head] = await query('select seq, hash from events order by seq desc limit 1');
  const text = canonical(payload);
  const unhashed = {
    seq: head === undefined ? 0 : Number(head['seq']) + 1,
    id: randomUUID(),
    type,
    tenant,
    payload: text,
    payload_hash: sha256(text),
    request_id: requestId,
    created_at: new Date().toISOString(),
    prev_hash: head === undefined ? null : String(head['hash']),
  };
  const event = {...unhashed, hash: eventHash(unhashed)};
  await query(
    `insert into events (seq, id, type, tenant, payload, payload_hash, request_id, created_at, prev_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      event.seq,
      event.id,
      event.type,
      event.tenant,
      event.payload,
      event.payload_hash,
      event.request_id,
      event.created_at,
      event.prev_hash,
      event.hash,
    ],
  );
  await appendSystem(query, {
    id: event.id,
    event_type: type,
    tenant_id: tenant === 'system' ? null : tenant,
    resource_type: resource?.type ?? 'event',
    resource_id: resource?.id ?? event.id,
    payload_hash: event.payload_hash,
    created_at: event.created_at,
  });
  return event;
}

/** Events with seq above `after`, oldest first, at most `limit`. */
export async function listEvents(
  sql: Sql,
  {after, limit}: {after: number; limit: number},
): Promise<LedgerEvent[]> {
  const rows = await sql.query('select * from events where seq > $1 order by seq limit $2', [after, limit]);
  return rows.map(row => eventSchema.parse(row));
}

/** Recomputes a chain from the stored fields; the index and reason of the first event that does not fit. */
export function verifyChain(events: readonly LedgerEvent[]): ChainReport {
  let previous: string | null = null;
  for (const [index, event] of events.entries()) {
    const reason =
      event.seq !== index
        ? 'seq is not continuous'
        : event.prev_hash !== previous
          ? 'prev_hash continuity failure'
          : event.payload_hash !== sha256(event.payload)
            ? 'payload_hash mismatch'
            : event.hash !== eventHash(event)
              ? 'event_hash mismatch'
              : null;
    if (reason !== null) {
      return {
        verified: false,
        event_count: events.length,
        last_hash: null,
        failure_index: index,
        failure_reason: reason,
      };
    }
    previous = event.hash;
  }
  return {
    verified: true,
    event_count: events.length,
    last_hash: previous,
    failure_index: null,
    failure_reason: null,
  };
}

/** Verifies the whole stored chain. An empty one verifies nothing and says so by its count. */
export async function verifyStored(sql: Sql): Promise<ChainReport> {
  const events: LedgerEvent[] = [];
  for (;;) {
    const page = await listEvents(sql, {after: events.at(-1)?.seq ?? -1, limit: 1000});
    events.push(...page);
    if (page.length < 1000) return verifyChain(events);
  }
}
