// Forward-only migrations: THE list, in order. An applied one is never edited; a later one corrects it.
import {createHash} from 'node:crypto';
import type {Sql} from './db.ts';
import {DemoError} from '../shared/text.ts';

export type Migration = {readonly id: string; readonly sql: string};

export const migrations: readonly Migration[] = [
  {
    id: '0001_events',
    sql: `
      create table events (
        seq bigint primary key check (seq >= 0),
        id text not null unique,
        type text not null,
        tenant text not null,
        payload text not null,
        payload_hash text not null,
        request_id text not null,
        created_at text not null,
        prev_hash text unique,
        hash text not null unique
      );
      create unique index events_one_beginning on events ((prev_hash is null)) where prev_hash is null;`,
  },
  {
    id: '0002_append_only',
    sql: `
      create function refuse_change() returns trigger language plpgsql as
        $body$ begin raise exception 'the event ledger is append-only' using errcode = 'P0001'; end $body$;
      create trigger events_append_only before update or delete on events for each row execute function refuse_change();
      create trigger events_no_truncate before truncate on events for each statement execute function refuse_change();`,
  },
  {
    id: '0003_worker',
    sql: `
      create table worker_progress (worker text primary key, delivered_seq bigint not null, beat_at text not null);`,
  },
  {
    id: '0004_evidence',
    sql: `
      create table system_events (
        position bigint primary key check (position >= 0),
        id text not null unique,
        event_type text not null,
        tenant_id text,
        resource_type text,
        resource_id text,
        payload_hash text not null,
        prev_hash text unique,
        event_hash text not null unique,
        created_at text not null
      );
      create unique index system_events_one_beginning on system_events ((prev_hash is null)) where prev_hash is null;
      create table consents (
        id text primary key,
        tenant_id text not null,
        subject_id text not null,
        purpose text not null,
        created_at text not null
      );
      create table consent_events (
        consent_id text not null references consents (id),
        position integer not null,
        action text not null,
        prev_event_hash text,
        event_hash text not null,
        created_at text not null,
        primary key (consent_id, position)
      );
      create trigger system_append_only before update or delete on system_events
        for each row execute function refuse_change();
      create trigger system_no_truncate before truncate on system_events
        for each statement execute function refuse_change();
      create trigger consent_append_only before update or delete on consent_events
        for each row execute function refuse_change();`,
  },
];

/** The heads of the migrations in this code: the last one; a list, since a forked history would have several. */
export function codeHeads(): string[] {
  const last = migrations.at(-1);
  return last === undefined ? [] : [last.id];
}

/** The head that the database says it has, or null when nothing was applied. Rejects when the database cannot be asked. */
export async function databaseHead(sql: Sql): Promise<string | null> {
  const table = await sql.query(`select to_regclass('schema_migrations') is not null as exists`);
  if (table[0]?.['exists'] !== true) return null;
  const rows = await sql.query('select id from schema_migrations order by id desc limit 1');
  const id = rows[0]?.['id'];
  return typeof id === 'string' ? id : null;
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

/** Applies what is missing up to and including `target` (default: all), each in a transaction; the applied ids. Never goes back. */
export async function migrateForward(sql: Sql, target: string | undefined): Promise<string[]> {
  const end = target === undefined ? migrations.length - 1 : migrations.findIndex(({id}) => id === target);
  await sql.query(
    'create table if not exists schema_migrations (id text primary key, checksum text not null, applied_at text not null)',
  );
  const rows = await sql.query('select id, checksum from schema_migrations');
  const applied = new Map(rows.map(row => [row['id'], row['checksum']]));
  const done: string[] = [];
  for (const [index, migration] of migrations.entries()) {
    const known = applied.get(migration.id);
    if (known !== undefined && known !== checksum(migration)) {
      throw new DemoError(
        'MIGRATION_EDITED',
        `Migration ${migration.id} was edited after it had been applied.`,
        {
          exit: 1,
          hint: 'Restore it as it was and write a new migration for the change.',
        },
      );
    }
    if (known !== undefined && index > end) {
      throw new DemoError(
        'MIGRATION_AHEAD',
        `The database is already past ${target ?? ''}: ${migration.id} is applied.`,
        {
          exit: 1,
          hint: 'Migrations only go forward; correct a mistake with a new migration.',
        },
      );
    }
    if (known !== undefined || index > end) continue;
    await sql.transaction(async query => {
      await query(migration.sql);
      await query('insert into schema_migrations (id, checksum, applied_at) values ($1, $2, $3)', [
        migration.id,
        checksum(migration),
        new Date().toISOString(),
      ]);
    });
    done.push(migration.id);
  }
  return done;
}
