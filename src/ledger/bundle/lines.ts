// Lines out of pieces of a file, and the canonical JSON of the lines that a bundle itself writes.
import {parseJson} from '../json.ts';
import {concat, textOf} from '../bytes.ts';

const newline = 0x0a;

/** Lines without their newline, a page at a time. `onUnended` hears that the last one has no end; it is given too. */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  onUnended: () => void,
): AsyncGenerator<readonly Uint8Array[], undefined> {
  let open: Uint8Array[] = [];
  for await (const piece of pieces) {
    const page: Uint8Array[] = [];
    let from = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
      const rest = piece.subarray(from, end);
      page.push(open.length === 0 ? rest : concat([...open, rest]));
      open = [];
      from = end + 1;
    }
    // A copy: whoever streams may use its buffer again.
    if (from < piece.length) open.push(piece.slice(from));
    yield page;
  }
  if (open.length === 0) return undefined;
  onUnended();
  yield [concat(open)];
  return undefined;
}

/** Parses JSON text; undefined when it is none. */
export function jsonOf(bytes: Uint8Array): {readonly text: string; readonly value: unknown} | undefined {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  try {
    return {text, value: parseJson(text)};
  } catch {
    return undefined;
  }
}

export const isHex = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value);

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A list of hashes as canonical JSON; undefined when it is not one. */
export function hashesOf(
  value: unknown,
): {readonly text: string; readonly hashes: readonly string[]} | undefined {
  if (!Array.isArray(value)) return undefined;
  const hashes = value.filter(item => isHex(item, 32));
  return hashes.length === value.length ? {text: JSON.stringify(hashes), hashes} : undefined;
}
