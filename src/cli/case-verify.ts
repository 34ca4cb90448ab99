// `case verify` and `case record`: what verifiers say about the files of a case, here and in a second environment.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {caseNamed, folderAt, recordRun, verifyPiece, type Verified} from '../evidence/cases/cases.ts';
import {standingOf, standingWords} from '../evidence/cases/fold.ts';
import {load} from '../evidence/cases/folder.ts';
import {isForeign} from '../foreign/index.ts';
import {printRun, statusOf, writingDesk} from './case-desk.ts';

const runJson = ({run}: Verified, what: {readonly host: string; readonly tool: string}): unknown => ({
  file: run.file,
  what: run.what,
  verified: run.verified,
  failure_index: run.failureIndex ?? null,
  failure_reason: run.failureReason ?? null,
  host: what.host,
  tool: what.tool,
  input_sha256: run.sha256,
});

export const caseVerify = defineCommand({
  name: 'case verify',
  summary: 'verify the files of a case, and record what was found',
  arguments: [
    {spec: '<id>', summary: 'the case'},
    {spec: '[file]', summary: 'one file of it; without it, all'},
  ],
  options: [
    {flags: '--tenant <tenant>', summary: 'the tenant that it must be about'},
    {flags: '--signer <fingerprint>', summary: 'the key that must have signed it'},
    {flags: '--json', summary: 'one JSON object for each file, as `case record` takes it'},
  ],
  examples: [
    {line: 'quarterdeck case verify audit-2026', does: 'every file'},
    {
      line: 'quarterdeck case verify audit-2026 proof.json --tenant t-17',
      does: 'one file, which must be about t-17',
    },
  ],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1).max(2),
    tenant: z.string().min(1).optional(),
    signer: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'a fingerprint is 64 hex digits')
      .optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id = '', name], tenant, signer, json = false}, context) => {
    const {talk} = context;
    const desk = await writingDesk(context);
    const known = await caseNamed(desk.ledger, id);
    const chosen = known.files.filter(({file}) => name === undefined || file === name);
    if (chosen.length === 0) {
      const names = known.files.map(({file}) => file).join(', ');
      throw new QdError(
        'UNKNOWN_NAME',
        name === undefined ? 'The case has no files.' : `The case has no file "${name}".`,
        {
          hint: names === '' ? `Add some: quarterdeck case add ${id} FILE` : `It has: ${names}`,
        },
      );
    }
    const expected = {...(tenant === undefined ? {} : {tenant}), ...(signer === undefined ? {} : {signer})};
    const done: Verified[] = [];
    for (const file of chosen) {
      const bytes = await load(folderAt(desk, id), file.file);
      if (name === undefined && bytes !== undefined && !isForeign(bytes)) {
        if (!json) talk.out(say`${file.file}: no JSON object, passed over`);
        continue;
      }
      const one = await verifyPiece(desk, await caseNamed(desk.ledger, id), file, expected);
      done.push(one);
      if (json) talk.json(runJson(one, desk));
      else printRun(talk, one);
    }
    if (done.length === 0) {
      talk.err(say`Nothing in the case ${id} can be verified.`);
      return exit.no;
    }
    if (known.critical && !json) {
      const now = await caseNamed(desk.ledger, id);
      for (const {run} of done) talk.out(say`${run.file ?? ''}: ${standingWords(standingOf(run, now))}`);
    }
    return statusOf(done);
  },
});

export const caseRecord = defineCommand({
  name: 'case record',
  summary: 'record what a verifier said in a second environment',
  arguments: [
    {spec: '<id>', summary: 'the case'},
    {
      spec: '<result>',
      summary: 'a file: host, tool, version, input_sha256, verified, failure_index, failure_reason',
    },
  ],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {
      line: 'quarterdeck case record audit-2026 from-the-other-host.json',
      does: 'counts as the second of two',
    },
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1), z.string().min(1)]),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id, result], json = false}, context) => {
    const {talk, cwd} = context;
    const desk = await writingDesk(context);
    const known = await caseNamed(desk.ledger, id);
    const done = await recordRun(desk, known, path.resolve(cwd, result));
    const {run, against} = done;
    const standing = standingOf(run, await caseNamed(desk.ledger, id));
    if (json) {
      const disagrees = against.length > 0;
      talk.json({
        v: 1,
        case: id,
        file: run.file ?? null,
        entry: run.seq,
        disagrees,
        standing: standingWords(standing),
      });
    } else printRun(talk, done);
    if (run.file === undefined) {
      talk.err(
        say`That run was about other bytes (sha256 ${run.sha256}): recorded, and counted for no file of ${id}.`,
      );
      return exit.no;
    }
    if (!json) talk.out(say`${run.file}: ${standingWords(standing)}`);
    return statusOf([done]);
  },
});
