// `case pack`: everything of a case for somebody outside, after a search for what must not leave.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import type {SecretFound} from '../domain/secret.ts';
import {say} from '../domain/show.ts';
import {caseNamed} from '../evidence/cases/cases.ts';
import {packFiles, packHash, writePack} from '../evidence/cases/pack.ts';
import {recorded} from '../evidence/recorded.ts';
import {titleOf, writingDesk} from './case-desk.ts';

export const casePack = defineCommand({
  name: 'case pack',
  summary: 'hand a case over: evidence, verifier outputs, instructions; refused when it holds a secret',
  arguments: [
    {spec: '<id>', summary: 'the case'},
    {spec: '<dir>', summary: 'a new directory, or with --tar a new file'},
  ],
  options: [
    {flags: '--tar', summary: 'one tar file; the same case gives the same bytes'},
    {flags: '--accept-doubts', summary: 'go on in spite of what only looks like a secret'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck case pack audit-2026 ./for-the-auditor', does: 'a directory that verifies itself'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1), z.string().min(1)]),
    tar: z.boolean().optional(),
    acceptDoubts: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id, given], tar = false, acceptDoubts = false, json = false}, context) => {
    const {talk, files, cwd} = context;
    const desk = await writingDesk(context);
    const known = await caseNamed(desk.ledger, id);
    const title = await titleOf(desk.ledger, known);
    const find = (bytes: Uint8Array): readonly SecretFound[] => context.secrets.find(bytes);
    const said = {case: id, path: given, form: tar ? 'tar' : 'directory'} as const;
    const record = async (body: {
      result: 'written' | 'refused';
      manifest?: string;
      message?: string;
    }): Promise<void> => {
      recorded(await desk.ledger.append({entries: [{kind: 'case.pack', body: {...said, ...body}}]}));
    };
    try {
      const pack = await packFiles(desk, known, {title, find, acceptDoubts});
      const manifest = packHash(pack);
      await writePack(files, pack, {to: path.resolve(cwd, given), tar});
      await record({result: 'written', manifest});
      if (json) talk.json({v: 1, case: id, path: given, files: pack.length, manifest});
      else {
        talk.out(say`${given}: ${pack.length} files of case ${id}`);
        talk.out(say`  sha256 of manifest-sha256.txt: ${manifest}`);
        talk.out(say`  give this number to the auditor by another way`);
      }
      return exit.good;
    } catch (error) {
      if (error instanceof QdError && desk.ledger.readOnly === undefined)
        await record({result: 'refused', message: error.message});
      throw error;
    }
  },
});
