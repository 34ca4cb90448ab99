// `ledger checkpoint`: signs everything up to now and prints what to carry elsewhere.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {headLine} from './ledger-lines.ts';

export const ledgerCheckpoint = defineCommand({
  name: 'ledger checkpoint',
  summary: 'sign everything up to now',
  options: [
    {flags: '--json', summary: 'as JSON'},
    {flags: '--adopt', summary: 'accept that the data directory was moved here, and record it'},
  ],
  examples: [{line: 'quarterdeck ledger checkpoint', does: 'signs what is recorded so far'}],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    json: z.boolean().optional(),
    adopt: z.boolean().optional(),
  }),
  run: async ({json = false, adopt = false}, context) => {
    const {talk, ledgerFiles} = context;
    const adopted = adopt ? await ledgerFiles.adopt(await context.homeDir()) : undefined;
    try {
      const ledger = adopted ?? (await context.ledger());
      if (ledger.readOnly !== undefined) {
        throw new QdError('LEDGER_READ_ONLY', `Nothing can be signed: ${ledger.readOnly}.`, {
          hint: 'Check the mount and the permissions of the data directory.',
        });
      }
      const head = await ledger.checkpoint();
      if (json) talk.json({origin: ledger.origin, size: head.checkpointSize, root: head.checkpointRoot});
      else talk.out(headLine(head.checkpointSize, head.checkpointRoot));
      return exit.good;
    } finally {
      await adopted?.close();
    }
  },
});
