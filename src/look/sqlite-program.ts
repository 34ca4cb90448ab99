// What the process that reads an SQLite file is told on standard input, and what it answers on standard output.
import {z} from 'zod';
import {kinds} from '../domain/verdict.ts';

export const sqliteLook = z.strictObject({
  look: z.literal('sqlite'),
  path: z.string(),
  text: z.string(),
  values: z.array(z.string()),
  /** How long a lock of somebody else is waited for. */
  busyMs: z.int().min(0),
  maxRows: z.int().min(0),
  maxBytes: z.int().min(0),
});
export type SqliteLook = Readonly<z.infer<typeof sqliteLook>>;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const sqliteAnswer = z.discriminatedUnion('at', [
  z.strictObject({
    at: z.literal('rows'),
    columns: z.array(z.string()),
    rows: z.array(z.array(cell)),
    cut: z.boolean(),
  }),
  z.strictObject({
    at: z.literal('failed'),
    kind: z.enum(kinds),
    ours: z.boolean(),
    message: z.string(),
    code: z.string().optional(),
  }),
]);
export type SqliteAnswer = Readonly<z.infer<typeof sqliteAnswer>>;
