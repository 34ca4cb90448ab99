// The real Net port: one TCP connection, closed at once, with the same address rules as http.
import {connect as open} from 'node:net';
import type {ConnectAnswer, Net} from '../ports.ts';
import {guardedLookup, refuseLiteral, type Lookup} from './address.ts';
import {failure, isTimeLimit} from './failure.ts';

/** The Net port. A name with several addresses passes when one of them answers. */
export function createNet({lookup}: {readonly lookup?: Lookup} = {}): Net {
  return {
    async connect({host, port, timeoutMs, signal, allow}): Promise<ConnectAnswer> {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      const refused = refuseLiteral(host, allow);
      if (refused !== undefined)
        return {at: 'failed', kind: 'config', message: refused.message, durationMs: 0};
      if (signal.aborted)
        return {at: 'failed', kind: 'noData', message: 'stopped before connecting', durationMs: 0};
      return await new Promise<ConnectAnswer>(resolve => {
        let resolved = false;
        const socket = open({
          host: host.replace(/^\[|\]$/g, ''),
          port,
          autoSelectFamily: true,
          lookup: guardedLookup({
            onResolved: () => {
              resolved = true;
            },
            allow,
            lookup,
          }),
        });
        const end = (answer: ConnectAnswer): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          socket.destroy();
          resolve(answer);
        };
        const late = (): void => {
          const message = `no connection to ${place} within ${timeoutMs} ms${resolved ? '' : ' (name not resolved yet or nothing came back)'}`;
          end({at: 'failed', kind: 'timeout', message, durationMs: took()});
        };
        const stop = (): void => {
          if (isTimeLimit(signal)) late();
          else end({at: 'failed', kind: 'noData', message: 'stopped while connecting', durationMs: took()});
        };
        const timer = setTimeout(late, timeoutMs);
        signal.addEventListener('abort', stop, {once: true});
        socket.on('connect', () => {
          end({at: 'connected', address: socket.remoteAddress ?? host, durationMs: took()});
        });
        socket.on('error', error => {
          end({at: 'failed', ...failure(error, host), durationMs: took()});
        });
      });
    },
  };
}
