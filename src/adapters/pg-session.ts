// A connection to PostgreSQL as every asker has it: opened within a limit, watched, and closed without waiting for ever.
import type {Socket} from 'node:net';
import pg from 'pg';

export interface PgSession {
  readonly client: pg.Client;
  /** The error with which the connection itself went, apart from what statements answered. */
  readonly broke: () => Error | undefined;
  close(): Promise<void>;
}

/** Not connected yet; `stream` brings a socket of the caller's own. */
export function pgSession(
  url: string,
  {connectMs, stream}: {readonly connectMs: number; readonly stream?: Socket},
): PgSession {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    application_name: 'quarterdeck',
    keepAlive: true,
    ...(stream === undefined ? {} : {stream: () => stream}),
  });
  let broke: Error | undefined;
  client.on('error', error => {
    broke = error;
  });
  return {
    client,
    broke: () => broke,
    close: async () => {
      await Promise.race([client.end().catch(() => undefined), closed(500)]);
    },
  };
}

async function closed(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref();
  });
}

/** Every value as the text that the server sends. */
export const asText = {getTypeParser: () => (text: string | Buffer) => text.toString()};

/** Asks the server to end what that connection does. */
export async function cancelOn(url: string, pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const other = new pg.Client({connectionString: url, connectionTimeoutMillis: 2_000});
  other.on('error', () => undefined);
  try {
    await other.connect();
    await other.query('select pg_cancel_backend($1)', [pid]);
  } catch {
    // Whoever asked ends its own side next, and the server sees the connection go.
  } finally {
    await other.end().catch(() => undefined);
  }
}

export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('; ');
  return error instanceof Error ? error.message : String(error);
}
