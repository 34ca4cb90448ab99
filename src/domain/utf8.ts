// Bytes to text, where bytes that are no UTF-8 stay visible.

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** The text of `bytes`; every byte that is not part of valid UTF-8 becomes `⟨xHH⟩`. A byte order mark is kept. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeMarked(bytes);
  }
}

function decodeMarked(bytes: Uint8Array): string {
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(strict.decode(bytes.subarray(from, at)), `⟨x${hex(bytes[at])}⟩`);
    at += 1;
    from = at;
  }
  parts.push(strict.decode(bytes.subarray(from, at)));
  return parts.join('');
}

const hex = (byte = 0): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** Bytes of the well-formed sequence that starts at `at`, or 0 (Unicode 16, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf
      ? 2
      : lead >= 0xe0 && lead <= 0xef
        ? 3
        : lead >= 0xf0 && lead <= 0xf4
          ? 4
          : 0;
  if (length === 0) return 0;
  const second = bytes[at + 1] ?? 0;
  // No overlong forms, no surrogates, nothing above U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i += 1) {
    const next = bytes[at + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
