// `case open`: a folder for evidence of another system, and the entry that begins it.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {openCase} from '../evidence/cases/cases.ts';
import {writingDesk} from './case-desk.ts';

export const caseOpen = defineCommand({
  name: 'case open',
  summary: 'begin a case: evidence of another system, kept unchanged',
  arguments: [{spec: '<id>', summary: 'lowercase letters, digits and dashes'}],
  options: [
    {flags: '--title <text>', summary: 'what it is about'},
    {flags: '--critical', summary: 'two environments must verify every file and agree'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck case open audit-2026 --title "yearly audit" --critical', does: 'a critical case'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]),
    title: z.string('the option --title is needed').trim().min(1, 'the title is empty').max(500),
    critical: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [id], title, critical = false, json = false}, context) => {
    const desk = await writingDesk(context);
    const seq = await openCase(desk, {id, title, critical});
    const folder = path.join(desk.home, 'cases', id);
    if (json) context.talk.json({v: 1, case: id, critical, folder, entry: seq});
    else {
      context.talk.out(say`case ${id} is open${critical ? ': critical, two environments must agree' : ''}`);
      context.talk.out(say`  its files will be in ${folder}; entry ${seq}`);
    }
    return exit.good;
  },
});
