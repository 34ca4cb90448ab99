// The PostgreSQL wire protocol in front of one PGlite: many TCP clients, one backend, taken in turns.
// PGlite's own socket server hands over single messages, so that two clients' Parse and Bind mix; here a turn is a whole exchange.
import type {PGlite} from '@electric-sql/pglite';
import {type Server, type Socket, createServer} from 'node:net';

const protocolVersion3 = 196_608;
const encryptionRequests = new Set([80_877_103, 80_877_104]); // SSL, GSS
const cancelRequest = 80_877_102;
const maxMessageBytes = 8 * 1024 * 1024;
const endsExchange = new Set(['Q', 'S', 'F'].map(letter => letter.charCodeAt(0))); // Query, Sync, FunctionCall
const terminate = 'X'.charCodeAt(0);

type Exchange = {readonly client: Socket; readonly messages: readonly Uint8Array[]};

export type WireServer = {
  /** Starts to listen; with `null` it has stopped listening and the clients it has hear nothing until it listens again. */
  listen(port: number | null): Promise<void>;
  close(): Promise<void>;
};

/** Serves `db` to PostgreSQL clients. A client inside a transaction keeps the backend until it ends or the client leaves. */
export function wireServer(db: PGlite): WireServer {
  const clients = new Set<Socket>();
  const waiting: Exchange[] = [];
  let owner: Socket | undefined;
  let isBusy = false;
  let server: Server | undefined;

  const serve = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (;;) {
      const index = waiting.findIndex(({client}) => owner === undefined || owner === client);
      const exchange = waiting[index];
      if (exchange === undefined) break;
      waiting.splice(index, 1);
      await run(exchange);
    }
    isBusy = false;
  };

  const run = async ({client, messages}: Exchange): Promise<void> => {
    try {
      for (const message of messages) {
        const answer = await db.execProtocolRaw(message);
        if (!client.destroyed) client.write(answer);
      }
      owner = db.isInTransaction() ? client : undefined;
      if (owner?.destroyed === true) await release(client);
    } catch (error) {
      client.destroy(error instanceof Error ? error : undefined);
      await release(client);
    }
  };

  const release = async (client: Socket): Promise<void> => {
    if (owner !== client) return;
    owner = undefined;
    if (db.isInTransaction()) await db.exec('ROLLBACK');
  };

  const accept = (client: Socket): void => {
    clients.add(client);
    client.setNoDelay(true);
    const split = messageSplitter();
    let pending: Uint8Array[] = [];
    client.on('data', chunk => {
      for (const part of split(chunk)) {
        if (part.kind === 'refuse-encryption') client.write('N');
        if (part.kind === 'leave') client.end();
        if (part.kind === 'broken') client.destroy();
        if (part.kind !== 'message') continue;
        pending.push(part.bytes);
        if (!part.ends) continue;
        waiting.push({client, messages: pending});
        pending = [];
      }
      void serve();
    });
    client.on('error', () => client.destroy()); // a client that went away is no fault of the server
    client.on('close', () => {
      clients.delete(client);
      for (let index = waiting.length - 1; index >= 0; index -= 1) {
        if (waiting[index]?.client === client) waiting.splice(index, 1);
      }
      if (!isBusy) void release(client).then(serve);
    });
    if (server === undefined) client.pause();
  };

  const stopListening = async (): Promise<void> => {
    const current = server;
    server = undefined;
    if (current === undefined) return;
    current.close(() => undefined); // frees the port at once; its callback would wait for the clients that stay
    await new Promise(resolve => setImmediate(resolve));
  };

  return {
    listen: async port => {
      await stopListening();
      if (port === null) {
        for (const client of clients) client.pause();
        return;
      }
      const next = createServer(accept);
      await new Promise<void>((resolve, reject) => {
        next.once('error', reject);
        next.listen({host: '127.0.0.1', port}, resolve);
      });
      server = next;
      for (const client of clients) client.resume();
    },
    close: async () => {
      await stopListening();
      for (const client of clients) client.destroy();
    },
  };
}

type Part =
  | {readonly kind: 'message'; readonly bytes: Uint8Array; readonly ends: boolean}
  | {readonly kind: 'refuse-encryption'}
  | {readonly kind: 'leave'}
  | {readonly kind: 'broken'};

/** Cuts a client's bytes into messages (PostgreSQL manual, "Message Formats"); the first one carries no type letter. */
function messageSplitter(): (chunk: Buffer) => Part[] {
  let rest = Buffer.alloc(0);
  let isStarted = false;

  const first = (): Part | undefined => {
    if (rest.length < 8) return undefined;
    const size = rest.readInt32BE(0);
    const code = rest.readInt32BE(4);
    if (size < 8 || size > 10_000) return {kind: 'broken'};
    if (rest.length < size) return undefined;
    const bytes = take(size);
    if (encryptionRequests.has(code)) return {kind: 'refuse-encryption'};
    if (code === cancelRequest) return {kind: 'leave'};
    if (code !== protocolVersion3) return {kind: 'broken'};
    isStarted = true;
    return {kind: 'message', bytes, ends: true};
  };

  const later = (): Part | undefined => {
    if (rest.length < 5) return undefined;
    const size = 1 + rest.readInt32BE(1);
    if (size < 5 || size > maxMessageBytes) return {kind: 'broken'};
    if (rest.length < size) return undefined;
    const bytes = take(size);
    const letter = bytes[0] ?? 0;
    if (letter === terminate) return {kind: 'leave'};
    return {kind: 'message', bytes, ends: endsExchange.has(letter)};
  };

  const take = (size: number): Uint8Array => {
    const bytes = new Uint8Array(rest.subarray(0, size));
    rest = rest.subarray(size);
    return bytes;
  };

  return chunk => {
    rest = Buffer.concat([rest, chunk]);
    const parts: Part[] = [];
    for (;;) {
      const part = isStarted ? later() : first();
      if (part === undefined) return parts;
      parts.push(part);
      if (part.kind === 'broken') return parts;
    }
  };
}
