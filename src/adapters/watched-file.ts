// The file in which the output of a running step can be watched: its head and its newest bytes, always small.
import {appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** Once it is full, the file is written anew at most this often. */
const everyMs = 250;

export interface WatchedFile {
  add(chunk: Uint8Array): void;
  remove(): void;
}

/** Watching is a convenience: what cannot be written is let go, for what counts is kept for the outcome. */
export function watchedFile(file: string, kept: {readonly head: number; readonly tail: number}): WatchedFile {
  const room = kept.head + kept.tail;
  const head: Buffer[] = [];
  let tail = Buffer.alloc(0);
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  mkdirSync(dirname(file), {recursive: true, mode: 0o700});

  const rewrite = (): void => {
    timer = undefined;
    const missing = Math.max(0, size - kept.head - kept.tail);
    const last = tail.subarray(Math.max(0, tail.length - kept.tail));
    tryTo(() => {
      const next = `${file}.next`;
      const gap = Buffer.from(`\n[… ${missing} bytes …]\n`);
      writeFileSync(next, Buffer.concat([...head, gap, last]), {mode: 0o600});
      renameSync(next, file);
    });
  };
  return {
    add: chunk => {
      const first = chunk.subarray(0, Math.max(0, kept.head - size));
      const rest = chunk.subarray(first.length);
      if (first.length > 0) head.push(Buffer.from(first));
      // Cut only now and then: copying the whole tail for each chunk would cost more than reading it.
      if (rest.length > 0) {
        tail = Buffer.concat([tail, rest.subarray(Math.max(0, rest.length - kept.tail))]);
        if (tail.length > 4 * kept.tail) tail = Buffer.from(tail.subarray(tail.length - kept.tail));
      }
      size += chunk.length;
      if (size <= room) tryTo(() => appendFileSync(file, chunk, {mode: 0o600}));
      else timer ??= setTimeout(rewrite, everyMs);
    },
    remove: () => {
      clearTimeout(timer);
      timer = undefined;
      tryTo(() => rmSync(file, {force: true}));
    },
  };
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch {
    // See above: the disk may be full, and the step goes on.
  }
}
