// Schemas of what entries share, apart from their types: whoever only writes entries must not wait for the library.
import {z} from 'zod';

/** How it is known who acted. */
const vias = ['local', 'claimed', 'ssh-key', 'ssh-cert', 'sudo', 'daemon', 'api', 'oidc'] as const;

export const actorSchema = z.strictObject({
  operator: z.string().min(1),
  uid: z.int(),
  user: z.string(),
  via: z.enum(vias),
  from: z.string().optional(),
  key: z.string().optional(),
});

/** What a granting or releasing entry says about a lease; the store writes it into the body. */
export const leaseSchema = z.strictObject({
  service: z.string().min(1),
  how: z.enum(['take', 'take-over', 'release']),
});

/** Set by the store on an outcome that could not be written when it happened. */
export const lateFields = {late: z.boolean().optional(), occurredAt: z.string().optional()};
