// The real Net port: one connection, over TCP with the address rules of http or to a socket file, and at most one exchange.
import {connect as open} from 'node:net';
import type {Kind} from '../domain/verdict.ts';
import type {ConnectAnswer, Net} from '../ports.ts';
import {guardedLookup, refuseLiteral, type Lookup} from './address.ts';
import {failure, isTimeLimit} from './failure.ts';

/** The Net port. A name with several addresses passes when one of them answers. */
export function createNet({lookup}: {readonly lookup?: Lookup} = {}): Net {
  return {
    async connect({host, port, path, say, timeoutMs, signal, allow}): Promise<ConnectAnswer> {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const place = path ?? (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
      const failed = (kind: Kind, message: string): ConnectAnswer => ({
        at: 'failed',
        kind,
        message,
        durationMs: took(),
      });
      const refused = path === undefined ? refuseLiteral(host, allow) : undefined;
      if (refused !== undefined) return failed('config', refused.message);
      if (signal.aborted) return failed('noData', 'stopped before connecting');
      return await new Promise<ConnectAnswer>(resolve => {
        const seen = {resolved: path !== undefined, connected: false};
        const received: Uint8Array[] = [];
        let sizeBytes = 0;
        const onResolved = (): void => {
          seen.resolved = true;
        };
        const socket =
          path === undefined
            ? open({
                host: host.replace(/^\[|\]$/g, ''),
                port,
                autoSelectFamily: true,
                lookup: guardedLookup({onResolved, allow, lookup}),
              })
            : open({path});
        const end = (answer: ConnectAnswer): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          socket.destroy();
          resolve(answer);
        };
        const done = (): void => {
          const address = socket.remoteAddress ?? place;
          end({at: 'connected', address, received: Buffer.concat(received), durationMs: took()});
        };
        const late = (): void => {
          const what = seen.connected ? `connected to ${place}, but no answer` : `no connection to ${place}`;
          const why = seen.resolved ? '' : ' (name not resolved yet or nothing came back)';
          end(failed('timeout', `${what} within ${timeoutMs} ms${why}`));
        };
        const stop = (): void => {
          if (isTimeLimit(signal)) late();
          else end(failed('noData', 'stopped while connecting'));
        };
        const timer = setTimeout(late, timeoutMs);
        signal.addEventListener('abort', stop, {once: true});
        socket.on('connect', () => {
          seen.connected = true;
          if (say === undefined) done();
          else socket.write(say.text);
        });
        socket.on('data', (bytes: Buffer) => {
          if (say === undefined) return;
          received.push(bytes.subarray(0, say.maxBytes - sizeBytes));
          sizeBytes += bytes.length;
          if (sizeBytes >= say.maxBytes || Buffer.concat(received).includes(say.until)) done();
        });
        socket.on('close', () => {
          if (sizeBytes > 0) done();
          else end(failed('connect', `${place} closed the connection without a word`));
        });
        socket.on('error', error => {
          const {kind, message} = failure(error, host);
          end(failed(kind, message));
        });
      });
    },
  };
}
