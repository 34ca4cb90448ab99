// Lines of a file, piece by piece: a long log is never in memory as a whole.

export interface Line {
  readonly bytes: Uint8Array;
  /** False for what stands behind the last newline: it may still be written. */
  readonly whole: boolean;
}

const newline = 0x0a;

/** Every line without its newline; nothing for an empty file. Throws `RangeError` at a line over the limit. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  {maxLineBytes}: {readonly maxLineBytes: number},
): AsyncIterable<Line> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (part: Uint8Array): void => {
    heldBytes += part.length;
    if (heldBytes > maxLineBytes) throw new RangeError(`a line has more than ${maxLineBytes} bytes`);
    held.push(part);
  };
  const taken = (): Uint8Array => {
    const [only] = held;
    const bytes = held.length === 1 && only !== undefined ? only : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return bytes;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      hold(chunk.subarray(from, at));
      yield {bytes: taken(), whole: true};
      from = at + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (heldBytes > 0) yield {bytes: taken(), whole: false};
}
