// THE list of entry kinds, each with the schema of its body. A kind that is not here is never written.
import type {z} from 'zod';
import {alertKinds} from './kinds-alert.ts';
import {caseKinds} from './kinds-case.ts';
import {ledgerKinds} from './kinds-ledger.ts';
import {lookingKinds} from './kinds-looking.ts';
import {runKinds} from './kinds-run.ts';
import {sessionKinds} from './kinds-session.ts';

export const entryKinds = {
  ...ledgerKinds,
  ...sessionKinds,
  ...lookingKinds,
  ...alertKinds,
  ...runKinds,
  ...caseKinds,
} as const;

const schemas: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(entryKinds));

/** Places in a body where its kind does not allow what stands there. */
export const issuesOf = (kind: string, body: unknown): readonly (readonly PropertyKey[])[] =>
  schemas
    .get(kind)
    ?.safeParse(body)
    .error?.issues.map(({path}) => path) ?? [];

/** What is wrong with a body for its kind, in one line; undefined when it may be written. */
export function bodyProblem(kind: string, body: unknown): string | undefined {
  const schema = schemas.get(kind);
  if (schema === undefined) return `there is no kind "${kind}"`;
  const parsed = schema.safeParse(body);
  if (parsed.success) return undefined;
  const issue = parsed.error.issues[0];
  const place = ['/body', ...(issue?.path ?? []).map(String)].join('/');
  return `${place} of a ${kind} entry: ${issue?.message ?? 'is not valid'}`;
}
