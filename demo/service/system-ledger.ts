// The system ledger: for every event a row of a hash chain that is exported as it is stored. It covers no times and no ids.
import canonicalize from 'canonicalize';
import {createHash} from 'node:crypto';
import {z} from 'zod';
import type {Query, Sql} from './db.ts';

const rowSchema = z.object({
  id: z.string(),
  event_type: z.string(),
  tenant_id: z.string().nullable(),
  resource_type: z.string().nullable(),
  resource_id: z.string().nullable(),
  payload_hash: z.string(),
  prev_hash: z.string().nullable(),
  event_hash: z.string(),
  created_at: z.string(),
});
export type SystemEvent = z.infer<typeof rowSchema>;

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function canonical(value: unknown): string {
  return canonicalize(value) ?? 'null';
}

/** `SYSTEM|type|tenant|resource type|resource id|{"payload_hash":…}|prev`; null counts as empty. */
function systemHash(event: Omit<SystemEvent, 'id' | 'event_hash' | 'created_at'>): string {
  const payload = canonical({payload_hash: event.payload_hash});
  const words = [event.event_type, event.tenant_id, event.resource_type, event.resource_id];
  return sha256(['SYSTEM', ...words.map(word => word ?? ''), payload, event.prev_hash ?? ''].join('|'));
}

/** Adds a row at the head; the caller's transaction holds the lock of the events table. */
export async function appendSystem(
  query: Query,
  event: Omit<SystemEvent, 'prev_hash' | 'event_hash'>,
): Promise<void> {
  const [head] = await query('select position, event_hash from system_events order by position desc limit 1');
  const prev_hash = head === undefined ? null : String(head['event_hash']);
  const position = head === undefined ? 0 : Number(head['position']) + 1;
  const {id, event_type, tenant_id, resource_type, resource_id, payload_hash, created_at} = event;
  await query(
    `insert into system_events
       (position, id, event_type, tenant_id, resource_type, resource_id, payload_hash, prev_hash, event_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      position,
      id,
      event_type,
      tenant_id,
      resource_type,
      resource_id,
      payload_hash,
      prev_hash,
      systemHash({event_type, tenant_id, resource_type, resource_id, payload_hash, prev_hash}),
      created_at,
    ],
  );
}

/** Every row as it is stored, oldest first: nothing is computed again, so what was changed shows. */
export async function exportSystem(sql: Sql): Promise<SystemEvent[]> {
  const rows = await sql.query('select * from system_events order by position');
  return rows.map(row => rowSchema.parse(row));
}

export function proofOf(events: readonly SystemEvent[]): unknown {
  return {
    version: 1,
    generated_at: new Date().toISOString(),
    event_count: events.length,
    last_event_hash: events.at(-1)?.event_hash ?? null,
    events: events.map(event => ({
      event_type: event.event_type,
      tenant_id: event.tenant_id,
      resource_type: event.resource_type,
      resource_id: event.resource_id,
      payload_hash: event.payload_hash,
      prev_hash: event.prev_hash,
      event_hash: event.event_hash,
    })),
  };
}
