// `case fetch`: an export straight from a service into a case: bytes unchanged, request id and cache rule recorded, then verified.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {addPiece, caseNamed, verifyPiece} from '../evidence/cases/cases.ts';
import {fetchPiece} from '../evidence/cases/fetch.ts';
import {isForeign} from '../foreign/index.ts';
import {printRun, statusOf, writingDesk} from './case-desk.ts';

/** Headers whose values come from the environment, so that none stands in a command line or a history. */
async function headersOf(
  pairs: readonly string[],
  {env, secrets}: CommandContext,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, variable] = /^([A-Za-z][A-Za-z0-9-]*)=([A-Za-z_]\w*)$/.exec(pair) ?? [];
    if (name === undefined || variable === undefined) {
      throw new QdError('USAGE', 'A --header-env is not of the form HEADER=VARIABLE.', {
        hint: "Name the variable, never its value: --header-env 'X-Admin-Api-Key=ADMIN_KEY'",
      });
    }
    const value = env.get(variable)?.trim();
    if (value === undefined || value === '') {
      throw new QdError('USAGE', `The environment variable ${variable} is not set.`, {
        hint: `Set it to the value of the header ${name}, from a file: ${variable}="$(cat FILE)"`,
      });
    }
    if (/[^\x20-\x7e]/.test(value)) {
      throw new QdError('USAGE', `The value of ${variable} cannot stand in a header.`, {
        hint: 'It holds a newline or a character that is not ASCII.',
      });
    }
    // From now on it is masked, should the service say it back.
    await secrets.resolve({[variable]: `env:${variable}`});
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

export const caseFetch = defineCommand({
  name: 'case fetch',
  summary: 'fetch evidence from a service into a case, and verify it',
  arguments: [
    {spec: '<id>', summary: 'the case'},
    {spec: '<url>', summary: 'an export or a proof'},
  ],
  options: [
    {
      flags: '--header-env <pair>',
      summary: 'HEADER=VARIABLE: a header whose value is in that variable; may be repeated',
      repeats: true,
    },
    {flags: '--name <name>', summary: 'name of the file in the case'},
    {flags: '--tenant <tenant>', summary: 'the tenant that it must be about'},
    {flags: '--signer <fingerprint>', summary: 'the key that must have signed it'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {
      line: "quarterdeck case fetch audit-2026 https://api.example/admin/system/export --header-env 'X-Admin-Api-Key=ADMIN_KEY'",
      does: 'stores and verifies the export',
    },
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1), z.string().min(1)]),
    headerEnv: z.array(z.string()).optional(),
    name: z.string().min(1).max(100).optional(),
    tenant: z.string().min(1).optional(),
    signer: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'a fingerprint is 64 hex digits')
      .optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id, url], headerEnv = [], name, tenant, signer, json = false}, context) => {
    const {talk, signal} = context;
    const headers = await headersOf(headerEnv, context);
    const desk = await writingDesk(context);
    await caseNamed(desk.ledger, id);
    const piece = await fetchPiece(context, {url, headers, name, signal});
    const added = await addPiece(desk, id, piece);
    const expected = {
      ...(tenant === undefined ? {} : {tenant}),
      ...(signer === undefined ? {} : {signer}),
    };
    const verified = isForeign(piece.bytes)
      ? await verifyPiece(desk, await caseNamed(desk.ledger, id), added, expected)
      : undefined;
    const {file, sha256, seq, requestId, warnings = []} = added;
    if (json) {
      const {run} = verified ?? {};
      talk.json({
        v: 1,
        case: id,
        file,
        sha256,
        request_id: requestId,
        warnings,
        entry: seq,
        verified: run?.verified ?? null,
        failure_index: run?.failureIndex ?? null,
        failure_reason: run?.failureReason ?? null,
      });
    } else {
      talk.out(say`${file}: ${added.size} bytes, sha256 ${sha256}`);
      talk.out(say`  request ${requestId ?? ''}, entry ${seq}`);
      for (const warning of warnings) talk.err(say`WARN ${file}: ${warning}`);
      if (verified === undefined) talk.out(say`  it is no JSON object: kept as it is, not verified`);
      else printRun(talk, verified);
    }
    return verified === undefined ? exit.good : statusOf([verified]);
  },
});
