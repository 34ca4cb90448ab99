// Body schemas of cases: evidence of other systems that is kept unchanged and verified again (R16 to R20).
import {z} from 'zod';
import {commitment} from './kinds-run.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

export const caseOpen = z.strictObject({case: z.string(), title: commitment, critical: z.boolean()});

export const caseAdd = z.strictObject({
  case: z.string(),
  /** Name inside the case folder. */
  file: z.string(),
  sha256: hex64,
  size: z.int().min(0),
  /** Where it came from: a URL without credentials, or a file name. */
  from: z.string(),
  /** When its bytes were taken. */
  exportedAt: z.iso.datetime(),
  requestId: z.string().optional(),
  cacheControl: z.string().optional(),
  /** What is not as it should be, such as a missing `Cache-Control: no-store`. */
  warnings: z.array(z.string()).optional(),
});

export const caseVerify = z.strictObject({
  case: z.string(),
  /** The file of the case; absent when the run was about bytes that the case does not hold. */
  file: z.string().optional(),
  /** Of the bytes that were verified. */
  sha256: hex64,
  what: z.string(),
  verified: z.boolean(),
  failureIndex: z.int().min(0).optional(),
  failureReason: z.string().optional(),
  /** Where the verifier ran, and which it was with its version. */
  host: z.string(),
  tool: z.string(),
  /** `here`, or recorded from another environment. */
  by: z.enum(['here', 'elsewhere']),
  /** The verifier's output as it is kept in the case folder. */
  output: z.string(),
  outputSha256: hex64,
  /** Another run about the same bytes says something else. */
  disagrees: z.boolean().optional(),
});

const casePack = z.strictObject({
  case: z.string(),
  path: z.string(),
  form: z.enum(['directory', 'tar']),
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
