// The way to the database: few connections, and a limit on everything, since a filtered database never answers.
import {Pool} from 'pg';
import {z} from 'zod';

export type Row = Readonly<Record<string, unknown>>;
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
export type Sql = {
  readonly query: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

const connectLimitMs = 1000;
// pg answers an array of results when one text holds several statements; their rows are of no interest.
const rowsSchema = z.array(z.record(z.string(), z.unknown()));

/** A small pool. Every query ends within one second more than its limit, with rows or with an error. */
export function openSql(connectionString: string, {queryLimitMs = 1000} = {}): Sql {
  const pool = new Pool({
    connectionString,
    max: 3,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: queryLimitMs,
    idleTimeoutMillis: 10_000,
  });
  pool.on('error', () => undefined); // an idle connection broke: the next query opens another or says why it cannot

  return {
    query: async (text, values = []) => toRows(await pool.query(text, [...values])),
    transaction: async work => {
      const client = await pool.connect();
      client.on('error', ignore);
      try {
        await client.query('begin');
        const result = await work(async (text, values) =>
          toRows(await (values === undefined ? client.query(text) : client.query(text, [...values]))),
        );
        await client.query('commit');
        client.off('error', ignore);
        client.release();
        return result;
      } catch (error) {
        client.release(true); // closing the connection rolls back, also where no answer comes any more
        throw error;
      }
    },
    close: () => pool.end(),
  };
}

function ignore(): void {
  // the failing query reports the same error
}

function toRows(result: unknown): readonly Row[] {
  if (typeof result !== 'object' || result === null || !('rows' in result)) return [];
  return rowsSchema.parse(result.rows);
}
