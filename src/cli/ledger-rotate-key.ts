// `ledger rotate-key`: a new signing key, vouched for by the old one.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';

export const ledgerRotateKey = defineCommand({
  name: 'ledger rotate-key',
  summary: 'sign with a new key from now on; the old one vouches for it and is destroyed',
  options: [
    {flags: '--reason <text>', summary: 'why; it is recorded'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck ledger rotate-key --reason "yearly"', does: 'give the new key to who verifies'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    reason: z.string('the option --reason is needed').trim().min(1, 'the reason is empty').max(2000),
    json: z.boolean().optional(),
  }),
  run: async ({reason, json = false}, context) => {
    const {talk} = context;
    const keeper = await context.ledgerFiles.keeper(await context.homeDir());
    try {
      const {vkey, seq} = await keeper.rotateKey(reason);
      if (json) talk.json({v: 1, vkey, seq});
      else {
        talk.out(say`entry ${seq} introduces the new key; the old one is destroyed`);
        talk.out(say`  verifier key ${vkey}`);
        talk.out(
          show('  The keys before it stay in ledger.vkey: what they signed is still verified with them.'),
        );
      }
      return exit.good;
    } finally {
      await keeper.close();
    }
  },
});
