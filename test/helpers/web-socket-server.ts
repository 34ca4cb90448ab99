// A WebSocket server on loopback that only opens connections, well or badly, as the test says.
import {createHash} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {createServer} from 'node:http';
import {createServer as createHttpsServer} from 'node:https';
import type {Socket} from 'node:net';
import type {TlsOptions} from 'node:tls';
import {onTestFinished} from 'vitest';
import {listening} from './http-server.ts';

export interface WebSocketWish {
  readonly protocol?: string;
  /** Headers in the place of the right ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Refuses with this status whoever it says no to. */
  readonly refuse?: (request: IncomingMessage) => number | undefined;
  readonly tls?: TlsOptions;
}

export async function webSocketServer({protocol, headers = {}, refuse, tls}: WebSocketWish): Promise<number> {
  const server = tls === undefined ? createServer() : createHttpsServer(tls);
  server.on('tlsClientError', () => undefined);
  // A connection that became a WebSocket is the server's no more.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('upgrade', (request: IncomingMessage, socket) => {
    socket.on('error', () => undefined);
    const status = refuse?.(request);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    const key = String(request.headers['sec-websocket-key']);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const said: Record<string, string | undefined> = {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': accept,
      ...(protocol === undefined ? {} : {'Sec-WebSocket-Protocol': protocol}),
      ...headers,
    };
    const lines = Object.entries(said).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}`],
    );
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
  });
  const port = await listening(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return port;
}
