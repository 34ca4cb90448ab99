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

/** Once an hour by an idle daemon, with `idleMs`: nothing happened, and somebody was there to say so. Also the first of a new key. */
const ledgerSeal = z.strictObject({idleMs: z.int().min(0).optional()});
const ledgerRecover = z.strictObject({why: z.literal('adopted'), from: z.string(), path: z.string()});

/** The next signing key. `note` is signed by the key before it (docs/formats/ledger.md, Rotation). */
export const keyRotate = z.strictObject({vkey: z.string(), note: z.string(), reason: commitment.optional()});

const anchorTypes = ['file', 'syslog', 'ssh'] as const;
/**
 * A checkpoint was sent. `to`: the place. `offHost`: to another machine. `readBack`: the other end showed it again, and
 * it was the same. `lost`: the size of the checkpoint that was sent there before and no longer stood there.
 */
export const anchorReceipt = z.strictObject({
  anchor: z.string(),
  type: z.enum(anchorTypes),
  to: z.string(),
  offHost: z.boolean(),
  size: z.int().min(1),
  root: hex64,
  ok: z.boolean(),
  readBack: z.boolean().optional(),
  lost: z.int().min(1).optional(),
  message: z.string(),
});

const place = z.strictObject({seq: z.int().min(0), ptr: z.string()});

export const redact = z.strictObject({...place.shape, reason: commitment});
export const retentionApply = z.strictObject({
  /** The policy in words, such as `outputs older than 90d`. */
  policy: z.string(),
  /** Only entries before this one were looked at. */
  before: z.int().min(0),
  erased: z.array(place),
  /** How many were kept because of a hold. */
  held: z.int().min(0),
});

/** What a hold or an export covers; `to` is the `seq` after the last. */
const scope = z.discriminatedUnion('at', [
  z.strictObject({at: z.literal('all')}),
  z.strictObject({at: z.literal('run'), run: z.string()}),
  z.strictObject({at: z.literal('range'), from: z.int().min(0), to: z.int().min(1)}),
]);
export type Scope = z.infer<typeof scope>;

export const holdSet = z.strictObject({id: z.string(), scope, reason: commitment});
export const holdLift = z.strictObject({id: z.string(), reason: commitment});

/** First without `of` (the intent), then with `of`: what came of it. */
export const exported = z.strictObject({
  scope,
  /** Where it goes, as the operator named it. */
  path: z.string(),
  form: z.enum(['directory', 'tar', 'pack', 'archive']),
  result: z.enum(['written', 'refused', 'failed']).optional(),
  /** SHA-256 of the manifest, and the slice that it covers. */
  manifest: hex64.optional(),
  from: z.int().min(0).optional(),
  to: z.int().min(1).optional(),
  size: z.int().min(1).optional(),
  message: z.string().optional(),
});

const custodyTransfer = z.strictObject({
  /** SHA-256 of the manifest, or of the file, that changes hands. */
  item: hex64,
  what: z.string(),
  from: z.string(),
  to: z.string(),
  how: z.string(),
  /** What a verification said at the moment of the hand-over. */
  verdict: z.string(),
  reason: commitment.optional(),
});

/** `occurredAt`: when it happened, when that is not now. */
const note = z.strictObject({text: commitment, occurredAt: z.iso.datetime().optional()});

export const ledgerKinds = {
  'ledger.genesis': ledgerGenesis,
  'ledger.seal': ledgerSeal,
  'ledger.recover': ledgerRecover,
  'key.rotate': keyRotate,
  'anchor.receipt': anchorReceipt,
  redact,
  'retention.apply': retentionApply,
  'hold.set': holdSet,
  'hold.lift': holdLift,
  export: exported,
  'custody.transfer': custodyTransfer,
  note,
} as const;
