// A file of one JSON object a line that only ever grows: lines are whole, whatever happened to the one before.
import type {Files} from '../../ports.ts';

/** While the file cannot be written, so many lines wait; then the oldest are let go. */
const longestBacklog = 10_000;
const newline = 0x0a;
const dirMode = 0o700;
const fileMode = 0o600;

export interface NdjsonLog {
  /** Takes the line; it is written with the next `flush`, which is under way already. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** Tries to write what waits; resolves when that was tried. */
  flush(): Promise<void>;
  /** Why lines wait or were lost, while that is so. */
  readonly problem: string | undefined;
}

export interface NdjsonLogRequest {
  readonly files: Files;
  /** Absolute; made with its folder when it is not there. */
  readonly dir: string;
  /** Without `.ndjson`. */
  readonly name: string;
  /** From this size on a new file is begun; the old one keeps its lines under a name with a number. */
  readonly rotateBytes?: number;
  /** Files that were rotated away; the oldest beyond this are removed. */
  readonly keep?: number;
}

/** `uptime.000012.ndjson`: numbered, since a clock may be set back. */
export const rotatedPattern = (name: string): RegExp =>
  new RegExp(`^${name.replaceAll('.', '\\.')}\\.(\\d{6})\\.ndjson$`);

/** Lines of other processes are not disturbed: each write is one append. */
export function createNdjsonLog(request: NdjsonLogRequest): NdjsonLog {
  const {files, dir, name, rotateBytes = 32 * 1024 * 1024, keep = 12} = request;
  const file = `${dir}/${name}.ndjson`;
  let waiting: string[] = [];
  let lost = 0;
  let problem: string | undefined;
  let writing: Promise<void> | undefined;
  /** Unknown at the start and after a failure: then the end of the file is looked at. */
  let knownBytes: number | undefined;

  /** What must stand before the next line: a newline where a crash left half of one. */
  const mend = async (): Promise<{readonly before: string; readonly sizeBytes: number}> => {
    const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
    if (sizeBytes === 0 || sizeBytes === knownBytes) return {before: '', sizeBytes};
    const last = await files.readAt(file, sizeBytes - 1, 1);
    return {before: last[0] === newline ? '' : '\n', sizeBytes};
  };
  const rotate = async (): Promise<void> => {
    knownBytes = undefined;
    const listed = await files.list(dir);
    if (listed.at !== 'listed') return;
    const old = listed.names.filter(one => rotatedPattern(name).test(one));
    const newest = Number(rotatedPattern(name).exec(old.at(-1) ?? '')?.[1] ?? 0);
    await files.move(file, `${dir}/${name}.${String(newest + 1).padStart(6, '0')}.ndjson`);
    for (const one of old.slice(0, Math.max(0, old.length + 1 - keep))) await files.remove(`${dir}/${one}`);
  };
  /** Writes what waits as one append; what went wrong, if anything did. */
  const append = async (): Promise<string | undefined> => {
    const made = await files.makeDir(dir, dirMode);
    if (made.at === 'failed') return made.message;
    let {before, sizeBytes} = await mend();
    if (sizeBytes >= rotateBytes) {
      await rotate();
      ({before, sizeBytes} = await mend());
    }
    // More may be added while this is written.
    const count = waiting.length;
    const bytes = new TextEncoder().encode(before + waiting.join(''));
    const answer = await files.append(file, bytes, {mode: fileMode});
    if (answer.at === 'appended') {
      knownBytes = answer.sizeBytes;
      waiting = waiting.slice(count);
      return undefined;
    }
    knownBytes = undefined;
    // A full disk may have taken some lines whole: those are not written again.
    const grown = Math.max(0, ((await files.stat(file))?.sizeBytes ?? 0) - sizeBytes - before.length);
    waiting = waiting.slice(
      new TextDecoder().decode(bytes.subarray(before.length, before.length + grown)).split('\n').length - 1,
    );
    return answer.message;
  };
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const failed = await append().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (failed !== undefined) {
        if (waiting.length > longestBacklog) {
          lost += waiting.length - longestBacklog;
          waiting = waiting.slice(-longestBacklog);
        }
        problem = `${waiting.length} lines wait for ${file}: ${failed}${lost === 0 ? '' : `; ${lost} were lost`}`;
        return;
      }
    }
    problem = lost === 0 ? undefined : `${lost} lines of ${file} were lost while it could not be written`;
  };
  const flush = async (): Promise<void> => {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    await writing;
  };
  return {
    add(record) {
      waiting.push(`${JSON.stringify(record)}\n`);
    },
    async flush() {
      await flush();
      // Lines may have been added while the last append was under way.
      if (waiting.length > 0 && problem === undefined) await flush();
    },
    get problem() {
      return problem;
    },
  };
}
