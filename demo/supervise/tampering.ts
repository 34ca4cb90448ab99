// Changing the stored event ledger behind the service's back, as somebody with the database's password could, and undoing it.
import {z} from 'zod';
import type {Query, Sql} from '../service/db.ts';
import {appendEvent} from '../service/events.ts';
import {codeHeads} from '../service/migrations.ts';
import {DemoError, messageOf} from '../shared/text.ts';

const tables = ['events', 'system_events'] as const;
const cutRows = 3;

const savedSchema = z.object({
  how: z.enum(['changed', 'cut']),
  /** Rows as they were, as a JSON array a table. */
  rows: z.object({events: z.string(), system_events: z.string()}),
});

/** The first events of every start, so that there is a ledger to look at. */
export async function recordBoot(sql: Sql, migrationLines: readonly string[]): Promise<void> {
  const append = async (type: string, payload: unknown): Promise<unknown> =>
    appendEvent(sql, {type, tenant: 'system', payload, requestId: 'boot'});
  for (const line of migrationLines.filter(text => text.startsWith('applied ')))
    await append('schema.migrated', {migration: line.slice('applied '.length)});
  await append('app.startup', {migration_head: codeHeads().join(',')});
}

/** Runs with the triggers that guard the ledger switched off, in one transaction. */
async function pastTriggers(sql: Sql, work: (query: Query) => Promise<void>): Promise<void> {
  try {
    await sql.transaction(async query => {
      await query('lock table events in exclusive mode');
      for (const table of tables) await query(`alter table ${table} disable trigger user`);
      await work(query);
      for (const table of tables) await query(`alter table ${table} enable trigger user`);
    });
  } catch (error) {
    if (error instanceof DemoError) throw error;
    throw new DemoError('DB_UNAVAILABLE', `The database did not do it: ${messageOf(error)}`, {
      exit: 2,
      hint: 'Bring the database up first: `ctl start database`.',
      cause: error,
    });
  }
}

async function rowsOf(query: Query, table: string, ids: readonly string[]): Promise<string> {
  const [row] = await query(
    `select coalesce(json_agg(t), '[]')::text as rows from ${table} t where t.id = any($1)`,
    [ids],
  );
  const rows = row?.['rows'];
  return typeof rows === 'string' ? rows : '[]';
}

/** Keeps the rows in the database; one fault of this kind at a time. */
async function save(query: Query, how: 'changed' | 'cut', ids: readonly string[]): Promise<void> {
  await query('create table if not exists fault_saved (how text not null, saved text not null)');
  const before = await query('select how from fault_saved');
  if (before.length > 0) {
    throw new DemoError('FAULT_ON', 'The event ledger is changed already.', {
      exit: 2,
      hint: 'Switch the other fault off first.',
    });
  }
  const rows = {
    events: await rowsOf(query, 'events', ids),
    system_events: await rowsOf(query, 'system_events', ids),
  };
  await query('insert into fault_saved (how, saved) values ($1, $2)', [how, JSON.stringify({how, rows})]);
}

async function newestIds(query: Query): Promise<string[]> {
  const rows = await query('select id from system_events order by position desc limit 100');
  if (rows.length < 2) {
    throw new DemoError('NO_EVENTS', 'There are not enough events to change.', {
      exit: 2,
      hint: 'Append some: POST /api/events.',
    });
  }
  return rows.map(row => String(row['id']));
}

/** Changes one event in the middle of the newest hundred; its hashes stay, so that the chain no longer fits. */
export async function tamper(sql: Sql): Promise<void> {
  await pastTriggers(sql, async query => {
    const ids = await newestIds(query);
    const id = ids[Math.floor(ids.length / 2)] ?? '';
    await save(query, 'changed', [id]);
    await query(`update events set payload = '{"amount":999999}' where id = $1`, [id]);
    await query(`update system_events set resource_id = resource_id || '-forged' where id = $1`, [id]);
  });
}

/** Deletes the newest events. What is left fits together: only something kept elsewhere shows the loss. */
export async function truncate(sql: Sql): Promise<void> {
  await pastTriggers(sql, async query => {
    const ids = await newestIds(query);
    const cut = ids.slice(0, Math.min(cutRows, ids.length - 1));
    await save(query, 'cut', cut);
    for (const table of tables) await query(`delete from ${table} where id = any($1)`, [cut]);
  });
}

/** Puts back what a fault changed or cut. Events written after a cut stood in its place, and go. */
export async function restoreEvents(sql: Sql): Promise<void> {
  const [exists] = await sql.query(`select to_regclass('fault_saved') is not null as exists`);
  if (exists?.['exists'] !== true) return;
  await pastTriggers(sql, async query => {
    const [row] = await query('select saved from fault_saved');
    if (row === undefined) return;
    const {how, rows} = savedSchema.parse(JSON.parse(String(row['saved'])));
    for (const table of tables) {
      const order = table === 'events' ? 'seq' : 'position';
      const saved = `json_populate_recordset(null::${table}, $1::json)`;
      if (how === 'cut')
        await query(`delete from ${table} where ${order} >= (select min(${order}) from ${saved})`, [
          rows[table],
        ]);
      else await query(`delete from ${table} where id in (select id from ${saved})`, [rows[table]]);
      await query(`insert into ${table} select * from ${saved}`, [rows[table]]);
    }
    await query('delete from fault_saved');
  });
}
