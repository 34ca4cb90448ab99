// What is remembered of jobs: one small file in the data directory, replaced as a whole.
import {z} from 'zod';
import type {JobRecord} from '../../domain/schedule.ts';
import type {Files} from '../../ports.ts';

const record = z.strictObject({
  slotMs: z.number(),
  startedMs: z.number().exactOptional(),
  endedMs: z.number().exactOptional(),
  outcome: z.enum(['passed', 'failed', 'unknown', 'skipped']).exactOptional(),
  message: z.string().exactOptional(),
  missed: z.int().min(0),
  overruns: z.int().min(0),
});
const shape = z.strictObject({v: z.literal(1), jobs: z.record(z.string(), record)});

const maxBytes = 1024 * 1024;

export interface JobRecords {
  load(): Promise<{readonly records: ReadonlyMap<string, JobRecord>; readonly problem?: string}>;
  /** The problem, when it could not be written. */
  save(records: ReadonlyMap<string, JobRecord>): Promise<string | undefined>;
}

/** A file that is missing or cannot be read is no record: jobs then count from now on. */
export function jobRecords(files: Files, file: string): JobRecords {
  return {
    async load() {
      const read = await files.read(file, maxBytes);
      if (read.at === 'failed')
        return read.why === 'missing'
          ? {records: new Map()}
          : {records: new Map(), problem: `${file} cannot be read: ${read.message}`};
      const parsed = shape.safeParse(jsonOf(read.bytes));
      if (parsed.success) return {records: new Map(Object.entries(parsed.data.jobs))};
      return {
        records: new Map(),
        problem: `${file} is no record of jobs; what ran before is not known, and nothing is caught up`,
      };
    },
    async save(records) {
      const text = `${JSON.stringify({v: 1, jobs: Object.fromEntries(records)})}\n`;
      const written = await files.write(file, new TextEncoder().encode(text), {mode: 0o600});
      return written.at === 'written' ? undefined : `${file} cannot be written: ${written.message}`;
    },
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
