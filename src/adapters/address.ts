// Which addresses may be reached. Loopback and private ranges are what an ops console looks at, so they are fine.
import {lookup as systemLookup} from 'node:dns';
import type {LookupAddress, LookupOptions} from 'node:dns';
import {isIP} from 'node:net';
import ipaddr from 'ipaddr.js';

/** Ranges of ipaddr.js that no check has a reason to reach; link-local holds the clouds' metadata services. */
const refused: Readonly<Record<string, string>> = {
  linkLocal: 'a link-local address, where clouds keep instance credentials',
  multicast: 'a multicast address',
  unspecified: 'an unspecified address',
  broadcast: 'a broadcast address',
};

/** Metadata services outside link-local: AWS over IPv6, Alibaba, Oracle. */
const metadata = new Set(['fd00:ec2::254', 'fd00:ec2::23', '100.100.100.200', '192.0.0.192']);

const lastFour = (bytes: readonly number[]): ipaddr.IPv4 => new ipaddr.IPv4(bytes.slice(12));

/** The IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4), as far as a packet would reach it. */
function inner(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  const range: string = address.range();
  if (range === 'ipv4Mapped' || range === 'rfc6145' || range === 'rfc6052') return lastFour(bytes);
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  const compatible =
    bytes.slice(0, 12).every(byte => byte === 0) && bytes.slice(12, 15).some(byte => byte > 0);
  return compatible ? lastFour(bytes) : undefined;
}

const isListed = (address: ipaddr.IPv4 | ipaddr.IPv6, allow: readonly string[]): boolean =>
  allow.some(
    one => ipaddr.isValid(one) && ipaddr.parse(one).toNormalizedString() === address.toNormalizedString(),
  );

/** The same addresses are looked at again and again; so many answers are remembered. */
const mostKnown = 10_000;
const known = new Map<string, string | undefined>();

/**
 * Why this IP address (text, with or without a zone) is refused; undefined when it may be reached, by its kind or
 * because `allow` lists it.
 */
export function refusal(text: string, allow: readonly string[] = []): string | undefined {
  if (allow.length > 0) return judged(text, allow);
  if (known.has(text)) return known.get(text);
  if (known.size >= mostKnown) known.clear();
  const why = judged(text, allow);
  known.set(text, why);
  return why;
}

function judged(text: string, allow: readonly string[]): string | undefined {
  const bare = text.replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return 'not an address';
  const address = ipaddr.parse(bare);
  if (isListed(address, allow)) return undefined;
  if (address instanceof ipaddr.IPv6) {
    const embedded = inner(address);
    const why = embedded === undefined ? undefined : refusal(embedded.toString(), allow);
    if (why !== undefined) return why;
  }
  if (metadata.has(address.toString())) return 'a cloud metadata address';
  return refused[address.range()];
}

/** Thrown into a connection attempt whose address is refused; `code` is what the mapping looks at. */
export class RefusedAddress extends Error {
  readonly code = 'QD_REFUSED_ADDRESS';
}

/** What an operator can do about it. */
const wayOut = ' (`network: {allow: […]}` of the site lists addresses that may be)';

const refusedError = (host: string, address: string, why: string): RefusedAddress =>
  new RefusedAddress(
    host === address
      ? `${address} is ${why}: not looked at${wayOut}`
      : `${host} resolves to ${address}, ${why}: not looked at${wayOut}`,
  );

/** For hosts that are IP literals, which never reach a lookup function. Brackets of IPv6 are fine. */
export function refuseLiteral(host: string, allow: readonly string[] = []): RefusedAddress | undefined {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0) return undefined;
  const why = refusal(bare, allow);
  return why === undefined ? undefined : refusedError(bare, bare, why);
}

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Finds all addresses of a name; of the system, except in tests. */
export type Lookup = (
  host: string,
  options: LookupOptions & {readonly all: true},
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface Guard {
  /** Told when a name is resolved. */
  readonly onResolved?: () => void;
  readonly allow?: readonly string[] | undefined;
  readonly lookup?: Lookup | undefined;
}

/**
 * A `lookup` for node:net that resolves once and refuses the whole name when any of its addresses is refused, so
 * that the address that was judged is the address that is connected to.
 */
export function guardedLookup({onResolved, allow, lookup = systemLookup}: Guard) {
  return (host: string, options: LookupOptions, done: LookupDone): void => {
    lookup(host, {...options, all: true}, (error, addresses) => {
      if (error !== null) {
        done(error, []);
        return;
      }
      onResolved?.();
      for (const {address} of addresses) {
        const why = refusal(address, allow);
        if (why !== undefined) {
          done(refusedError(host, address, why), []);
          return;
        }
      }
      const first = addresses[0];
      if (options.all === true) done(null, addresses);
      else if (first === undefined) done(new Error(`${host} has no address`), []);
      else done(null, first.address, first.family);
    });
  };
}
