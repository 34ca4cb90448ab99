// Real TLS servers on loopback that end with the test.
import {createServer as createHttpsServer} from 'node:https';
import type {RequestListener} from 'node:http';
import {createServer, type TlsOptions, type TLSSocket} from 'node:tls';
import {onTestFinished} from 'vitest';
import {listening} from './http-server.ts';

/** Serves HTTPS until the test is over. */
export async function httpsServer(options: TlsOptions, listener: RequestListener): Promise<number> {
  const server = createHttpsServer(options, listener);
  // A client that is refused is an error of the server's, too.
  server.on('tlsClientError', () => undefined);
  const port = await listening(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return port;
}

/** Hands every connection whose handshake is done to `onSocket`. */
export async function tlsServer(
  options: TlsOptions,
  onSocket: (socket: TLSSocket) => void = () => undefined,
): Promise<number> {
  const sockets = new Set<TLSSocket>();
  const server = createServer(options, socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.on('tlsClientError', (_error, socket) => {
    socket.destroy();
  });
  const port = await listening(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return port;
}
