// `ledger new-origin`: gives up a log that must not be written any more, and starts one that names it.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';

export const ledgerNewOrigin = defineCommand({
  name: 'ledger new-origin',
  summary: 'start a new log after the old one was lost or damaged; the old one is kept',
  options: [
    {flags: '--reason <text>', summary: 'why; it is recorded'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {
      line: 'quarterdeck ledger new-origin --reason "disk restored from Monday"',
      does: 'keeps the old files aside',
    },
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    reason: z.string('the option --reason is needed').trim().min(1, 'the reason is empty'),
    json: z.boolean().optional(),
  }),
  run: async ({reason, json = false}, context) => {
    const {talk, ledgerFiles} = context;
    const made = await ledgerFiles.newOrigin(await context.homeDir(), reason);
    if (json) talk.json(made);
    else {
      talk.out(say`new ledger ${made.origin}`);
      talk.out(say`  verifier key ${made.vkey}`);
      if (made.follows !== undefined)
        talk.out(say`  it follows ${made.follows.log}, of which ${made.follows.size} entries were found`);
      talk.out(say`  the old files are in ${made.aside}`);
    }
    return exit.good;
  },
});
