// Body schemas of cases: evidence of other systems that is kept unchanged and verified again (R16 to R20).
import {z} from 'zod';
import {commitment} from './kinds-run.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

const caseOpen = z.strictObject({case: z.string(), title: commitment, critical: z.boolean()});
const caseAdd = z.strictObject({
  case: z.string(),
  /** Name inside the case folder. */
  file: z.string(),
  sha256: hex64,
  size: z.int().min(0),
  /** Where it came from: a URL without credentials, or a file name. */
  from: z.string(),
  requestId: z.string().optional(),
  cacheControl: z.string().optional(),
  /** What is not as it should be, such as a missing `Cache-Control: no-store`. */
  warnings: z.array(z.string()).optional(),
});
const caseVerify = z.strictObject({
  case: z.string(),
  file: z.string(),
  sha256: hex64,
  what: z.string(),
  verified: z.boolean(),
  failureIndex: z.int().min(0).optional(),
  failureReason: z.string().optional(),
  /** Host and version of the verifier. */
  host: z.string(),
  tool: z.string(),
});
const casePack = z.strictObject({
  case: z.string(),
  path: z.string(),
  result: z.enum(['written', 'refused']),
  manifest: hex64.optional(),
  message: z.string().optional(),
});

export const caseKinds = {
  'case.open': caseOpen,
  'case.add': caseAdd,
  'case.verify': caseVerify,
  'case.pack': casePack,
} as const;
