// Ports that only checks look through: TLS and name servers. Interfaces, nothing else.
import type {Kind} from '../domain/verdict.ts';

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What a client shows and trusts; PEM texts. */
export interface TlsMeans {
  /** Only these certificates are trusted; without it, those that Node trusts. */
  readonly ca?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  /** The name that is asked for (SNI) and that the certificate must be for; without it, the host. */
  readonly servername?: string;
}

/** A text to send, and the end of what is read: `until` was in it, or there are `maxBytes`. */
export interface Say {
  readonly text: string;
  readonly until: string;
  readonly maxBytes: number;
}

export interface TlsRequest extends TlsMeans {
  readonly host: string;
  readonly port: number;
  /** Connects there instead of where the name leads: the same place as before. */
  readonly address?: string;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /**
   * Said once the handshake is done; then what comes back is read. Under TLS 1.3 a server refuses a client only then,
   * so without it nobody knows whether a client was accepted.
   */
  readonly say?: Say;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Addresses that may be reached although they are else refused. */
  readonly allow?: readonly string[];
}

export type TlsAnswer =
  | {
      readonly at: 'spoke';
      /** Of the server. */
      readonly address: string;
      readonly version: string;
      /** DER, the server's own first, then each issuer as far as it is known, a trusted root included. */
      readonly chain: readonly Uint8Array[];
      /** Why the chain is not trusted, as OpenSSL names it, such as `CERT_HAS_EXPIRED`; names of hosts are not judged. */
      readonly distrust: string | undefined;
      /** What came back; empty without `say`. */
      readonly received: Uint8Array;
      readonly durationMs: number;
    }
  | {
      readonly at: 'failed';
      readonly stage: 'connecting' | 'handshake' | 'reading';
      readonly kind: Kind;
      /** The alert with which the server ended it, such as `certificate_required`. */
      readonly alert: string | undefined;
      /** The server (or something on the way) closed the connection without a word of TLS. */
      readonly reset: boolean;
      readonly message: string;
      readonly durationMs: number;
    };

/** A certificate that nobody trusts is an answer like any other: whoever asks judges it. */
export interface Tls {
  talk(request: TlsRequest): Promise<TlsAnswer>;
}

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'PTR', 'CAA', 'SOA'] as const;
export type RecordType = (typeof recordTypes)[number];

export const responseCodes = ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'FORMERR', 'NOTIMP'] as const;
export type ResponseCode = (typeof responseCodes)[number];

export interface DnsRequest {
  readonly name: string;
  readonly type: RecordType;
  /** `address` or `address:port` (`[address]:port`); without it, the name servers of this machine. */
  readonly server?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly allow?: readonly string[];
}

export type DnsAnswer =
  | {
      readonly at: 'answered';
      readonly code: ResponseCode;
      /** As a zone file writes them, such as `10 mail.example.org`, sorted. */
      readonly values: readonly string[];
      readonly durationMs: number;
    }
  | {readonly at: 'failed'; readonly kind: Kind; readonly message: string; readonly durationMs: number};

/** One question to one name server; what is in the hosts file does not count. */
export interface Dns {
  ask(request: DnsRequest): Promise<DnsAnswer>;
}
