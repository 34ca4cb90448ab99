// Lines of a file of any size, one at a time; what a line too long holds is not kept.

const longestLine = 1024 * 1024;
const newline = 0x0a;

/** Each whole line, without its end; the last one counts only when it is ended, for it may be half written. */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const whole =
        size === 0 ? chunk.subarray(from, at) : Buffer.concat([...held, chunk.subarray(from, at)]);
      if (size <= longestLine) yield decoder.decode(whole).replace(/\r$/, '');
      held = [];
      size = 0;
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    size += rest.length;
    held = size > longestLine ? [] : [...held, rest];
  }
}
