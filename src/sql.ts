// Composition root of the process that asks a database: for a step, with the request on standard input, rows on standard
// output and what came of it on descriptor 3; for a look at an SQLite file, with the answer on standard output. It can be
// ended at any time, which a query inside the runner or the console could not.
import {writeSync} from 'node:fs';
import {text as readText} from 'node:stream/consumers';
import {sqlRequest, type SqlReport} from './engine/runner/query.ts';
import {sqliteLook} from './look/sqlite-program.ts';

const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
});

async function main(): Promise<SqlReport | undefined> {
  const given: unknown = JSON.parse(await readText(process.stdin));
  const look = sqliteLook.safeParse(given);
  if (look.success) {
    write(JSON.stringify((await import('./adapters/sqlite.ts')).lookSqlite(look.data)));
    return undefined;
  }
  const {source, ...request} = sqlRequest.parse(given);
  const asked = {...request, write, signal: stop.signal};
  return source.type === 'postgres'
    ? (await import('./adapters/postgres.ts')).askPostgres(source.url, asked)
    : (await import('./adapters/sqlite.ts')).askSqlite(source.path, asked);
}

/** Waits until it is taken, so that a long answer never lies in memory. */
function write(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

main()
  .catch((error: unknown): SqlReport => {
    return {at: 'lost', sent: true, message: error instanceof Error ? error.message : String(error)};
  })
  .then(report => {
    if (report !== undefined) writeSync(3, JSON.stringify(report));
    process.exit(0);
  })
  .catch(() => process.exit(1));
