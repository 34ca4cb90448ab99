// Real HTTP and TCP servers on loopback that end with the test.
import {createServer} from 'node:http';
import type {RequestListener} from 'node:http';
import {createServer as createTcpServer} from 'node:net';
import type {Server, Socket} from 'node:net';
import {onTestFinished} from 'vitest';

/** Listens on a free port of loopback; the port. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Serves until the test is over; `origin` is `http://127.0.0.1:PORT`. */
export async function httpServer(
  listener: RequestListener,
): Promise<{readonly origin: string; readonly port: number}> {
  const server = createServer(listener);
  const port = await listening(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return {origin: `http://127.0.0.1:${port}`, port};
}

/** Hands every connection to `onSocket` until the test is over. */
function rawServer(onSocket: (socket: Socket) => void): Server {
  const sockets = new Set<Socket>();
  const server = createTcpServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return server;
}

/** The port on which every connection is handed to `onSocket`. */
export const tcpServer = async (onSocket: (socket: Socket) => void): Promise<number> =>
  listening(rawServer(onSocket));

/** The same on a socket file. */
export async function socketServer(path: string, onSocket: (socket: Socket) => void): Promise<void> {
  const server = rawServer(onSocket);
  await new Promise<void>(resolve => server.listen(path, resolve));
}
