// Attestations of a check, read from the ledger.
import {z} from 'zod';
import type {Attestation, Attestations} from '../../look/attestations.ts';
import type {Records} from '../../look/records.ts';

const body = z.looseObject({
  service: z.string(),
  check: z.string(),
  role: z.string().optional(),
  untilMs: z.int(),
  evidence: z.looseObject({file: z.string(), sha256: z.string(), size: z.int()}).optional(),
});

/** The newest of them are enough: what is older was said about another time. */
const most = 200;

export const attestationsFrom =
  (records: Records, {service, id: own}: {readonly service: string; readonly id: string}): Attestations =>
  async (id = own) => {
    try {
      const open = await records.open();
      // A line is canonical JSON, so these texts find the two fields.
      const holding = [`"service":${JSON.stringify(service)}`, `"check":${JSON.stringify(id)}`];
      const rows = await open.read({kinds: ['check.attest'], holding, reverse: true, limit: most});
      return rows.flatMap(({seq, entry}): Attestation[] => {
        const read = body.safeParse(entry.body);
        if (!read.success || read.data.service !== service || read.data.check !== id) return [];
        const {role, untilMs, evidence} = read.data;
        return [
          {
            seq,
            at: entry.ts,
            operator: entry.actor.operator,
            via: entry.actor.via,
            role,
            untilMs,
            evidence:
              evidence === undefined
                ? undefined
                : {file: evidence.file, sha256: evidence.sha256, sizeBytes: evidence.size},
          },
        ];
      });
    } catch (error) {
      return {problem: error instanceof Error ? error.message : String(error)};
    }
  };
