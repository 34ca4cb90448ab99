// What `ledger tail --json` prints, parsed for tests.
import {z} from 'zod';

const entry = z.object({
  seq: z.number(),
  kind: z.string(),
  session: z.string(),
  run: z.string().optional(),
  step: z.string().optional(),
  of: z.number().optional(),
  body: z.record(z.string(), z.unknown()),
});
const line = z.object({entry});
export type Line = z.infer<typeof entry>;

/** One entry a line, oldest first. */
export const parseLines = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter(row => row !== '')
    .map(row => line.parse(JSON.parse(row)).entry)
    .sort((a, b) => a.seq - b.seq);
