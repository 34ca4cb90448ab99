// What a verification of foreign evidence says, and the small readers that all of its parts share.
import type {JsonObject, JsonValue} from './strict-json.ts';

export type Shape =
  'system ledger export' | 'system proof' | 'consent lineage' | 'consent proof' | 'anchor snapshot';

/** The names are those of the verifier's output (R15). */
export interface ForeignAnswer {
  readonly verified: boolean;
  readonly failure_index: number | null;
  readonly failure_reason: string | null;
  readonly event_count: number;
  /** Of a consent proof: the state that its events give. */
  readonly derived_state?: 'ACTIVE' | 'REVOKED' | 'UNKNOWN';
  /** Fingerprint of the key whose signature holds. */
  readonly signer?: string;
}

export const good = (event_count: number): ForeignAnswer => ({
  verified: true,
  failure_index: null,
  failure_reason: null,
  event_count,
});

export const bad = (
  failure_reason: string,
  event_count = 0,
  failure_index: number | null = null,
): ForeignAnswer => ({
  verified: false,
  failure_index,
  failure_reason,
  event_count,
});

const hex64 = /^[0-9a-f]{64}$/;
export const isHash = (value: JsonValue | undefined): value is string =>
  typeof value === 'string' && hex64.test(value);

export const missingOf = (object: JsonObject, keys: readonly string[]): string[] =>
  keys.filter(key => !object.has(key));
