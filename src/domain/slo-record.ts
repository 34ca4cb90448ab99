// What is kept of the newest evaluation of a promise: enough to go on from, and to say whether all is well.
import {z} from 'zod';
import {sloMemorySchema} from './slo-alerts.ts';

const figure = z.number().nullable();

const sloRecordSchema = z.strictObject({
  v: z.literal(1),
  atMs: z.number(),
  state: z.enum(['ok', 'atRisk', 'exhausted', 'unknown']),
  availability: figure,
  coverage: figure,
  consumed: figure,
  /** Consumed more than 80 %. */
  isOver: z.boolean(),
  memory: sloMemorySchema,
});
export type SloRecord = z.infer<typeof sloRecordSchema>;

/** Undefined when it cannot be read: the next evaluation begins anew. */
export function parseSloRecord(stored: string | undefined): SloRecord | undefined {
  if (stored === undefined) return undefined;
  try {
    return sloRecordSchema.parse(JSON.parse(stored));
  } catch {
    return undefined;
  }
}
