// The newest look of a check as it is stored between two processes.
import {z} from 'zod';
import {strikesSchema} from './strikes.ts';
import {kinds, panels, severities} from './verdict.ts';
import {verdictSchema} from './verdict-schema.ts';

const text = z.string();

const part = z.strictObject({
  name: text,
  verdict: verdictSchema,
  message: text,
  expected: text.exactOptional(),
  actual: text.exactOptional(),
});

const result = z.strictObject({
  service: text,
  check: text,
  type: text,
  panel: z.enum(panels),
  at: text,
  durationMs: z.number(),
  verdict: verdictSchema,
  kind: z.enum(kinds),
  checked: z.number(),
  message: text,
  expected: text.exactOptional(),
  actual: text.exactOptional(),
  severity: z.enum(severities).exactOptional(),
  parts: z.array(part).exactOptional(),
  code: z.number().exactOptional(),
  retried: z.int().min(0).exactOptional(),
  events: z.strictObject({good: z.number(), total: z.number()}).exactOptional(),
});

const lastLook = z.strictObject({
  result,
  seenMs: z.number(),
  slotMs: z
    .number()
    .nullable()
    .transform(slot => slot ?? undefined),
  strikes: strikesSchema,
});

const holder = z.strictObject({
  site: text.exactOptional(),
  pid: z.int(),
  start: text,
  boot: text,
  session: text,
  who: text,
  sinceMs: z.number(),
});

const read = <T>(schema: z.ZodType<T>, stored: string): T | undefined => {
  try {
    return schema.parse(JSON.parse(stored));
  } catch {
    return undefined;
  }
};

/** The stored look; undefined when it cannot be read. */
export const parseLastLook = (stored: string): z.infer<typeof lastLook> | undefined => read(lastLook, stored);

/** Who runs the monitor; undefined when it cannot be read. */
export const parseHolder = (stored: string): z.infer<typeof holder> | undefined => read(holder, stored);
