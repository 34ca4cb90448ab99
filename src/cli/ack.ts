// `ack`: somebody takes care of what fires; it lapses when that is over.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {deskOf} from './alert-desk.ts';
import {writableLedger} from './erasing.ts';

export const ack = defineCommand({
  name: 'ack',
  summary: 'take the open alerts of a service or check: they are not told again until they are over',
  arguments: [{spec: '<names...>', summary: 'SERVICE, SERVICE/CHECK, label:NAME, or * for all'}],
  options: [
    {flags: '--note <text>', summary: 'what you are doing about it'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [{line: 'quarterdeck ack api/live --note "looking at the database"', does: 'takes one'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1, 'say which service or check'),
    note: z.string().trim().min(1, 'is empty').max(2000, 'is longer than 2000 characters').optional(),
    json: z.boolean().default(false),
  }),
  run: async ({args, note, json}, context) => {
    const desk = await deskOf(context, await writableLedger(context));
    const {taken, before} = await desk.ack({on: args, note});
    if (json) {
      context.talk.json({
        v: 1,
        acked: taken.map(({alert, key, severity}) => ({alert, key, severity})),
        already: before.map(({alert, acked}) => ({alert, by: acked?.operator})),
      });
    } else {
      for (const {title} of taken) context.talk.out(say`taken: ${title}`);
      for (const {title, acked} of before)
        context.talk.out(say`taken before by ${acked?.operator ?? ''}: ${title}`);
      if (taken.length + before.length === 0)
        context.talk.out(say`No alert of ${args.join(', ')} is open: there is nothing to take.`);
    }
    return taken.length + before.length === 0 ? exit.no : exit.good;
  },
});
