// Reads an NDJSON file and those that were rotated away before it, the oldest line first.
import type {Files} from '../../ports.ts';
import {rotatedPattern} from './ndjson-log.ts';

export interface NdjsonLines {
  /** Parsed, in the order of the files. */
  readonly records: AsyncIterable<Readonly<Record<string, unknown>>>;
  /** Lines so far that are no JSON object: torn by a crash, or by somebody else. */
  readonly torn: () => number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A line longer than this is none of ours. */
const longestLine = 64 * 1024;

/** Nothing where there is no such file; iterating throws when one cannot be read. */
export function readNdjson(files: Files, dir: string, name: string): NdjsonLines {
  let torn = 0;
  const parse = (line: string): Readonly<Record<string, unknown>>[] => {
    if (line.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      if (isRecord(value)) return [value];
    } catch {
      // Counted below, like what is JSON and no object.
    }
    torn += 1;
    return [];
  };
  async function* read(): AsyncGenerator<Readonly<Record<string, unknown>>> {
    const listed = await files.list(dir);
    if (listed.at !== 'listed') return;
    const current = `${name}.ndjson`;
    const names = [...listed.names.filter(one => rotatedPattern(name).test(one)).sort(), current];
    for (const one of names.filter(other => listed.names.includes(other))) {
      const decoder = new TextDecoder();
      let rest = '';
      for await (const chunk of files.stream(`${dir}/${one}`)) {
        const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n');
        rest = (lines.pop() ?? '').slice(0, longestLine);
        for (const line of lines) yield* parse(line);
      }
      yield* parse(rest + decoder.decode());
    }
  }
  return {records: read(), torn: () => torn};
}
