// `case add`: files that were obtained by other means, into a case, byte for byte.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {addPiece} from '../evidence/cases/cases.ts';
import {maxCaseBytes} from '../evidence/cases/folder.ts';
import {writingDesk} from './case-desk.ts';

export const caseAdd = defineCommand({
  name: 'case add',
  summary: 'put files into a case, unchanged',
  arguments: [
    {spec: '<id>', summary: 'the case'},
    {spec: '<files...>', summary: 'files; they are copied'},
  ],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {line: 'quarterdeck case add audit-2026 export.json', does: 'copies it, with its SHA-256 beside it'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]).rest(z.string().min(1)),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id, ...given], json = false}, context) => {
    const {talk, files, cwd} = context;
    const desk = await writingDesk(context);
    const pieces = [];
    // All of them are read before the first is stored, so that a wrong name stores nothing.
    for (const name of given) {
      const answer = await files.read(path.resolve(cwd, name), maxCaseBytes);
      if (answer.at !== 'read') {
        throw new QdError(
          'FILE_UNREADABLE',
          `${name} cannot be read: ${answer.message}. Nothing was stored.`,
          {
            file: name,
          },
        );
      }
      const base = path.basename(name);
      pieces.push({name: base, bytes: answer.bytes, from: base});
    }
    const added = [];
    for (const piece of pieces) added.push(await addPiece(desk, id, piece));
    if (json)
      talk.json({v: 1, case: id, files: added.map(({file, sha256, seq}) => ({file, sha256, entry: seq}))});
    else for (const {file, sha256, seq} of added) talk.out(say`${file}: sha256 ${sha256}, entry ${seq}`);
    return exit.good;
  },
});
