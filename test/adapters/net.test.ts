import {describe, expect, test} from 'vitest';
import {createNet} from '../../src/adapters/net.ts';
import {tcpServer} from '../helpers/http-server.ts';

const connect = async (host: string, port: number, signal = new AbortController().signal) =>
  createNet().connect({host, port, timeoutMs: 5_000, signal});

describe('net', () => {
  test('connects, by address and by name, and closes', async () => {
    const closed: Promise<void>[] = [];
    const port = await tcpServer(socket => {
      closed.push(
        new Promise(
          resolve =>
            void socket.on('close', () => {
              resolve();
            }),
        ),
      );
      socket.resume();
    });
    expect(await connect('127.0.0.1', port)).toMatchObject({at: 'connected', address: '127.0.0.1'});
    expect(await connect('localhost', port)).toMatchObject({at: 'connected'});
    await Promise.all(closed);
  });

  test('a closed port, an unknown name and a refused address are told apart', async () => {
    expect(await connect('127.0.0.1', 1)).toMatchObject({at: 'failed', kind: 'connect'});
    expect(await connect('nothing.invalid', 80)).toMatchObject({at: 'failed', kind: 'dns'});
    expect(await connect('169.254.169.254', 80)).toMatchObject({at: 'failed', kind: 'config'});
    expect(await connect('2852039166', 80)).toMatchObject({at: 'failed', kind: 'config'});
    expect(await connect('[::ffff:a9fe:a9fe]', 80)).toMatchObject({at: 'failed', kind: 'config'});
  });

  test('an aborted attempt is no answer', async () => {
    expect(await connect('127.0.0.1', 1, AbortSignal.abort())).toMatchObject({at: 'failed', kind: 'noData'});
  });
});
