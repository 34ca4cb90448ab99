// Composition root of the process that asks a database for a step: the request on standard input, rows on standard
// output, what came of it on descriptor 3. It can be ended at any time, which a query inside the runner could not.
import {writeSync} from 'node:fs';
import {text as readText} from 'node:stream/consumers';
import {sqlRequest, type SqlReport} from './engine/runner/query.ts';

const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
});

async function main(): Promise<SqlReport> {
  const given: unknown = JSON.parse(await readText(process.stdin));
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
    writeSync(3, JSON.stringify(report));
    process.exit(0);
  })
  .catch(() => process.exit(1));
