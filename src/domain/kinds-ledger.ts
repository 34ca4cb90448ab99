// Body schemas of the kinds that the ledger writes about itself, and of notes.
import {z} from 'zod';
import {commitment} from './kinds-run.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** First entry of a log. `follows` names the log that this one continues after it was given up. */
const ledgerGenesis = z.strictObject({
  format: z.literal('quarterdeck-ledger-v1'),
  vkey: z.string(),
  site: z.string(),
  path: z.string(),
  host: z.string(),
  version: z.string(),
  follows: z
    .strictObject({
      log: z.string(),
      /** Entries found in the old database, and the leaf hash of its last one. */
      size: z.int().min(0),
      leaf: hex64.optional(),
      /** What its remembered checkpoint says. */
      checkpoint: z.strictObject({size: z.int().min(0), root: hex64}).optional(),
    })
    .optional(),
  reason: commitment.optional(),
});

const ledgerSeal = z.strictObject({});
const ledgerRecover = z.strictObject({why: z.literal('adopted'), from: z.string(), path: z.string()});

/** `occurredAt`: when it happened, when that is not now. */
const note = z.strictObject({text: commitment, occurredAt: z.iso.datetime().optional()});

export const ledgerKinds = {
  'ledger.genesis': ledgerGenesis,
  'ledger.seal': ledgerSeal,
  'ledger.recover': ledgerRecover,
  note,
} as const;
