// PostgreSQL on loopback without installing it: PGlite behind the demo's wire protocol, and servers that only refuse.
import {PGlite} from '@electric-sql/pglite';
import {onTestFinished} from 'vitest';
import {wireServer} from '../../demo/pg/wire.ts';
import {tcpServer} from './http-server.ts';
import {nextTurn} from './wait.ts';

export interface PgServer {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A database of its own with these statements run in it. For beforeAll: the caller closes it. */
export async function makePgServer(setup: string): Promise<PgServer> {
  const db = new PGlite();
  await db.waitReady;
  await db.exec(setup);
  const server = wireServer(db);
  const port = await listenSomewhere(server);
  return {
    url: `postgres://reader@127.0.0.1:${port}/postgres`,
    port,
    close: async () => {
      await server.close();
      // Clients that are let go ask the database whether they left something open.
      await nextTurn();
      await db.close();
    },
  };
}

/** The same, closed when the running test ends. */
export async function pgServer(setup: string): Promise<PgServer> {
  const server = await makePgServer(setup);
  onTestFinished(server.close);
  return server;
}

/** `listen` takes a port; one that was just free may be taken, so others are tried. */
async function listenSomewhere(server: ReturnType<typeof wireServer>): Promise<number> {
  for (let port = 20_000 + (process.pid % 20_000); ; port += 1) {
    try {
      await server.listen(port);
      return port;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

const field = (letter: string, text: string): Buffer => Buffer.from(`${letter}${text}\0`);

/** A server that answers every greeting with this error (PostgreSQL manual, ErrorResponse). */
export async function refusingPg(code: string, message: string): Promise<string> {
  const fields = Buffer.concat([
    field('S', 'FATAL'),
    field('V', 'FATAL'),
    field('C', code),
    field('M', message),
    Buffer.from([0]),
  ]);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  const port = await tcpServer(socket => {
    socket.once('data', () => socket.end(Buffer.concat([head, fields])));
  });
  return `postgres://reader@127.0.0.1:${port}/orders`;
}

/** A server that takes the greeting and says nothing. */
export async function silentPg(): Promise<string> {
  const port = await tcpServer(socket => socket.resume());
  return `postgres://reader@127.0.0.1:${port}/orders`;
}

/** An address where nobody listens. */
export const nobodyPg = (): string => 'postgres://reader@127.0.0.1:1/orders';
