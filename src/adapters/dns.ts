// The real Dns port: c-ares through node:dns, one try at one server, loaded when first used.
import {Resolver} from 'node:dns/promises';
import {isIP} from 'node:net';
import type {Dns, DnsAnswer, DnsRequest, RecordType, ResponseCode} from '../look/net.ts';
import {refuseLiteral} from './address.ts';
import {codeOf, isTimeLimit} from './failure.ts';

/** What c-ares calls an answer that is no list of records. */
const codes: Readonly<Record<string, ResponseCode>> = {
  ENODATA: 'NOERROR',
  ENOTFOUND: 'NXDOMAIN',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  EFORMERR: 'FORMERR',
  ENOTIMP: 'NOTIMP',
};

const quoted = (text: string): string => JSON.stringify(text);

/** Records as a zone file writes what stands behind their type. */
async function recordsOf(resolver: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'PTR':
      return resolver.resolvePtr(name);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map(parts => parts.join(''));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({priority, exchange}) => `${priority} ${exchange}`);
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(
        ({priority, weight, port, name: target}) => `${priority} ${weight} ${port} ${target}`,
      );
    case 'CAA':
      return (await resolver.resolveCaa(name)).flatMap(({critical, ...properties}) =>
        Object.entries(properties)
          .filter(([property]) => property !== 'type')
          .map(([property, value]) => `${critical} ${property} ${quoted(String(value))}`),
      );
    case 'SOA': {
      const soa = await resolver.resolveSoa(name);
      const {nsname, hostmaster, serial, refresh, retry, expire, minttl} = soa;
      return [`${nsname} ${hostmaster} ${serial} ${refresh} ${retry} ${expire} ${minttl}`];
    }
  }
}

/** The address in `address`, `address:port` and `[address]:port`. */
function addressOf(server: string): string {
  if (isIP(server) !== 0) return server;
  return /^\[(.+)\]:\d+$/.exec(server)?.[1] ?? server.replace(/:\d+$/, '');
}

const failedKinds: Readonly<Record<string, 'timeout' | 'connect' | 'assertion'>> = {
  ETIMEOUT: 'timeout',
  ECONNREFUSED: 'connect',
  EBADRESP: 'assertion',
};

/** The Dns port. Every way to fail is an answer `failed`; nothing is thrown. */
export function createDns(): Dns {
  return {
    async ask({name, type, server, timeoutMs, signal, allow}: DnsRequest): Promise<DnsAnswer> {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const place = server ?? 'the name servers of this machine';
      const refused = server === undefined ? undefined : refuseLiteral(addressOf(server), allow);
      if (refused !== undefined)
        return {at: 'failed', kind: 'config', message: refused.message, durationMs: 0};
      if (signal.aborted)
        return {at: 'failed', kind: 'noData', message: 'stopped before asking', durationMs: 0};
      const resolver = new Resolver({timeout: timeoutMs, tries: 1});
      const ended: {by: 'limit' | 'stop' | undefined} = {by: undefined};
      const end = (by: 'limit' | 'stop'): void => {
        ended.by = by;
        resolver.cancel();
      };
      const stop = (): void => {
        end(isTimeLimit(signal) ? 'limit' : 'stop');
      };
      const timer = setTimeout(() => {
        end('limit');
      }, timeoutMs);
      signal.addEventListener('abort', stop, {once: true});
      try {
        if (server !== undefined) resolver.setServers([server]);
        const values = await recordsOf(resolver, name, type);
        return {at: 'answered', code: 'NOERROR', values: values.sort(), durationMs: took()};
      } catch (error) {
        const durationMs = took();
        const why = codeOf(error);
        const code = codes[why];
        if (code !== undefined) return {at: 'answered', code, values: [], durationMs};
        if (ended.by === 'limit' || why === 'ETIMEOUT')
          return {
            at: 'failed',
            kind: 'timeout',
            message: `${place} did not answer within ${timeoutMs} ms`,
            durationMs,
          };
        if (ended.by === 'stop')
          return {at: 'failed', kind: 'noData', message: 'stopped before an answer came', durationMs};
        if (failedKinds[why] === undefined && why.startsWith('ERR_'))
          return {at: 'failed', kind: 'config', message: `${place} cannot be asked: ${why}`, durationMs};
        return {
          at: 'failed',
          kind: failedKinds[why] ?? 'dns',
          message: why === 'ECONNREFUSED' ? `nothing answers at ${place}` : `${place}: ${why}`,
          durationMs,
        };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
